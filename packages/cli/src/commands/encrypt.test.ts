import { chmod, readdir, readFile, stat, symlink, truncate, watch, writeFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { base64ToBytes, bytesToBase64, bytesToUtf8, open, seal, utf8ToBytes } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { describe, expect, it } from 'vitest';

import { newWorkplace, spawnSotto, type Workplace } from '../test-kit.ts';
import { encrypt } from './encrypt.ts';

const TO_BOB = 'encrypt --key alice.key --to bob.pub';
const AS_BOB = 'decrypt --key bob.key --from alice.pub';

/** The message of alice for bob that core makes. */
function sealForBob({ keys: { alice, bob } }: Workplace, text: string, mode: 'signThenEncrypt' | 'signAndEncrypt') {
  const [signer, recipients] = [alice!.privateKey, [bob!.publicKey]];
  return seal(nodeProvider, { mode, plaintext: utf8ToBytes(text), recipients, signer });
}

describe('sotto encrypt and decrypt', () => {
  it('carry a text from one to another, through pipes as base64', async () => {
    const { run } = await newWorkplace('alice', 'bob');
    const { stdout: message, ...encrypted } = await run(`${TO_BOB} --text`, 'Hello Bob\n');
    expect(encrypted).toEqual({ code: 0, stderr: '' });
    expect(message).toMatch(/^MII[\w+/]+=*\n$/);
    expect(await run(AS_BOB, message)).toEqual({ code: 0, stdout: 'Hello Bob\n', stderr: '' });
  });

  it('carry a file, which is for its owner only where it arrives', async () => {
    const { run, path } = await newWorkplace('alice', 'bob');
    const bytes = nodeProvider.randomBytes(1_000_001);
    await writeFile(path('photo'), bytes);
    expect(await run(`${TO_BOB} --in photo --out photo.enc`)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await run(`${AS_BOB} --out photo.new`, { file: 'photo.enc' })).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await readFile(path('photo.new'))).equals(bytes)).toBe(true);
    expect((await stat(path('photo.new'))).mode & 0o777).toBe(0o600);
  });

  it('encrypt for oneself too, and for each --to', async () => {
    const { run } = await newWorkplace('alice', 'bob', 'carol');
    const { stdout: message } = await run(`${TO_BOB} --to carol.pub --text`, 'Hello both');
    for (const name of ['alice', 'bob', 'carol']) {
      const { stdout } = await run(`decrypt --key ${name}.key --from alice.pub`, message);
      expect(stdout).toBe('Hello both');
    }
  });

  it('try all keys of a ring', async () => {
    const { run } = await newWorkplace('alice', 'bob', 'new');
    const { stdout: message } = await run(`${TO_BOB} --text`, 'Hello');
    expect(await run('decrypt --key new.key --key bob.key --from alice.pub', message)).toMatchObject({
      stdout: 'Hello',
    });
  });

  it('make what core opens, padded', async () => {
    const { run, keys } = await newWorkplace('alice', 'bob');
    const messages = await Promise.all(['', 'x'.repeat(100)].map((text) => run(`${TO_BOB} --text`, text)));
    const bytes = messages.map(({ stdout }) => base64ToBytes(stdout.trim()));
    expect(bytes[0]).toHaveLength(bytes[1]!.length);
    const access = { keys: [keys['bob']!.privateKey], signers: [keys['alice']!.publicKey] };
    const opened = await open(nodeProvider, { message: bytes[1]!, ...access });
    expect([bytesToUtf8(opened.plaintext), opened.mode]).toEqual(['x'.repeat(100), 'signAndEncrypt']);
  });

  it.each(['signAndEncrypt', 'signThenEncrypt'] as const)('open what core makes: %s', async (mode) => {
    const place = await newWorkplace('alice', 'bob');
    const message = await sealForBob(place, 'Hello Bob', mode);
    expect(await place.run(AS_BOB, message)).toEqual({ code: 0, stdout: 'Hello Bob', stderr: '' });
    expect(await place.run(AS_BOB, bytesToBase64(message))).toMatchObject({ code: 0, stdout: 'Hello Bob' });
  });

  it('take bytes from a pipe whose number is said', async () => {
    const { run } = await newWorkplace('alice', 'bob');
    const { stdout: message } = await run(`${TO_BOB} --text --size 5`, 'Hello');
    expect(await run(AS_BOB, message)).toMatchObject({ code: 0, stdout: 'Hello' });
    const { code, stderr } = await run(`${TO_BOB} --out a.enc --size 4`, 'Hello');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'sotto: the input has more or fewer bytes than were announced; leave the file as it is, or correct --size (stream/wrong-size)\n',
    });
  });
});

describe('sotto decrypt', () => {
  it('refuses in one line with a code, and gives nothing away', async () => {
    const place = await newWorkplace('alice', 'bob', 'eve');
    const message = await sealForBob(place, 'Hello Bob', 'signAndEncrypt');
    const altered = message.slice();
    altered[altered.length - 120]! ^= 1;
    const { bob } = place.keys;
    const unsigned = await seal(nodeProvider, {
      mode: 'encrypt',
      plaintext: utf8ToBytes('Hello Bob'),
      recipients: [bob!.publicKey],
    });
    const refusals = {
      'envelope/not-a-recipient': await place.run('decrypt --key eve.key --from alice.pub', message),
      'envelope/other-signer': await place.run('decrypt --key bob.key --from eve.pub', message),
      'envelope/undecryptable': await place.run(AS_BOB, altered),
      'envelope/malformed': await place.run(AS_BOB, message.subarray(0, 100)),
      'envelope/not-signed': await place.run(AS_BOB, unsigned),
      'encoding/base64': await place.run(AS_BOB, `${bytesToBase64(message)}?`),
    };
    for (const [code, refusal] of Object.entries(refusals)) {
      expect(refusal).toMatchObject({ code: 1, stdout: '' });
      expect(refusal.stderr).toMatch(new RegExp(`^sotto: [a-z][^\n]*; [^\n]* \\(${code}\\)\n$`));
    }
  });

  it('gives out nothing of a long message whose end is not good', async () => {
    const place = await newWorkplace('alice', 'bob');
    const message = await sealForBob(place, 'Hello Bob'.repeat(200_000), 'signAndEncrypt');
    message[message.length - 1]! ^= 1; // in the signature, which is checked last
    await writeFile(place.path('message'), message);
    for (const input of [message, bytesToBase64(message), { file: 'message' }]) {
      expect(await place.run(AS_BOB, input)).toMatchObject({ code: 1, stdout: '' });
    }
  });

  it('leaves the file of --out as it was when it refuses', async () => {
    const place = await newWorkplace('alice', 'bob');
    const message = await sealForBob(place, 'Hello Bob'.repeat(100_000), 'signAndEncrypt');
    message[message.length - 1]! ^= 1;
    await writeFile(place.path('letter'), 'what was here');
    expect(await place.run(`${AS_BOB} --out letter`, message)).toMatchObject({ code: 1, stdout: '' });
    expect(await readFile(place.path('letter'), 'utf8')).toBe('what was here');
    expect((await readdir(place.folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('lets a reader of its output go without a word', async () => {
    const place = await newWorkplace('alice', 'bob');
    await writeFile(place.path('a'), new Uint8Array(4_000_000));
    await place.run(`${TO_BOB} --in a --out a.enc`);
    const { child, exit, stderr } = spawnSotto(`${AS_BOB} --in a.enc`.split(' '), {}, { cwd: place.folder });
    child.stdout!.once('data', () => child.stdout!.destroy());
    expect((await exit).code).toBe(130);
    expect(stderr()).toBe('');
  });
});

it('sotto encrypt spares a terminal the bytes', async () => {
  const { path } = await newWorkplace('alice', 'bob');
  const terminal = { result: () => {}, say: () => {} };
  const streams = {
    ...process,
    stdout: Object.assign(new PassThrough(), { isTTY: true }),
  } as unknown as NodeJS.Process;
  const options = { key: path('alice.key'), to: [path('bob.pub')] };
  const refusal = encrypt(options, { terminal, signal: new AbortController().signal, streams });
  await expect(refusal).rejects.toMatchObject({ code: 'cli/binary-to-terminal' });
});

describe('key files', () => {
  it('that others can read are refused, with the way out', async () => {
    const { run, path } = await newWorkplace('alice', 'bob');
    await chmod(path('alice.key'), 0o640);
    expect(await run(TO_BOB, 'Hello')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'sotto: alice.key can be read by others than its owner; run: chmod 600 alice.key (cli/open-key-file)\n',
    });
  });

  it('may be PEM, as sotto keygen writes them', async () => {
    const { run, path } = await newWorkplace('alice');
    const { stdout: publicKey } = await run('keygen --pem --type SECP256R1 --out dave.key');
    await writeFile(path('dave.pub'), publicKey);
    const { stdout: message } = await run('encrypt --key dave.key --to alice.pub --text', 'Hello');
    expect(await run('decrypt --key alice.key --from dave.pub', message)).toMatchObject({ code: 0, stdout: 'Hello' });
  });

  it('that are missing, or the wrong way round, are named without what is in them', async () => {
    const { run, path } = await newWorkplace('alice', 'bob');
    await chmod(path('bob.pub'), 0o600);
    const missing = await run('encrypt --key alice.key --to carol.pub', 'Hello');
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toMatch(/^sotto: carol\.pub does not exist; .* \(cli\/unreadable-file\)\n$/);
    const swapped = await run('encrypt --key bob.pub --to alice.key', 'Hello');
    expect(swapped.stderr).toMatch(/^sotto: bob\.pub holds no private key; .* \(cli\/no-key-in-file\)\n$/);
    const secret = await run('encrypt --key alice.key --to alice.key', 'Hello');
    expect(secret.stderr).toMatch(/^sotto: alice\.key holds no public key; .* \(cli\/no-key-in-file\)\n$/);
    expect(secret.stderr).not.toContain((await readFile(path('alice.key'), 'utf8')).trim());
  });
});

describe('--out', () => {
  it('takes the place of a regular file alone', async () => {
    const { run, path } = await newWorkplace('alice', 'bob');
    await symlink('bob.pub', path('link'));
    for (const out of ['/dev/null', 'link', '.']) {
      const { code, stderr } = await run(`${TO_BOB} --out ${out}`, 'Hello');
      expect(code).toBe(2);
      expect(stderr).toContain(
        'is there and no regular file; choose another --out, or redirect: > FILE (cli/no-regular-file)',
      );
    }
    const { code, stderr } = await run(`${TO_BOB} --out nowhere/a.enc`, 'Hello');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^sotto: nowhere\/a\.enc cannot be made; .* \(cli\/unwritable-file\)\n$/);
  });

  it('may be the file of --in', async () => {
    const { run, path } = await newWorkplace('alice', 'bob');
    await writeFile(path('a'), 'Hello');
    await run(`${TO_BOB} --in a --out a`);
    await run(`${AS_BOB} --in a --out a`);
    expect(await readFile(path('a'), 'utf8')).toBe('Hello');
  });

  it('has nothing after Ctrl-C, and neither has its folder', async () => {
    const { folder } = await newWorkplace('alice', 'bob');
    const before = await readdir(folder);
    const changes = watch(folder);
    const args = `${TO_BOB} --size 1000000 --out a.enc`.split(' ');
    const { child, exit, stdout, stderr } = spawnSotto(args, {}, { stdin: 'pipe', cwd: folder });
    child.stdin!.write('the beginning of something long');
    for await (const { filename } of changes) if (filename?.endsWith('.tmp')) break;
    child.kill('SIGINT');
    expect(await exit).toEqual({ code: 130, signal: null });
    expect(stdout() + stderr()).toBe('');
    expect(await readdir(folder)).toEqual(before);
  });
});

describe('memory', () => {
  const TELL_MEMORY =
    'data:text/javascript,process.on("exit",()=>process.stderr.write(String(process.resourceUsage().maxRSS/1024)))';

  /** MiB at most that a command took. */
  async function measure(args: string, folder: string): Promise<number> {
    const { exit, stderr } = spawnSotto(args.split(' '), {}, { nodeArgs: ['--import', TELL_MEMORY], cwd: folder });
    expect(await exit).toEqual({ code: 0, signal: null });
    return Number(stderr());
  }

  it('does not grow with a file', async () => {
    const { folder, path } = await newWorkplace('alice', 'bob');
    await writeFile(path('small'), '');
    await writeFile(path('large'), '');
    await truncate(path('small'), 1_000_000);
    await truncate(path('large'), 300_000_000);
    const took: Record<string, number> = {};
    for (const size of ['small', 'large']) {
      took[`encrypt ${size}`] = await measure(`${TO_BOB} --in ${size} --out ${size}.enc`, folder);
      took[`decrypt ${size}`] = await measure(`${AS_BOB} --in ${size}.enc --out ${size}.new`, folder);
    }
    expect((await stat(path('large.new'))).size).toBe(300_000_000);
    // What was not collected yet counts too, so it is never quite the same.
    expect(took['encrypt large']! - took['encrypt small']!).toBeLessThan(100);
    expect(took['decrypt large']! - took['decrypt small']!).toBeLessThan(100);
  });

  it('holds so much of a pipe and no more', async () => {
    const { folder } = await newWorkplace('alice', 'bob');
    const { child, exit, stderr } = spawnSotto(TO_BOB.split(' '), {}, { stdin: 'pipe', cwd: folder });
    // More than is taken: the command ends before the pipe does.
    const pieces = Array<Uint8Array>(80).fill(new Uint8Array(4 * 1024 * 1024));
    await pipeline(pieces, child.stdin!).catch(() => {});
    expect((await exit).code).toBe(2);
    expect(stderr()).toMatch(/^sotto: more than 256 MiB .*--in.*--size \(cli\/too-large\)\n$/);
  });
});
