import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeTemporaryFolder } from './test-kit.ts';
import { readConfig } from './config.ts';
import { DEFAULT_GUESS_LIMITS } from './domain/guesses.ts';
import { DEFAULT_QUOTAS } from './domain/quotas.ts';
import { DEFAULT_REQUEST_RATES } from './domain/request-rates.ts';

test('nothing has to be set', () => {
  expect(readConfig({})).toEqual({
    dataDir: './sotto-data',
    host: '127.0.0.1',
    port: 8080,
    logLevel: 'info',
    guessLimits: DEFAULT_GUESS_LIMITS,
    quotas: DEFAULT_QUOTAS,
    requestRates: DEFAULT_REQUEST_RATES,
    trustedProxies: [],
    drainMilliseconds: 0,
  });
});

test('a stop may be told to wait for nothing', () => {
  expect(readConfig({ SOTTO_DRAIN_SECONDS: '0' }).drainMilliseconds).toBe(0);
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
    SOTTO_BRAIN_KEY_SECRET_FILE: '/run/secrets/brain-key-secret',
    SOTTO_BRAIN_KEY_THREADS: '2',
    SOTTO_BRAIN_KEY_BURST: '3',
    SOTTO_BRAIN_KEY_REFILL_MS: '4',
    SOTTO_BRAIN_KEY_PER_DAY: '5',
    SOTTO_KEYKNOX_RECORDS: '6',
    SOTTO_KEYKNOX_BYTES: '7',
    SOTTO_KEYKNOX_APPLICATION_BYTES: '8',
    SOTTO_KEYKNOX_PARTICIPANTS: '9',
    SOTTO_ONE_TIME_KEYS: '10',
    SOTTO_RATE_ADDRESS: '11',
    SOTTO_RATE_IDENTITY: '12',
    SOTTO_RATE_APPLICATION: 'off',
    SOTTO_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
    SOTTO_TLS_CERT_FILE: '/run/tls/tls.crt',
    SOTTO_TLS_KEY_FILE: '/run/tls/tls.key',
    SOTTO_CONNECTIONS: '14',
    SOTTO_DRAIN_SECONDS: '13',
    SOTTO_LOG_LEVEL_FILE: '/run/sotto/log-level',
  });
  expect(config).toEqual({
    dataDir: '/var/lib/sotto',
    host: '0.0.0.0',
    port: 0,
    logLevel: 'warn',
    serviceKeyFile: '/run/secrets/service-key',
    brainKeySecretFile: '/run/secrets/brain-key-secret',
    brainKeyThreads: 2,
    guessLimits: { burst: 3, refillMilliseconds: 4, perDay: 5 },
    quotas: {
      keyknoxRecords: 6,
      keyknoxBytes: 7,
      keyknoxApplicationBytes: 8,
      keyknoxParticipants: 9,
      oneTimeKeys: 10,
    },
    requestRates: { address: 11, identity: 12, application: undefined },
    trustedProxies: ['10.0.0.0/8', '::1'],
    tls: { certFile: '/run/tls/tls.crt', keyFile: '/run/tls/tls.key' },
    mostConnections: 14,
    drainMilliseconds: 13_000,
    logLevelFile: '/run/sotto/log-level',
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
    ['SOTTO_BRAIN_KEY_SECRET_FILE', ' secret'],
    ['SOTTO_BRAIN_KEY_BURST', '0'],
    ['SOTTO_BRAIN_KEY_REFILL_MS', '-1'],
    ['SOTTO_BRAIN_KEY_PER_DAY', '1.5'],
    ['SOTTO_KEYKNOX_BYTES', '1e9'],
    ['SOTTO_KEYKNOX_RECORDS', 'many'],
    ['SOTTO_ONE_TIME_KEYS', '9'.repeat(16)],
    ['SOTTO_RATE_ADDRESS', '0'],
    ['SOTTO_RATE_IDENTITY', 'none'],
    ['SOTTO_RATE_APPLICATION', '1.5'],
    ['SOTTO_TRUSTED_PROXIES', '10.0.0.0/8,proxy.internal'],
    ['SOTTO_TLS_CERT_FILE', '/run/tls/tls.crt'],
    ['SOTTO_TLS_KEY_FILE', '/run/tls/tls.key'],
    ['SOTTO_DRAIN_SECONDS', '-1'],
    ['SOTTO_DRAIN_SECONDS', '3601'],
    ['SOTTO_DRAIN_SECONDS', '1.5'],
    ['SOTTO_LOG_LEVEL_FILE', ' level'],
    ['SOTTO_METRICS_TOKEN_FILE', '/no/such/file'],
    ['SOTTO_METRICS_TOKEN_FILE', '/dev/null'],
    ['SOTTO_DATABASE_URL', 'postgres://somebody:secret@db/sotto'],
  ])('%s=%s', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(
      expect.objectContaining({ code: 'config/invalid', message: expect.stringContaining(name) }),
    );
  });

  test('a database that nodes share, in a file or not, needs their secrets', () => {
    const folder = makeTemporaryFolder();
    const file = join(folder, 'url');
    writeFileSync(file, 'postgres://db/sotto\n');
    const read = { SOTTO_DATABASE_URL_FILE: file, SOTTO_DATABASE_POOL: '3', SOTTO_SECRETS_DIR: '/run/secrets' };
    expect(readConfig(read)).toMatchObject({
      databaseUrl: 'postgres://db/sotto',
      databasePool: 3,
      secretsDir: '/run/secrets',
    });
    rmSync(folder, { recursive: true });
    expect(() => readConfig(read)).toThrow('SOTTO_DATABASE_URL_FILE cannot be used');
    expect(() => readConfig({ SOTTO_DATABASE_URL: 'postgres://db/sotto' })).toThrow('SOTTO_SECRETS_DIR');
    const url = 'postgres://somebody:secret@db,other/sotto';
    expect(readConfig({ SOTTO_DATABASE_URL: url, SOTTO_SECRETS_DIR: '/run/secrets' })).toMatchObject({
      databaseUrl: url,
    });
    expect(() => readConfig({ SOTTO_DATABASE_URL: 'mysql://db/sotto' })).toThrow('URL of PostgreSQL');
  });

  test('and not with the value, which may hold a password', () => {
    expect(() => readConfig({ SOTTO_DATABASE_URL: 'postgres://somebody:hunter2@db/sotto' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});
