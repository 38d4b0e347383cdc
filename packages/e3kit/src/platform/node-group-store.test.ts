import { access, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { groupStoreSuite } from '@sotto/testing/group-store-suite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileGroupStore } from './node-group-store.ts';

let directory: string;
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'sotto-')), 'groups');
});
afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }));

const open = () => createFileGroupStore({ directory });

groupStoreSuite('file', async () => ({ store: open(), reopen: async () => open(), close: async () => {} }));

describe('a file group store', () => {
  const alice = { appId: 'app', identity: 'alice' };
  const sessionId = 'ab'.repeat(32);

  it('keeps files whose names do not name the user, for their owner alone', async () => {
    await open().save(alice, sessionId, Uint8Array.of(1));
    const files = (await readdir(directory)).filter((name) => name !== 'locks');
    expect(files).toEqual([expect.stringMatching(new RegExp(`^[0-9a-f]{32}-${sessionId}$`))]);
    expect((await stat(join(directory, files[0]!))).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it('makes no folder for an app that has no groups', async () => {
    const store = open();
    expect(await store.load(alice, sessionId)).toBeUndefined();
    await store.remove(alice, sessionId);
    await store.clear(alice);
    await expect(access(directory)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('says so where its folder is none', async () => {
    await writeFile(directory, '');
    const refusal = { code: 'storage/unavailable' };
    await expect(open().load(alice, sessionId)).rejects.toMatchObject(refusal);
    await expect(open().save(alice, sessionId, Uint8Array.of(1))).rejects.toMatchObject(refusal);
  });
});
