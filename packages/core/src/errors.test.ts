import { expect, it } from 'vitest';
import { coreError, isSdkError } from './errors.ts';

it('knows an error of another copy of this package', async () => {
  const path = './errors.ts?another-copy';
  const other = (await import(/* @vite-ignore */ path)) as typeof import('./errors.ts');
  expect(other.SdkError).not.toBe(coreError('key/invalid').constructor);
  expect(isSdkError(other.coreError('key/invalid'))).toBe(true);
  expect(isSdkError(other.coreError('key/invalid'), 'key/invalid')).toBe(true);
  expect(other.isSdkError(coreError('key/invalid'), 'key/unsupported')).toBe(false);
  for (const value of [undefined, null, 'key/invalid', {}, new Error('key/invalid'), { code: 'key/invalid' }]) {
    expect(isSdkError(value)).toBe(false);
  }
});
