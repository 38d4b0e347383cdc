import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyStoreSuite } from '@sotto/testing/key-store-suite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeyStore } from '../ports.ts';
import { createFileKeyStore, type FileStoreKey } from './node-file.ts';

const callerKey = { kind: 'bytes', bytes: new Uint8Array(32).fill(1) } as const;
const passphrase = { kind: 'passphrase', passphrase: 'Zwölf Boxkämpfer' } as const;

let directory: string;
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'sotto-')), 'store');
});
afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }));

const open = (key: FileStoreKey = callerKey): Promise<KeyStore> => createFileKeyStore({ directory, key });
const entries = (): string => join(directory, 'entries');
async function onlyEntryFile(): Promise<string> {
  const [file, ...others] = await readdir(entries());
  expect(others).toEqual([]);
  return join(entries(), file ?? '');
}

keyStoreSuite('file', async () => ({ store: await open(), reopen: () => open(), close: async () => {} }));

describe('a file key store', () => {
  it.each([
    ['a key of its caller', callerKey],
    ['a key file', { kind: 'key-file' } as const],
  ])('opens again with %s', async (_, key) => {
    await (await open(key)).save('alice', Uint8Array.of(1));
    expect(await (await open(key)).load('alice')).toMatchObject({ value: Uint8Array.of(1) });
  });

  it.each([
    ['another key', callerKey, { kind: 'bytes', bytes: new Uint8Array(32) }],
    ['a passphrase instead of a key', callerKey, passphrase],
    ['a key file instead of a key', callerKey, { kind: 'key-file' }],
  ] as const)('refuses %s, and stays as it is', async (_, made, given) => {
    await (await open(made)).save('alice', Uint8Array.of(1));
    await expect(open(given)).rejects.toMatchObject({ code: 'storage/wrong-key', family: 'storage' });
    expect(await (await open(made)).load('alice')).toMatchObject({ value: Uint8Array.of(1) });
  });

  it('refuses to go on without its key file', async () => {
    await open({ kind: 'key-file' });
    await rm(join(directory, 'key-file.json'));
    await expect(open({ kind: 'key-file' })).rejects.toMatchObject({ code: 'storage/wrong-key' });
  });

  it.each([
    ['a key of 31 bytes', { kind: 'bytes', bytes: new Uint8Array(31) }],
    ['an empty passphrase', { kind: 'passphrase', passphrase: '' }],
  ] as const)('refuses %s before it touches the disk', async (_, key) => {
    await expect(open(key)).rejects.toMatchObject({ code: 'storage/bad-argument', family: 'usage' });
    await expect(stat(directory)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('gives up waiting for a lock in the end, as when a task asks for its own', async () => {
    const store = await createFileKeyStore({ directory, key: callerKey, lockTimeoutMs: 50 });
    const nested = store.withLock('alice', () => store.withLock('alice', async () => {}));
    await expect(nested).rejects.toMatchObject({ code: 'storage/locked', family: 'storage' });
    expect(await store.withLock('alice', async () => 'free again')).toBe('free again');
  });

  it('shows nobody else its files, and nobody the names of its entries', async () => {
    await (await open({ kind: 'key-file' })).save('alice@example.com', Buffer.from('the secret'));
    const files = await readdir(directory, { recursive: true });
    for (const file of files) {
      const path = join(directory, file);
      const { mode } = await stat(path);
      const isDirectory = (mode & 0o170_000) === 0o040_000;
      expect([file, (mode & 0o777).toString(8)]).toEqual([file, isDirectory ? '700' : '600']);
      if (!isDirectory) expect(await readFile(path, 'latin1')).not.toMatch(/alice|secret/);
    }
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect(files.join()).not.toMatch(/alice/);
  });

  it('names the same entry otherwise in each store', async () => {
    await (await open()).save('alice', Uint8Array.of(1));
    const first = await onlyEntryFile();
    const other = await createFileKeyStore({ directory: join(directory, '..', 'other'), key: callerKey });
    await other.save('alice', Uint8Array.of(1));
    expect(await readdir(join(directory, '..', 'other', 'entries'))).not.toContain(first.slice(-64));
  });
});

describe('a damaged file key store', () => {
  const damaged = { code: 'storage/damaged', family: 'storage' };

  it('refuses an entry with any byte flipped', async () => {
    const store = await open();
    await store.save('alice', Uint8Array.of(1, 2, 3), { type: 'ED25519' });
    const file = await onlyEntryFile();
    const whole = await readFile(file);
    for (let index = 0; index < whole.length; index++) {
      const flipped = Buffer.from(whole);
      flipped[index] = (whole[index] ?? 0) ^ 1;
      await writeFile(file, flipped);
      await expect(store.load('alice')).rejects.toMatchObject(damaged);
    }
    await expect(store.list()).rejects.toMatchObject(damaged);
    await expect(store.save('alice', Uint8Array.of(4))).rejects.toMatchObject(damaged);
    await writeFile(file, whole);
    expect(await store.load('alice')).toMatchObject({ value: Uint8Array.of(1, 2, 3) });
  });

  it('refuses an entry cut short or drawn out', async () => {
    const store = await open();
    await store.save('alice', Uint8Array.of(1, 2, 3));
    const file = await onlyEntryFile();
    const whole = await readFile(file);
    for (const bytes of [...whole.keys()].map((length) => whole.subarray(0, length))) {
      await writeFile(file, bytes);
      await expect(store.load('alice')).rejects.toMatchObject(damaged);
    }
    await writeFile(file, Buffer.concat([whole, Buffer.from([0])]));
    await expect(store.load('alice')).rejects.toMatchObject(damaged);
  });

  it('refuses an entry under the name of another', async () => {
    const store = await open();
    await store.save('alice', Uint8Array.of(1));
    const alice = await onlyEntryFile();
    await rename(alice, join(directory, 'moved'));
    await store.save('bob', Uint8Array.of(2));
    await rename(join(directory, 'moved'), await onlyEntryFile());
    await expect(store.load('bob')).rejects.toMatchObject(damaged);
    expect(await store.load('alice')).toBeUndefined();
  });

  it('can be mended by removing what is damaged', async () => {
    const store = await open();
    await store.save('alice', Uint8Array.of(1));
    await writeFile(await onlyEntryFile(), '');
    expect(await store.remove('alice')).toBe(true);
    await store.save('alice', Uint8Array.of(2));
    expect(await store.load('alice')).toMatchObject({ value: Uint8Array.of(2) });
  });

  it('refuses a head with any byte flipped', async () => {
    await open();
    const head = join(directory, 'key-store.json');
    const whole = await readFile(head);
    for (let index = 0; index < whole.length - 1; index++) {
      const flipped = Buffer.from(whole);
      flipped[index] = (whole[index] ?? 0) ^ 1;
      await writeFile(head, flipped);
      await expect(open(), flipped.toString('latin1')).rejects.toMatchObject({
        code: expect.stringMatching(/^storage\/(damaged|wrong-key|unavailable)$/),
      });
    }
  });

  it.each(['', 'null', '[]', '"sotto-key-store/1"', '{"format":"sotto-key-store/1"}'])(
    'refuses the head %j',
    async (text) => {
      await open();
      await writeFile(join(directory, 'key-store.json'), text);
      await expect(open()).rejects.toMatchObject(damaged);
    },
  );

  it('says so when a newer version wrote it', async () => {
    await open();
    await writeFile(join(directory, 'key-store.json'), '{"format":"sotto-key-store/2"}');
    await expect(open()).rejects.toMatchObject({
      code: 'storage/unavailable',
      details: { reason: 'written by another version' },
    });
  });

  it('makes no new head for old entries', async () => {
    await (await open()).save('alice', Uint8Array.of(1));
    await rm(join(directory, 'key-store.json'));
    await expect(open()).rejects.toMatchObject(damaged);
    expect(await readdir(entries())).toHaveLength(1);
  });
});

describe('a file key store on a failing disk', () => {
  const unavailable = { code: 'storage/unavailable', family: 'storage' };

  it('does not make the parent of its directory, which may be an unmounted disk', async () => {
    directory = join(directory, 'below');
    await expect(open()).rejects.toMatchObject(unavailable);
    directory = join(directory, '..');
  });

  it('is unavailable, not empty, when its directory has gone', async () => {
    const store = await open();
    await store.save('alice', Uint8Array.of(1));
    await rm(directory, { recursive: true });
    await expect(store.load('alice')).rejects.toMatchObject(unavailable);
    await expect(store.list()).rejects.toMatchObject(unavailable);
    await expect(store.save('alice', Uint8Array.of(2))).rejects.toMatchObject(unavailable);
    await expect(store.remove('alice')).rejects.toMatchObject(unavailable);
  });

  it('is unavailable when a file is in the place of its directory', async () => {
    await writeFile(directory, '');
    await expect(open()).rejects.toMatchObject(unavailable);
  });

  it('is unavailable where it cannot read', async () => {
    const store = await open();
    await store.save('alice', Uint8Array.of(1));
    const file = await onlyEntryFile();
    await rm(file);
    await mkdir(file);
    await expect(store.load('alice')).rejects.toMatchObject({ ...unavailable, details: { reason: 'EISDIR' } });
  });

  it('clears away what a killed writer left, and only that', async () => {
    await (await open()).save('alice', Uint8Array.of(1));
    const leftover = `${await onlyEntryFile()}.0123456789abcdef.sotto-tmp`;
    await writeFile(leftover, 'half of a va');
    await writeFile(join(entries(), 'notes.tmp'), 'of somebody else');
    const store = await open();
    expect(await store.list()).toHaveLength(1);
    await store.save('alice', Uint8Array.of(2));
    expect((await readdir(entries())).filter((name) => name.includes('tmp'))).toEqual(['notes.tmp']);
  });
});
