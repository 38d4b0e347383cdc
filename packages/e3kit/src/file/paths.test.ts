/** From path to path on Node: whole files or none, whatever happens. */
import { readdirSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorld, type World } from '@sotto/testing';
import { canMountDisk, openSmallDisk } from '@sotto/testing/small-disk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EThree, FileProgress } from '../index.ts';
import { authDecryptPath, authEncryptPath, openPath, writePath } from '../node.ts';

let world: World;
let alice: EThree;
let bob: EThree;
let folder: string;

beforeAll(async () => {
  world = await startWorld();
  alice = await world.createClient('alice');
  bob = await world.createClient('bob');
  await alice.register();
  await bob.register();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sotto-files-'));
  await writeFile(at('photo.jpg'), content);
});
afterEach(() => rm(folder, { recursive: true, force: true }));
afterAll(() => world.close());

const content = Buffer.alloc(700_000, 'a photo ');
const at = (name: string) => join(folder, name);

describe('a file at a path', () => {
  it('is encrypted to another path and back, readable for its owner alone', async () => {
    await authEncryptPath(alice, {
      source: at('photo.jpg'),
      target: at('sealed'),
      readers: await alice.findUsers('bob'),
    });
    await authDecryptPath(bob, { source: at('sealed'), target: at('again.jpg'), sender: await bob.findUsers('alice') });
    expect(await readFile(at('again.jpg'))).toEqual(content);
    expect((await readdir(folder)).sort()).toEqual(['again.jpg', 'photo.jpg', 'sealed']);
    for (const name of ['sealed', 'again.jpg']) expect((await stat(at(name))).mode & 0o777).toBe(0o600);
  });

  it('is encrypted in its place', async () => {
    await authEncryptPath(alice, { source: at('photo.jpg'), target: at('photo.jpg') });
    expect((await readFile(at('photo.jpg'))).length).toBeGreaterThan(content.length);
    await authDecryptPath(alice, { source: at('photo.jpg'), target: at('photo.jpg') });
    expect(await readFile(at('photo.jpg'))).toEqual(content);
  });

  it('is a source for the other calls too', async () => {
    const file = await openPath(at('photo.jpg'));
    try {
      const opened = await alice.openFile(await alice.sealFile(file));
      expect([opened.name, opened.size]).toEqual(['photo.jpg', content.length]);
      expect(Math.abs(opened.lastModified - (await stat(at('photo.jpg'))).mtimeMs)).toBeLessThan(1);
    } finally {
      await file.close();
    }
  });

  it('is written from any pieces', async () => {
    await writePath(
      at('text'),
      (async function* () {
        yield Buffer.from('one ');
        yield Buffer.from('two');
      })(),
    );
    expect(await readFile(at('text'), 'utf8')).toBe('one two');
  });
});

describe('nothing is left, and what was there stays,', () => {
  beforeEach(async () => {
    await writeFile(at('target'), 'what was there');
  });

  async function expectUntouched(...others: string[]): Promise<void> {
    expect((await readdir(folder)).sort()).toEqual(['photo.jpg', 'target', ...others].sort());
    expect(await readFile(at('target'), 'utf8')).toBe('what was there');
  }

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, -1), 'envelope/undecryptable'],
    ['cut in half', (bytes: Buffer) => bytes.subarray(0, 350_000), 'envelope/malformed'],
    [
      'with a bit changed',
      (bytes: Buffer) => bytes.map((byte, index) => (index === 500_000 ? byte ^ 1 : byte)),
      'envelope/undecryptable',
    ],
    ['twice', (bytes: Buffer) => Buffer.concat([bytes, bytes]), 'envelope/undecryptable'],
    ['that is none', () => Buffer.from('none'), 'envelope/malformed'],
  ])('where the source is a file %s', async (_, change, code) => {
    await authEncryptPath(alice, { source: at('photo.jpg'), target: at('sealed') });
    await writeFile(at('sealed'), change(await readFile(at('sealed'))));
    const attempt = authDecryptPath(alice, { source: at('sealed'), target: at('target') });
    await expect(attempt).rejects.toMatchObject({ code });
    await expectUntouched('sealed');
  });

  it('where somebody else is the sender', async () => {
    await authEncryptPath(alice, {
      source: at('photo.jpg'),
      target: at('sealed'),
      readers: await alice.findUsers('bob'),
    });
    const attempt = authDecryptPath(bob, {
      source: at('sealed'),
      target: at('target'),
      sender: await bob.findUsers('bob'),
    });
    await expect(attempt).rejects.toMatchObject({ name: 'IntegrityCheckFailedError', code: 'envelope/other-signer' });
    await expectUntouched('sealed');
  });

  it.each(['encrypting', 'decrypting'])('where %s is aborted in the middle', async (what) => {
    await authEncryptPath(alice, { source: at('photo.jpg'), target: at('sealed') });
    const controller = new AbortController();
    let names: string[] = [];
    const onProgress = ({ bytesProcessed }: FileProgress) => {
      if (bytesProcessed < 400_000 || controller.signal.aborted) return;
      controller.abort();
      names = readdirSync(folder);
    };
    const options = { target: at('target'), chunkSize: 200_000, onProgress, signal: controller.signal };
    const attempt =
      what === 'encrypting'
        ? authEncryptPath(alice, { source: at('photo.jpg'), ...options })
        : authDecryptPath(alice, { source: at('sealed'), ...options });
    await expect(attempt).rejects.toMatchObject({ name: 'AbortError', code: 'stream/aborted' });
    expect(names.filter((name) => name.endsWith('.sotto-tmp'))).toHaveLength(1);
    await expectUntouched('sealed');
  });

  it('where there is no such source', async () => {
    const attempt = authEncryptPath(alice, { source: at('missing'), target: at('target') });
    await expect(attempt).rejects.toMatchObject({ code: 'file/unreadable', details: { reason: 'ENOENT' } });
    await expectUntouched();
  });

  it('where the folder of the target is missing', async () => {
    const attempt = authEncryptPath(alice, { source: at('photo.jpg'), target: at('missing/target') });
    await expect(attempt).rejects.toMatchObject({ code: 'file/unwritable', details: { reason: 'ENOENT' } });
    await expectUntouched();
  });

  it('where the source shrinks once it is open', async () => {
    const file = await openPath(at('photo.jpg'));
    await writeFile(at('photo.jpg'), 'short');
    await expect(alice.authEncryptFile(file)).rejects.toMatchObject({
      code: 'stream/wrong-size',
    });
    await file.close();
  });
});

const canRun = canMountDisk();

describe.runIf(canRun)(`on a full disk${canRun ? '' : ' (skipped, this system lets nobody mount one)'}`, () => {
  it('encrypting and decrypting say so, and leave nothing', async () => {
    const disk = await openSmallDisk(1024 * 1024);
    try {
      const target = join(disk.folder, 'target');
      await authEncryptPath(alice, { source: at('photo.jpg'), target: at('sealed') });
      await disk.leave(512 * 1024);
      for (const attempt of [
        () => authEncryptPath(alice, { source: at('photo.jpg'), target }),
        () => authDecryptPath(alice, { source: at('sealed'), target }),
      ]) {
        await expect(attempt).rejects.toMatchObject({ code: 'storage/full', family: 'storage' });
      }
      expect(await readdir(disk.folder)).toEqual(['filler']);
      await disk.empty();
      await authDecryptPath(alice, { source: at('sealed'), target });
      expect(await readFile(target)).toEqual(content);
    } finally {
      await disk.close();
    }
  });
});
