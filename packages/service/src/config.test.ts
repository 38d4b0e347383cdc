import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

test('nothing has to be set', () => {
  expect(readConfig({})).toEqual({ dataDir: './sotto-data', host: '127.0.0.1', port: 8080, logLevel: 'info' });
});

test('an empty variable counts as absent', () => {
  expect(readConfig({ SOTTO_PORT: '', SOTTO_DATABASE_URL: '' }).port).toBe(8080);
});

test('every variable is read', () => {
  const config = readConfig({
    SOTTO_DATA_DIR: '/var/lib/sotto',
    SOTTO_HOST: '0.0.0.0',
    SOTTO_PORT: '0',
    SOTTO_LOG_LEVEL: 'warn',
    SOTTO_SERVICE_KEY_FILE: '/run/secrets/service-key',
  });
  expect(config).toEqual({
    dataDir: '/var/lib/sotto',
    host: '0.0.0.0',
    port: 0,
    logLevel: 'warn',
    serviceKeyFile: '/run/secrets/service-key',
  });
});

describe('a value that cannot be taken is refused with the name of its variable', () => {
  test.each([
    ['SOTTO_PORT', '65536'],
    ['SOTTO_PORT', '-1'],
    ['SOTTO_PORT', '80a'],
    ['SOTTO_PORT', '1e3'],
    ['SOTTO_PORT', ' 80'],
    ['SOTTO_LOG_LEVEL', 'loud'],
    ['SOTTO_HOST', 'localhost '],
    ['SOTTO_DATA_DIR', ' /data'],
    ['SOTTO_SERVICE_KEY_FILE', 'key '],
    ['SOTTO_DATABASE_URL', 'postgres://somebody:secret@db/sotto'],
  ])('%s=%s', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(
      expect.objectContaining({ code: 'config/invalid', message: expect.stringContaining(name) }),
    );
  });

  test('and not with the value, which may hold a password', () => {
    expect(() => readConfig({ SOTTO_DATABASE_URL: 'postgres://somebody:secret@db/sotto' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});
