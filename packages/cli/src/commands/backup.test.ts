import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { type Installation, newContext, newInstallation, newPlace, type Place, startServiceIn } from './test-kit.ts';
import { spawnSotto } from '../test-kit.ts';
import { backup, type BackupOptions } from './backup.ts';
import { restore, type RestoreOptions } from './restore.ts';
import { status } from './status.ts';

const withoutIds = (text: string) =>
  text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'DATE')
    .replace(/\b[0-9a-f]{16}\b/g, 'ID')
    .replace(/\d+ kB/, 'SIZE');

/** Backs up the installation into its file `a.backup`. What was said. */
async function backUp({ path, dataDir }: Installation, options: BackupOptions = { for: [path('operator.pub')] }) {
  const context = newContext();
  await backup(path('a.backup'), { data: dataDir, ...options }, context);
  return context;
}

async function restoreIn({ path }: Place, options: RestoreOptions) {
  const context = newContext();
  await restore(path('a.backup'), { key: [path('operator.key')], ...options }, context);
  return context;
}

/** What the service says of itself, and how it answers a token of alice. */
async function askService(url: string, token: string) {
  const { status } = await fetch(`${url}/card/v5/actions/search`, {
    method: 'POST',
    headers: { Authorization: `Virgil ${token}` },
    body: JSON.stringify({ identities: ['bob'] }),
  });
  const { serviceKeys } = (await (await fetch(`${url}/.well-known/sotto`)).json()) as {
    serviceKeys: { publicKey: string }[];
  };
  return { status, serviceKeys };
}

describe('sotto backup and restore', () => {
  it('carry a service that runs to another place, with its keys and applications', async () => {
    const old = await newInstallation();
    const { said, results } = await backUp(old);
    expect([said.map(withoutIds), results]).toEqual([['backed up SIZE, signed by service key ID'], []]);
    expect((await stat(old.path('a.backup'))).mode & 0o777).toBe(0o600);
    const restored = await restoreIn(old, { data: old.path('new') });
    expect(restored.said.map(withoutIds)).toEqual([
      'restored the state of DATE, signed by service key ID',
      `secrets are in ${old.path('new/secrets')}`,
      'App Keys that are accepted, also if revoked since: 1; see sotto app-key list',
      'cards and records are as they were: what was revoked, replaced or unshared since is back',
      'one-time keys that count as used now: 0; clients upload new ones',
      'the guesses of a day count as made for everyone who has guessed, and come back evenly',
    ]);
    const before = await askService(old.service.url, old.token);
    expect(before.status).toBe(200);
    const { url } = await startServiceIn(old.path('new'));
    expect(await askService(url, old.token)).toEqual(before);
    const { terminal, results: lines } = newContext();
    await status({ data: old.path('new') }, terminal);
    expect(withoutIds(lines.at(-1)!)).toBe('restored         DATE, from a backup of DATE');
  });

  it('take a passphrase from a file that nobody else can read', async () => {
    const place = await newInstallation();
    const passphraseFile = place.path('passphrase');
    await writeFile(passphraseFile, 'horse\n', { mode: 0o600 });
    await expect(backUp(place, { passphraseFile })).rejects.toMatchObject({ code: 'cli/short-passphrase' });
    await writeFile(passphraseFile, 'correct horse battery staple\n');
    await backUp(place, { passphraseFile });
    const { said } = await restoreIn(place, { key: [], passphraseFile, verify: true });
    expect(said.map(withoutIds)).toEqual(['good backup of DATE, signed by service key ID']);
    await chmod(passphraseFile, 0o644);
    await expect(backUp(place, { passphraseFile })).rejects.toMatchObject({ code: 'cli/open-key-file' });
  });

  it('check a backup without restoring it', async () => {
    const place = await newInstallation();
    await backUp(place);
    const before = await readdir(place.folder);
    const { results } = await restoreIn(place, { verify: true });
    expect(results).toContainEqual(expect.stringMatching(/^applications +1$/));
    await truncate(place.path('a.backup'), (await stat(place.path('a.backup'))).size - 1);
    await expect(restoreIn(place, { verify: true })).rejects.toMatchObject({ code: 'envelope/undecryptable' });
    await expect(restoreIn(place, { data: place.path('new') })).rejects.toMatchObject({
      code: 'envelope/undecryptable',
    });
    expect(await readdir(place.folder)).toEqual(before);
  });

  it('refuse a backup for another key, and of another service than the one that is named', async () => {
    const [place, other] = [await newInstallation(), await newPlace()];
    await backUp(place);
    const { serviceKeys } = await askService(place.service.url, place.token);
    const from = place.path('service.pub');
    await writeFile(from, serviceKeys[0]!.publicKey);
    await restoreIn(place, { verify: true, from });
    const refusals: [string, RestoreOptions][] = [
      ['cli/other-service', { data: place.path('new'), from: other.path('operator.pub') }],
      ['cli/other-reader', { data: place.path('new'), key: [other.path('operator.key')] }],
    ];
    for (const [code, options] of refusals) await expect(restoreIn(place, options)).rejects.toMatchObject({ code });
    await expect(stat(place.path('new'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('restore nothing where there is something', async () => {
    const place = await newInstallation();
    await backUp(place);
    const refused = { code: 'database/not-empty', family: 'usage' };
    await expect(restoreIn(place, { data: place.dataDir })).rejects.toMatchObject(refused);
    const [data, secret] = [place.path('new'), place.path('new/secrets/brain-key-secret')];
    await mkdir(place.path('new/secrets'), { recursive: true });
    await writeFile(secret, 'of another installation');
    await expect(restoreIn(place, { data })).rejects.toMatchObject(refused);
    expect(await readdir(data)).toEqual(['secrets']);
    await rm(secret);
    await restoreIn(place, { data });
    expect((await readdir(data)).sort()).toEqual(['secrets', 'sotto.db']);
  });

  it('leave nothing behind when they are interrupted', async () => {
    const { folder, path, dataDir } = await newInstallation();
    await writeFile(path('passphrase'), 'correct horse battery staple', { mode: 0o600 });
    await writeFile(path('a.backup'), 'the one before');
    const before = await readdir(folder);
    const sotto = spawnSotto(['backup', path('a.backup'), '--passphrase-file', path('passphrase'), '--data', dataDir]);
    // It is there as long as the passphrase takes.
    const begun = async () => expect((await readdir(folder)).length).toBeGreaterThan(before.length);
    await vi.waitFor(begun, { timeout: 20_000, interval: 5 });
    // As when the terminal of an operator is closed.
    sotto.child.kill('SIGHUP');
    expect(await sotto.exit).toEqual({ code: 130, signal: null });
    expect(await readdir(folder)).toEqual(before);
    expect(await readFile(path('a.backup'), 'utf8')).toBe('the one before');
  });

  it('take away what is left of one that was killed, and begin anew', async () => {
    const place = await newInstallation();
    const { folder, path, dataDir } = place;
    await writeFile(path('passphrase'), 'correct horse battery staple', { mode: 0o600 });
    const leftIn = async (parent: string) => (await readdir(parent)).filter((name) => name.startsWith('.sotto-'));
    const killOnceBegun = async (args: string[], parent: string) => {
      const sotto = spawnSotto(args);
      const begun = async () => expect(await leftIn(parent)).toHaveLength(1);
      await vi.waitFor(begun, { timeout: 20_000, interval: 5 });
      sotto.child.kill('SIGKILL');
      await sotto.exit;
    };
    // It is there as long as the passphrase takes, and as long as nothing comes through a pipe.
    await killOnceBegun(
      ['backup', path('a.backup'), '--passphrase-file', path('passphrase'), '--data', dataDir],
      folder,
    );
    expect(await leftIn(folder)).toHaveLength(1);
    await backUp(place);
    expect(await leftIn(folder)).toEqual([]);
    await mkdir(path('new'));
    execFileSync('mkfifo', [path('pipe')]);
    await killOnceBegun(['restore', path('pipe'), '--key', path('operator.key'), '--data', path('new')], path('new'));
    await restoreIn(place, { data: path('new') });
    expect((await readdir(path('new'))).sort()).toEqual(['secrets', 'sotto.db']);
  });

  it('say what is missing', async () => {
    const place = await newInstallation();
    const nowhere = { ...place, dataDir: place.path('empty') };
    await mkdir(nowhere.dataDir);
    await expect(backUp(place, {})).rejects.toMatchObject({ code: 'cli/no-reader' });
    await expect(backUp(nowhere)).rejects.toMatchObject({ code: 'secrets/unreadable' });
    await rm(place.path('data/sotto.db'));
    await expect(backUp(place)).rejects.toMatchObject({ code: 'database/missing' });
    await expect(restoreIn(place, { data: nowhere.dataDir })).rejects.toMatchObject({ code: 'cli/unreadable-file' });
    await writeFile(place.path('a.backup'), 'something else');
    await expect(restoreIn(place, { data: nowhere.dataDir })).rejects.toMatchObject({
      code: 'service-backup/malformed',
    });
    expect(await readdir(nowhere.dataDir)).toEqual([]);
  });
});
