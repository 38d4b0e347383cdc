/** The environment, read once. Everything has a default; a value that cannot be taken stops the start, by its name. */

import { readFileSync } from 'node:fs';
import { DEFAULT_GUESS_LIMITS, type GuessLimits } from './domain/guesses.ts';
import { DEFAULT_QUOTAS, type Quotas } from './domain/quotas.ts';
import { DEFAULT_REQUEST_RATES, type RateKind, type RequestRates } from './domain/request-rates.ts';
import { createProxyList } from './routes/client-address.ts';
import { startError } from './start-error.ts';
import type { TlsFiles } from './tls.ts';

export interface Config {
  /** Unused with `databaseUrl`. */
  readonly dataDir: string;
  /** Of PostgreSQL, in place of SQLite in the data folder. It may name several hosts, and holds a password. */
  readonly databaseUrl?: string;
  /** Connections to PostgreSQL at most. */
  readonly databasePool?: number;
  /** The folder of the secrets, if it is not in the data folder. Nothing is made there. */
  readonly secretsDir?: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly logLevel: LogLevel;
  /** Holds a level, which goes before `logLevel`. Read again at SIGHUP. */
  readonly logLevelFile?: string;
  /** The private service key, if it does not live in the data directory. */
  readonly serviceKeyFile?: string;
  /** The brain-key secret, if it does not live in the data directory. */
  readonly brainKeySecretFile?: string;
  readonly brainKeyThreads?: number;
  readonly guessLimits: GuessLimits;
  readonly quotas: Quotas;
  readonly requestRates: RequestRates;
  readonly trustedProxies: readonly string[];
  readonly mostConnections?: number;
  readonly tls?: TlsFiles;
  readonly metricsToken?: string;
  /** How long, at the stop, the service says that it is about to stop and serves as ever. */
  readonly drainMilliseconds: number;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/** The value of a variable, undefined where it is absent. */
type Read = (name: string) => string | undefined;

/** An empty variable counts as absent, as compose files write it. @throws `config/invalid` */
export function readConfig(environment: Environment): Config {
  const read: Read = (name) => environment[name] || undefined;
  const databaseUrl = readDatabaseUrl(read);
  const secretsDir = read('SOTTO_SECRETS_DIR');
  const databasePool = readCount(read, 'SOTTO_DATABASE_POOL');
  const serviceKeyFile = read('SOTTO_SERVICE_KEY_FILE');
  const brainKeySecretFile = read('SOTTO_BRAIN_KEY_SECRET_FILE');
  const brainKeyThreads = readCount(read, 'SOTTO_BRAIN_KEY_THREADS');
  const logLevelFile = read('SOTTO_LOG_LEVEL_FILE');
  const mostConnections = readCount(read, 'SOTTO_CONNECTIONS');
  const tls = readTlsFiles(read);
  const metricsToken = readMetricsToken(read);
  return {
    dataDir: readText('SOTTO_DATA_DIR', read('SOTTO_DATA_DIR') ?? './sotto-data'),
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(databasePool === undefined ? {} : { databasePool }),
    ...(secretsDir === undefined ? {} : { secretsDir: readText('SOTTO_SECRETS_DIR', secretsDir) }),
    host: readText('SOTTO_HOST', read('SOTTO_HOST') ?? '127.0.0.1'),
    port: readPort('SOTTO_PORT', read('SOTTO_PORT') ?? '8080'),
    logLevel: readLogLevel('SOTTO_LOG_LEVEL', read('SOTTO_LOG_LEVEL') ?? 'info'),
    ...(logLevelFile === undefined ? {} : { logLevelFile: readText('SOTTO_LOG_LEVEL_FILE', logLevelFile) }),
    ...(serviceKeyFile === undefined ? {} : { serviceKeyFile: readText('SOTTO_SERVICE_KEY_FILE', serviceKeyFile) }),
    ...(brainKeySecretFile === undefined
      ? {}
      : { brainKeySecretFile: readText('SOTTO_BRAIN_KEY_SECRET_FILE', brainKeySecretFile) }),
    ...(brainKeyThreads === undefined ? {} : { brainKeyThreads }),
    guessLimits: {
      burst: readCount(read, 'SOTTO_BRAIN_KEY_BURST') ?? DEFAULT_GUESS_LIMITS.burst,
      refillMilliseconds: readCount(read, 'SOTTO_BRAIN_KEY_REFILL_MS') ?? DEFAULT_GUESS_LIMITS.refillMilliseconds,
      perDay: readCount(read, 'SOTTO_BRAIN_KEY_PER_DAY') ?? DEFAULT_GUESS_LIMITS.perDay,
    },
    quotas: {
      keyknoxRecords: readCount(read, 'SOTTO_KEYKNOX_RECORDS') ?? DEFAULT_QUOTAS.keyknoxRecords,
      keyknoxBytes: readCount(read, 'SOTTO_KEYKNOX_BYTES') ?? DEFAULT_QUOTAS.keyknoxBytes,
      keyknoxApplicationBytes: readCount(read, 'SOTTO_KEYKNOX_APPLICATION_BYTES'),
      keyknoxParticipants: readCount(read, 'SOTTO_KEYKNOX_PARTICIPANTS') ?? DEFAULT_QUOTAS.keyknoxParticipants,
      oneTimeKeys: readCount(read, 'SOTTO_ONE_TIME_KEYS') ?? DEFAULT_QUOTAS.oneTimeKeys,
    },
    requestRates: {
      address: readRate(read, 'SOTTO_RATE_ADDRESS', 'address'),
      identity: readRate(read, 'SOTTO_RATE_IDENTITY', 'identity'),
      application: readRate(read, 'SOTTO_RATE_APPLICATION', 'application'),
    },
    trustedProxies: readProxies('SOTTO_TRUSTED_PROXIES', read('SOTTO_TRUSTED_PROXIES') ?? ''),
    ...(mostConnections === undefined ? {} : { mostConnections }),
    ...(tls === undefined ? {} : { tls }),
    ...(metricsToken === undefined ? {} : { metricsToken }),
    drainMilliseconds: 1000 * readDrainSeconds('SOTTO_DRAIN_SECONDS', read('SOTTO_DRAIN_SECONDS') ?? '0'),
  };
}

function readDatabaseUrl(read: Read): string | undefined {
  const file = read('SOTTO_DATABASE_URL_FILE');
  const url =
    read('SOTTO_DATABASE_URL') ?? (file === undefined ? undefined : readSecretFile('SOTTO_DATABASE_URL_FILE', file));
  if (url === undefined) return undefined;
  if (!/^postgres(ql)?:\/\/[^/]/.test(url)) {
    throw invalid('SOTTO_DATABASE_URL', 'it must be a URL of PostgreSQL: postgres://user:password@host:5432/database');
  }
  // One that every node has, which no node makes.
  if (read('SOTTO_SECRETS_DIR') === undefined) {
    throw invalid('SOTTO_DATABASE_URL', 'set SOTTO_SECRETS_DIR too, the folder of the secrets that all nodes share');
  }
  return url;
}

function readSecretFile(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw invalid(name, 'the file cannot be read');
  }
}

function readRate(read: Read, name: string, kind: RateKind): number | undefined {
  if (read(name) === 'off') return undefined;
  return readCount(read, name) ?? DEFAULT_REQUEST_RATES[kind];
}

function readProxies(name: string, value: string): readonly string[] {
  const entries = value.split(/[\s,]+/).filter((entry) => entry !== '');
  try {
    createProxyList(entries);
  } catch {
    throw invalid(name, 'it must be addresses and networks with commas between them, as 10.0.0.0/8,::1');
  }
  return entries;
}

function readTlsFiles(read: Read): TlsFiles | undefined {
  const [certFile, keyFile] = [read('SOTTO_TLS_CERT_FILE'), read('SOTTO_TLS_KEY_FILE')];
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined) throw invalid('SOTTO_TLS_KEY_FILE', 'set SOTTO_TLS_CERT_FILE too');
  if (keyFile === undefined) throw invalid('SOTTO_TLS_CERT_FILE', 'set SOTTO_TLS_KEY_FILE too');
  return { certFile: readText('SOTTO_TLS_CERT_FILE', certFile), keyFile: readText('SOTTO_TLS_KEY_FILE', keyFile) };
}

function readMetricsToken(read: Read): string | undefined {
  const file = read('SOTTO_METRICS_TOKEN_FILE');
  if (file === undefined) return undefined;
  const token = readSecretFile('SOTTO_METRICS_TOKEN_FILE', file);
  if (!/^[\x21-\x7e]{16,}$/.test(token)) {
    throw invalid('SOTTO_METRICS_TOKEN_FILE', 'the file must hold a token of 16 characters or more, without spaces');
  }
  return token;
}

function readText(name: string, value: string): string {
  if (value.trim() !== value) throw invalid(name, 'it must not begin or end with a space');
  return value;
}

function readPort(name: string, value: string): number {
  const port = Number(value);
  if (!/^\d{1,5}$/.test(value) || port > 65535) throw invalid(name, 'it must be a port, 0 to 65535');
  return port;
}

/** Longer than any load balancer needs, and shorter than what a timer can hold. */
const LONGEST_DRAIN_SECONDS = 3600;

function readDrainSeconds(name: string, value: string): number {
  const seconds = Number(value);
  if (!/^\d{1,4}$/.test(value) || seconds > LONGEST_DRAIN_SECONDS) {
    throw invalid(name, `it must be whole seconds, 0 to ${LONGEST_DRAIN_SECONDS}`);
  }
  return seconds;
}

function readCount(read: Read, name: string): number | undefined {
  const value = read(name);
  if (value !== undefined && !/^[1-9]\d{0,14}$/.test(value)) throw invalid(name, 'it must be a whole number from 1 up');
  return value === undefined ? undefined : Number(value);
}

export function readLogLevel(name: string, value: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === value);
  if (level === undefined) throw invalid(name, `it must be one of ${LOG_LEVELS.join(', ')}`);
  return level;
}

function invalid(name: string, reason: string) {
  return startError('config/invalid', `${name} cannot be used: ${reason}.`);
}
