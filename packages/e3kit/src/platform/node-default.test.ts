import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openNodeKeyStore } from './node-default.ts';

// What depends on a keychain is in keychain.test.ts, where there is one for tests.
let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'sotto-'));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

it('opens an encrypted file with the key of its caller', async () => {
  const directory = join(parent, 'store');
  const key = { kind: 'bytes', bytes: new Uint8Array(32) } as const;
  const opened = await openNodeKeyStore({ directory, key, keychain: false });
  expect(opened).toMatchObject({ kind: 'file', directory });
  await opened.store.save('alice', Uint8Array.of(1));
  const { store } = await openNodeKeyStore({ directory, key, keychain: false });
  expect(await store.load('alice')).toMatchObject({ value: Uint8Array.of(1) });
});

it('is named after storageName in the working directory', async () => {
  const storageName = join(parent, '.app-keys');
  expect(await openNodeKeyStore({ storageName, keychain: false })).toMatchObject({
    kind: 'key-file',
    directory: resolve(storageName),
  });
});
