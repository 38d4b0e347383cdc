import { describe, expect, it } from 'vitest';
import { findDifference, isOlder } from './prepare.js';

const hono = { version: '1.0.0', resolved: 'https://registry.example/hono.tgz', integrity: 'sha512-a' };
const link = { resolved: 'packages/core', link: true };
const lockfile = { packages: { '': { name: 'us' }, 'node_modules/hono': hono, 'node_modules/@us/core': link } };
const installed = { packages: { 'node_modules/hono': hono, 'node_modules/@us/core': link } };
const isPresent = () => true;

describe('what is installed', () => {
  it('is enough when it is what the lockfile names', () => {
    expect(findDifference({ lockfile, installed, isPresent })).toBeUndefined();
  });

  it('is not enough when npm has left no list of it', () => {
    expect(findDifference({ lockfile, installed: undefined, isPresent })).toBe('none are installed');
  });

  it.each([
    ['has another version', { ...hono, version: '1.0.1' }],
    ['has other content', { ...hono, integrity: 'sha512-b' }],
  ])('is not enough when a package %s', (_, wanted) => {
    const newer = { packages: { ...lockfile.packages, 'node_modules/hono': wanted } };
    expect(findDifference({ lockfile: newer, installed, isPresent })).toBe('node_modules/hono has changed');
  });

  it('is not enough when a package is missing, from the list or from the disk', () => {
    const fewer = { packages: { 'node_modules/hono': hono } };
    expect(findDifference({ lockfile, installed: fewer, isPresent })).toBe('node_modules/@us/core is missing');
    const isGone = (path: string) => path !== 'node_modules/hono';
    expect(findDifference({ lockfile, installed, isPresent: isGone })).toBe('node_modules/hono is missing');
  });

  it('may lack what was built for another platform', () => {
    const more = { packages: { ...lockfile.packages, 'node_modules/native-windows': { ...hono, optional: true } } };
    expect(findDifference({ lockfile: more, installed, isPresent })).toBeUndefined();
  });
});

describe('a version of Node', () => {
  it.each([
    ['20.18.9', true],
    ['18.20.1', true],
    ['20.19.0', false],
    ['20.20.0', false],
    ['22.0.0', false],
  ])('%s is older than 20.19.0: %s', (version, expected) => {
    expect(isOlder(version, '20.19.0')).toBe(expected);
  });
});
