import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { keyStoreSuite } from '@sotto/testing/key-store-suite';
import { findMissingPrograms, type SecretService, startSecretService } from '@sotto/testing/secret-service';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createKeychainKeyStore } from './keychain.ts';

const missing = findMissingPrograms();
const canRun = missing.length === 0;
const skipped = canRun ? '' : ` (skipped, not installed: ${missing.join(', ')})`;

// Elsewhere these tests may be left out; the build must not lose them unseen.
it.runIf(process.env['CI'])('has a keychain in CI', () => {
  expect(missing).toEqual([]);
});

describe.runIf(canRun)(`with a Secret Service${skipped}`, () => {
  let home: string;
  let service: SecretService;

  // One for the whole file: the D-Bus library reads the address once per process.
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'sotto-'));
    service = await startSecretService(home);
    for (const [name, value] of Object.entries(service.env)) vi.stubEnv(name, value);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await service.close();
    await rm(home, { recursive: true, force: true });
  });

  keyStoreSuite('keychain', async () => {
    const directory = join(await mkdtemp(join(home, 'test-')), 'store');
    const open = () => createKeychainKeyStore({ service: 'sotto-test', directory });
    return { store: await open(), reopen: open, close: async () => {} };
  });

  it('refuses a store whose key was made for another app', async () => {
    const directory = join(home, 'of-another-app');
    await createKeychainKeyStore({ service: 'one', directory });
    await expect(createKeychainKeyStore({ service: 'two', directory })).rejects.toMatchObject({
      code: 'storage/wrong-key',
    });
  });
});

describe.runIf(canRun)(`the store that a program gets by default${skipped}`, () => {
  let home: string;
  let service: SecretService;
  let directory: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'sotto-'));
    service = await startSecretService(home);
    directory = join(home, 'store');
  });
  afterEach(async () => {
    await service.close();
    await rm(home, { recursive: true, force: true });
  });

  const script = join(import.meta.dirname, 'fixtures', 'open-store.mjs');
  async function openInChild(options: object, env: Readonly<Record<string, string>> = service.env): Promise<unknown> {
    const args = [script, JSON.stringify({ directory, ...options })];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      env: { PATH: process.env['PATH'], ...env },
    });
    return JSON.parse(stdout);
  }
  const withoutKeychain = { HOME: '/nonexistent' };
  const key = { kind: 'passphrase', passphrase: 'correct horse' };

  it('has its key in the keychain where there is one, even if a key was given', async () => {
    expect(await openInChild({ key, save: 'alice' })).toEqual({ kind: 'keychain', names: ['alice'] });
    expect(await openInChild({})).toEqual({ kind: 'keychain', names: ['alice'] });
  });

  it('is unavailable, not new and empty, while its keychain is locked or missing', async () => {
    await openInChild({ save: 'alice' });
    const head = await readFile(join(directory, 'key-store.json'), 'utf8');
    await service.lock();
    expect(await openInChild({})).toEqual({ code: 'storage/unavailable' });
    expect(await openInChild({ key })).toEqual({ code: 'storage/unavailable' });
    expect(await openInChild({}, withoutKeychain)).toEqual({ code: 'storage/unavailable' });
    expect(await openInChild({ keychain: false })).toEqual({ code: 'storage/unavailable' });
    expect(await readFile(join(directory, 'key-store.json'), 'utf8')).toBe(head);
  });

  it('is a file where there is no keychain, and stays one when a keychain appears', async () => {
    expect(await openInChild({ key, save: 'alice' }, withoutKeychain)).toEqual({ kind: 'file', names: ['alice'] });
    expect(await openInChild({ key })).toEqual({ kind: 'file', names: ['alice'] });
    expect(await openInChild({})).toEqual({ code: 'storage/wrong-key' });
  });

  it('keeps its key beside it where nothing better was to be had, and stays that too', async () => {
    expect(await openInChild({ save: 'alice' }, withoutKeychain)).toEqual({ kind: 'key-file', names: ['alice'] });
    expect(await openInChild({})).toEqual({ kind: 'key-file', names: ['alice'] });
    expect(await openInChild({ key })).toEqual({ code: 'storage/wrong-key' });
  });
});
