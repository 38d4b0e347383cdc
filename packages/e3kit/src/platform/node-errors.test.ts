import { open } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { storageError } from '../storage-errors.ts';
import { toStorageError } from './node-errors.ts';

it.runIf(process.platform === 'linux')('says that the disk is full', async () => {
  const disk = await open('/dev/full', 'w');
  const error: unknown = await disk.writeFile('anything').catch((reason: unknown) => reason);
  await disk.close();
  expect(toStorageError(error, '/dev/full')).toMatchObject({
    code: 'storage/full',
    family: 'storage',
    details: { path: '/dev/full', reason: 'ENOSPC' },
    cause: error,
  });
});

it.each(['EACCES', 'EROFS', 'ENOENT', 'EIO'])('says that the store is unavailable for %s', (code) => {
  const error = Object.assign(new Error(code), { code, syscall: 'open' });
  expect(toStorageError(error, '/keys')).toMatchObject({ code: 'storage/unavailable', details: { reason: code } });
});

it('leaves other errors alone', () => {
  for (const error of [storageError('storage/locked'), new TypeError('a bug'), undefined]) {
    expect(toStorageError(error, '/keys')).toBe(error);
  }
});
