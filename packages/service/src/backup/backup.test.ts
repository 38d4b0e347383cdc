import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { concatBytes, generateKeyPair, type KeyPair, type PrivateKey } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { signAndEncryptStream } from '@sotto/core/stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBrainKeySecret } from '../brain-key-secret.ts';
import { createSecrets } from '../create-secrets.ts';
import { createApplication, createAppKey } from '../domain/applications.ts';
import { activateServiceKey, announceServiceKey } from '../rotate-service-key.ts';
import { openAsIs } from '../store/open-as-is.ts';
import { findServiceKeyId } from '../store/overview.ts';
import { differingTables, digestTables } from '../store/digest.ts';
import { openStore, type Store } from '../store/store.ts';
import { makeTemporaryFolder, spki } from '../test-kit.ts';
import { createBackup, type CreateBackupOptions, PLAINTEXT_MAGIC } from './create-backup.ts';
import { encodeHead, withLength } from './head.ts';
import type { Manifest } from './manifest.ts';
import { LEAST_COST } from './passphrase.ts';
import { openBackup, type OpenBackupOptions } from './open-backup.ts';
import { restoreBackup, requireEmptyTarget } from './restore-backup.ts';
import { type AllSecrets, encodeSecrets, readAllSecrets } from './secrets.ts';

const NOW = Date.UTC(2026, 10, 29);
const DAY = 24 * 60 * 60 * 1000;

let folder: string;
let dataDir: string;
let store: Store;
let operator: KeyPair;
let folders = 0;

const never = new AbortController().signal;
const newFolder = () => {
  const path = join(folder, `${folders++}`);
  mkdirSync(path);
  return path;
};

beforeEach(async () => {
  folder = makeTemporaryFolder();
  dataDir = join(folder, 'data');
  operator = await generateKeyPair(nodeProvider);
  await createSecrets(join(dataDir, 'secrets'));
  store = await openStore({ file: join(dataDir, 'sotto.db') });
  await openBrainKeySecret(store, { dataDir });
  const { appId } = await createApplication(store, { name: 'clinic' });
  await createAppKey(store, { appId, name: 'backend', publicKey: spki(operator) });
  await store.transact(async (db) => {
    const key = { application_id: appId, identity: 'alice', short_key_id: 's', public_key: Uint8Array.of(1) };
    await db
      .insertInto('one_time_keys')
      .values([
        { ...key, key_id: 'one' },
        { ...key, key_id: 'two' },
      ])
      .execute();
    await db
      .insertInto('used_one_time_keys')
      .values({ application_id: appId, identity: 'alice', key_id: 'zero' })
      .execute();
    const guesses = { application_id: appId, burst_full_at: NOW - DAY, day_full_at: NOW - DAY };
    await db
      .insertInto('brain_key_guesses')
      .values({ ...guesses, identity: 'alice' })
      .execute();
  });
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function backUp(options: Partial<CreateBackupOptions> = {}): Promise<Uint8Array> {
  const secrets = await readAllSecrets({ dataDir });
  const database = await openAsIs({ file: join(dataDir, 'sotto.db') });
  try {
    const readers = options.passphrase === undefined ? [operator.publicKey] : [];
    const { pieces } = await createBackup(nodeProvider, {
      database,
      secrets,
      folder: newFolder(),
      readers,
      now: NOW,
      signal: never,
      ...options,
    }); // prettier-ignore
    const parts: Uint8Array[] = [];
    for await (const piece of pieces) parts.push(piece);
    return concatBytes(...parts);
  } finally {
    await database.close();
  }
}

async function* inPieces(bytes: Uint8Array, length = 1000) {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

const openIn = (bytes: Uint8Array, options: Partial<OpenBackupOptions> = {}) =>
  openBackup(nodeProvider, {
    source: inPieces(bytes),
    keys: [operator.privateKey],
    folder: newFolder(),
    signal: never,
    ...options,
  }); // prettier-ignore

describe('a backup', () => {
  test('holds the database and the secrets, and says what it holds', async () => {
    const opened = await openIn(await backUp());
    const copy = await openAsIs({ file: opened.databaseFile });
    expect(differingTables(await digestTables(copy.reader), await digestTables(store.reader))).toEqual([]);
    await copy.close();
    for (const name of readdirSync(join(dataDir, 'secrets'))) {
      expect(readFileSync(join(opened.secretsDir, name))).toEqual(readFileSync(join(dataDir, 'secrets', name)));
      expect(statSync(join(opened.secretsDir, name)).mode & 0o777).toBe(0o600);
    }
    const { manifest } = opened;
    expect(manifest).toMatchObject({ createdAt: NOW, database: 'sqlite' });
    expect(manifest.tables).toContainEqual(expect.objectContaining({ table: 'one_time_keys', rows: 2 }));
  });

  test('shows nothing of either to who cannot open it', async () => {
    const text = Buffer.from(await backUp()).toString('latin1');
    for (const secret of [
      'SQLite format',
      'clinic',
      'PRIVATE KEY',
      readFileSync(join(dataDir, 'secrets', 'brain-key-secret'), 'utf8').trim(),
    ]) {
      expect(text).not.toContain(secret);
    }
  });

  test('is opened by each of its readers, and by nobody else', async () => {
    const [bob, mallory] = [await generateKeyPair(nodeProvider), await generateKeyPair(nodeProvider)];
    const bytes = await backUp({ readers: [operator.publicKey, bob.publicKey] });
    await openIn(bytes);
    await openIn(bytes, { keys: [bob.privateKey] });
    await expect(openIn(bytes, { keys: [mallory.privateKey] })).rejects.toMatchObject({
      code: 'envelope/not-a-recipient',
    });
  });

  test('is opened by its passphrase, and by no other', async () => {
    const bytes = await backUp({ passphrase: 'correct horse battery staple', passphraseCost: LEAST_COST });
    await openIn(bytes, { keys: [], passphrase: 'correct horse battery staple' });
    for (const passphrase of ['Correct horse battery staple', undefined]) {
      await expect(openIn(bytes, { keys: [], passphrase })).rejects.toMatchObject({ code: 'envelope/not-a-recipient' });
    }
  });

  test('tells whose it is, also after the service key was replaced', async () => {
    const before = await backUp();
    const { serviceKey: former } = await readAllSecrets({ dataDir });
    await announceServiceKey({ store, secrets: { dataDir } });
    await activateServiceKey({ store, secrets: { dataDir } });
    const { serviceKey: current } = await readAllSecrets({ dataDir });
    const after = await backUp();
    const [old, next] = [former.privateKey.publicKey, current.privateKey.publicKey];
    expect((await openIn(before, { signer: old })).manifest.serviceKeyId).toBe(former.keyId);
    expect((await openIn(after, { signer: next })).manifest.serviceKeyId).toBe(current.keyId);
    await expect(openIn(after, { signer: old })).rejects.toMatchObject({ code: 'envelope/other-signer' });
  });

  test('is refused with any of its bytes altered that means something, and if some are missing or added', async () => {
    const bytes = await backUp();
    const whole = await openIn(bytes);
    const database = readFileSync(whole.databaseFile);
    await expect(openIn(bytes.subarray(0, -1))).rejects.toMatchObject({
      code: expect.stringMatching(/^(envelope|service-backup)\//),
    });
    await expect(openIn(concatBytes(bytes, Uint8Array.of(0)))).rejects.toMatchObject({
      code: expect.stringMatching(/^(envelope|service-backup)\//),
    });
    const at = fc.oneof(
      fc.nat(bytes.length - 1),
      fc.nat(1200),
      fc.nat(300).map((back) => bytes.length - 1 - back),
    );
    await fc.assert(
      fc.asyncProperty(at, fc.integer({ min: 1, max: 255 }), async (index, change) => {
        const altered = bytes.slice();
        altered[index]! ^= change;
        const outcome = await openIn(altered).catch((error: Error & { code?: string }) => error.code ?? error.message);
        if (typeof outcome === 'string') expect(outcome).toMatch(/^(envelope|service-backup)\//);
        // The head of an envelope has bytes that say nothing: what is inside is signed.
        else {
          expect(outcome.manifest).toEqual(whole.manifest);
          expect(readFileSync(outcome.databaseFile).equals(database)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('is refused with one code whatever it is instead', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (noise, hasMagic) => {
        const magic = hasMagic ? Buffer.from('SOTTO-SERVICE-BACKUP\x01') : Buffer.alloc(0);
        await expect(openIn(concatBytes(magic, noise))).rejects.toMatchObject({ code: 'service-backup/malformed' });
      }),
      { numRuns: 50 },
    );
    const later = Buffer.from('SOTTO-SERVICE-BACKUP\x02....');
    await expect(openIn(later)).rejects.toMatchObject({ code: 'service-backup/unsupported' });
  });

  test('spends no work that a foreign file asks for', async () => {
    const head = JSON.stringify({
      signer: spki(operator),
      passphrase: { salt: 'AAAAAAAAAAAAAAAAAAAAAA==', memoryKiB: 4_000_000, passes: 3 },
    });
    const bytes = Buffer.concat([
      Buffer.from('SOTTO-SERVICE-BACKUP\x01\0\0\0'),
      Buffer.from([head.length]),
      Buffer.from(head),
    ]);
    await expect(openIn(bytes, { passphrase: 'a passphrase' })).rejects.toMatchObject({
      code: 'service-backup/malformed',
    });
  });

  test('is not made with the secrets of another installation', async () => {
    const other = join(folder, 'other');
    await createSecrets(other);
    const secrets = await readAllSecrets({ secretsDir: other });
    await expect(backUp({ secrets })).rejects.toMatchObject({ code: 'secrets/mismatch' });
  });

  test('ends where it is told to', async () => {
    await expect(backUp({ signal: AbortSignal.abort() })).rejects.toThrow('aborted');
  });
});

/** Such as anybody can make who knows the public key of a reader. Each part as it should be, unless given. */
describe('a backup that somebody else made', () => {
  interface Parts {
    readonly manifest: (good: Manifest) => unknown;
    readonly secrets: (good: Record<string, string>) => unknown;
    readonly database: (good: Uint8Array) => Uint8Array;
    readonly signer: PrivateKey;
    /** What is announced in place of the length of the manifest. */
    readonly manifestLength: number;
  }

  let good: { readonly manifest: Manifest; readonly database: Uint8Array; readonly secrets: AllSecrets };

  beforeEach(async () => {
    const { manifest, databaseFile } = await openIn(await backUp());
    good = { manifest, database: readFileSync(databaseFile), secrets: await readAllSecrets({ dataDir }) };
  });

  async function forge(parts: Partial<Parts>): Promise<Uint8Array> {
    const { manifest = (it) => it, secrets = (it) => it, database = (it) => it, manifestLength } = parts;
    const toBytes = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '');
    const files = JSON.parse(Buffer.from(encodeSecrets(good.secrets)).toString()) as Record<string, string>;
    const lengthed = withLength(toBytes(manifest(good.manifest)));
    if (manifestLength !== undefined) Buffer.from(lengthed.buffer).writeUInt32BE(manifestLength, lengthed.byteOffset);
    const plaintext = concatBytes(
      PLAINTEXT_MAGIC,
      lengthed,
      withLength(toBytes(secrets(files))),
      database(good.database),
    );
    const { signer = good.secrets.serviceKey.privateKey } = parts;
    const pieces = [encodeHead({ signer: signer.publicKey })];
    const message = signAndEncryptStream(nodeProvider, {
      source: inPieces(plaintext, 100_000),
      size: plaintext.length,
      recipients: [operator.publicKey],
      signer,
    });
    for await (const piece of message) pieces.push(piece);
    return concatBytes(...pieces);
  }

  const expectRefusal = async (parts: Partial<Parts>, code: string) =>
    expect(openIn(await forge(parts))).rejects.toMatchObject({ code });

  test('is taken where all of it fits', async () => {
    expect((await openIn(await forge({}))).manifest).toEqual(good.manifest);
  });

  test('is refused where the manifest says what is not so', async () => {
    const lies: Partial<Record<keyof Manifest, unknown>>[] = [
      { databaseBytes: 10_000_000_000 },
      { serviceKeyId: '0'.repeat(16) },
      { brainKeyFingerprint: '0'.repeat(64) },
      { migrations: good.manifest.migrations.slice(1) },
      { tables: good.manifest.tables.slice(1) },
      { tables: good.manifest.tables.map((it) => ({ ...it, rows: it.rows + 1 })) },
      { tables: good.manifest.tables.map((it) => ({ ...it, sha256: '0'.repeat(64) })) },
    ];
    for (const lie of lies) await expectRefusal({ manifest: (it) => ({ ...it, ...lie }) }, 'service-backup/damaged');
  });

  test('is refused where it has what only a later release can', async () => {
    const table = { table: 'later', rows: 0, sha256: '' };
    await expectRefusal({ manifest: (it) => ({ ...it, tables: [...it.tables, table] }) }, 'service-backup/unsupported');
    const migrations = (it: Manifest) => ({ ...it, migrations: [...it.migrations, '9999-later'] });
    await expectRefusal({ manifest: migrations }, 'service-backup/unsupported');
  });

  test('is refused whatever stands in the place of the manifest or the secrets', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.constantFrom('manifest', 'secrets'), async (value, part) => {
        await expectRefusal({ [part]: () => value }, 'service-backup/malformed');
      }),
      { numRuns: 20 },
    );
    const wrong = [-1, 0.5, '1', null, 2 ** 60, {}];
    for (const rows of wrong) {
      const tables = [{ table: 'cards', rows, sha256: '' }];
      await expectRefusal({ manifest: (it) => ({ ...it, tables }) }, 'service-backup/malformed');
    }
    for (const manifestLength of [2 ** 32 - 1, 1024 * 1024 + 1, 1024 * 1024]) {
      await expectRefusal({ manifestLength }, 'service-backup/malformed');
    }
  });

  test('puts no file anywhere but the three', async () => {
    const { secretsDir } = await openIn(await forge({ secrets: (it) => ({ ...it, '../escaped': 'a', other: 'b' }) }));
    expect(readdirSync(secretsDir).sort()).toEqual(['brain-key-secret', 'service-key.pem', 'service-keys.json']);
    expect(existsSync(join(secretsDir, '../escaped'))).toBe(false);
  });

  test('is refused with secrets, a signature or a database of another', async () => {
    const other = newFolder();
    await createSecrets(join(other, 'secrets'));
    const strange = readFileSync(join(other, 'secrets', 'brain-key-secret'), 'utf8');
    await expectRefusal({ secrets: (it) => ({ ...it, 'brain-key-secret': strange }) }, 'service-backup/damaged');
    const chain = readFileSync(join(other, 'secrets', 'service-keys.json'), 'utf8');
    await expectRefusal({ secrets: (it) => ({ ...it, 'service-keys.json': chain }) }, 'secrets/mismatch');
    const { privateKey: mallory } = await generateKeyPair(nodeProvider);
    await expectRefusal({ signer: mallory }, 'service-backup/damaged');
    await expectRefusal({ database: (it) => it.subarray(0, -4096) }, 'service-backup/damaged');
    await expectRefusal({ database: (it) => new Uint8Array(it.length) }, 'service-backup/damaged');
  });
});

describe('a restored backup', () => {
  const targetIn = (path: string) => ({
    database: { file: join(path, 'sotto.db') },
    secretsDir: join(path, 'secrets'),
  });

  test('gives no one-time key and no guess out again', async () => {
    const target = targetIn(newFolder());
    const restored = await restoreBackup(await openIn(await backUp()), { target, now: NOW + DAY });
    expect(restored).toEqual({ usedUpKeys: 2, activeAppKeys: 1, hasLaterKey: false, hasNextKey: false });
    const { reader, close } = await openStore(target.database);
    expect(await reader.selectFrom('one_time_keys').selectAll().execute()).toEqual([]);
    const used = await reader.selectFrom('used_one_time_keys').select('key_id').orderBy('key_id').execute();
    expect(used.map(({ key_id }) => key_id)).toEqual(['one', 'two', 'zero']);
    expect(await reader.selectFrom('brain_key_guesses').select(['identity', 'day_full_at']).execute()).toEqual([
      { identity: 'alice', day_full_at: NOW + 2 * DAY },
    ]);
    await close();
    expect(await readAllSecrets(target)).toEqual(await readAllSecrets({ dataDir }));
  });

  test('is whole as a file, for its owner alone', async () => {
    const path = newFolder();
    await restoreBackup(await openIn(await backUp()), { target: targetIn(path), now: NOW });
    expect(readdirSync(path).sort()).toEqual(['secrets', 'sotto.db']);
    expect(statSync(join(path, 'sotto.db')).mode & 0o777).toBe(0o600);
  });

  test('goes nowhere where there is data or another secret, and changes nothing there', async () => {
    await expect(requireEmptyTarget(targetIn(dataDir))).rejects.toMatchObject({ code: 'database/not-empty' });
    const path = newFolder();
    await createSecrets(join(path, 'secrets'));
    const before = await readAllSecrets(targetIn(path));
    const opened = await openIn(await backUp());
    await expect(restoreBackup(opened, { target: targetIn(path), now: NOW })).rejects.toMatchObject({
      code: 'database/not-empty',
    });
    expect(await readAllSecrets(targetIn(path))).toEqual(before);
    expect(existsSync(join(path, 'sotto.db'))).toBe(false);
  });

  test('has the next service key too, to be activated again if it was', async () => {
    const { keyId } = await announceServiceKey({ store, secrets: { dataDir } });
    const path = newFolder();
    const target = targetIn(path);
    const opened = await openIn(await backUp());
    expect(await restoreBackup(opened, { target, now: NOW })).toMatchObject({ hasLaterKey: false, hasNextKey: true });
    const restored = await openStore(target.database);
    const activated = await activateServiceKey({ store: restored, secrets: target });
    expect([activated.keyId, await findServiceKeyId(restored.reader)]).toEqual([keyId, keyId]);
    await restored.close();
  });

  test('goes nowhere where something is left of another database, which would be read into it', async () => {
    for (const suffix of ['-wal', '-shm', '-journal']) {
      const path = newFolder();
      writeFileSync(join(path, `sotto.db${suffix}`), '');
      const target = targetIn(path);
      await expect(requireEmptyTarget(target)).rejects.toMatchObject({ code: 'database/not-empty' });
    }
  });

  test('does not take the place of a database that was made meanwhile', async () => {
    const target = targetIn(newFolder());
    const restored = restoreBackup(await openIn(await backUp()), { target, now: NOW });
    writeFileSync(target.database.file, 'of a service that was started');
    await expect(restored).rejects.toMatchObject({ code: 'database/not-empty' });
    expect(readFileSync(target.database.file, 'utf8')).toBe('of a service that was started');
  });

  test('keeps a later service key that is there, and no other', async () => {
    const opened = await openIn(await backUp());
    await announceServiceKey({ store, secrets: { dataDir } });
    await activateServiceKey({ store, secrets: { dataDir } });
    const later = newFolder();
    cpSync(join(dataDir, 'secrets'), join(later, 'secrets'), { recursive: true });
    const expected = await readAllSecrets(targetIn(later));
    expect(await restoreBackup(opened, { target: targetIn(later), now: NOW })).toMatchObject({ hasLaterKey: true });
    expect(await readAllSecrets(targetIn(later))).toEqual(expected);
    expect(await openAndFind(join(later, 'sotto.db'))).toBe(expected.serviceKey.keyId);
    // The other way round the chain would lose a key that clients may have followed.
    const former = newFolder();
    cpSync(opened.secretsDir, join(former, 'secrets'), { recursive: true });
    await expect(
      restoreBackup(await openIn(await backUp()), { target: targetIn(former), now: NOW }),
    ).rejects.toMatchObject({ code: 'database/not-empty' });
  });

  async function openAndFind(file: string): Promise<string | undefined> {
    const { reader, close } = await openAsIs({ file });
    return findServiceKeyId(reader).finally(close);
  }

  test('is whole without a log beside it', async () => {
    const opened = await openIn(await backUp());
    const path = newFolder();
    await restoreBackup(opened, { target: targetIn(path), now: NOW });
    cpSync(join(path, 'sotto.db'), join(path, 'alone.db'));
    const alone = await openAsIs({ file: join(path, 'alone.db') });
    expect(await alone.reader.selectFrom('one_time_keys').selectAll().execute()).toEqual([]);
    await alone.close();
  });

  test('goes where its own secrets are already, as after an interruption', async () => {
    const path = newFolder();
    const opened = await openIn(await backUp());
    mkdirSync(join(path, 'secrets'));
    await restoreBackup(opened, { target: targetIn(path), now: NOW });
    rmSync(join(path, 'sotto.db'));
    await restoreBackup(await openIn(await backUp()), { target: targetIn(path), now: NOW });
    expect(existsSync(join(path, 'sotto.db'))).toBe(true);
  });
});
