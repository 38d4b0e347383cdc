import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cardCacheSuite } from '@sotto/testing/card-cache-suite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileCardCache } from './node-card-cache.ts';

let directory: string;
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'sotto-')), 'cards');
});
afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }));

const open = () => createFileCardCache({ directory });

cardCacheSuite('file', async () => ({ cache: await open(), reopen: open, close: async () => {} }));

describe('a file card cache', () => {
  const cardFiles = async () => (await readdir(directory)).filter((file) => file.endsWith('.json'));

  it('keeps readable files that only their owner reads', async () => {
    await (await open()).write(new Map([['alice', 'the card']]));
    const [file = ''] = await cardFiles();
    expect(JSON.parse(await readFile(join(directory, file), 'utf8'))).toEqual({
      format: 'sotto-card-cache/1',
      name: 'alice',
      text: 'the card',
    });
    expect((await stat(join(directory, file))).mode & 0o777).toBe(0o600);
  });

  it.each(['', 'null', '[1]', '{"format":"sotto-card-cache/1","name":"alice"}', '{"format":"2"}'])(
    'refuses a file that holds %j, rather than trust anew',
    async (content) => {
      const cache = await open();
      await cache.write(new Map([['alice', 'the card']]));
      const [file = ''] = await cardFiles();
      await writeFile(join(directory, file), content);
      await expect(cache.read('alice')).rejects.toMatchObject({ code: 'storage/damaged' });
      await expect(cache.list()).rejects.toMatchObject({ code: 'storage/damaged' });
      await cache.write(new Map([['alice', 'fetched again']]));
      expect(await cache.read('alice')).toBe('fetched again');
    },
  );

  it('refuses a file under the name of another', async () => {
    const cache = await open();
    await cache.write(new Map([['alice', 'a']]));
    const [alice = ''] = await cardFiles();
    await rename(join(directory, alice), join(directory, 'moved'));
    await cache.write(new Map([['bob', 'b']]));
    const [bob = ''] = await cardFiles();
    await rename(join(directory, 'moved'), join(directory, bob));
    await expect(cache.read('bob')).rejects.toMatchObject({ code: 'storage/damaged' });
  });
});
