/** A running service: secrets, store, app and socket put together, and taken down in the reverse order. */

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino, type Logger } from 'pino';
import { createApp } from './app.ts';
import { createBrainKeyPool } from './brain-key-pool.ts';
import { openBrainKeySecret } from './brain-key-secret.ts';
import { requireDataFile } from './data-file.ts';
import { DEFAULT_GUESS_LIMITS, type GuessLimits } from './domain/guesses.ts';
import { DEFAULT_QUOTAS, type Quotas } from './domain/quotas.ts';
import { createRateLimits, DEFAULT_REQUEST_RATES, type RequestRates } from './domain/request-rates.ts';
import { readActiveServiceKey, type ServiceKey } from './domain/service-key.ts';
import { DEFAULT_MOST_CONNECTIONS, openEdge } from './edge.ts';
import { joinNodes } from './membership.ts';
import { createMetrics } from './metrics.ts';
import { operatorError } from './operator-errors.ts';
import type { Clock } from './routes/env.ts';
import type { OnRequest } from './routes/middleware/observe.ts';
import { keysOf, openSecrets, readServiceKeys, type OpenedSecrets } from './secrets.ts';
import { startError } from './start-error.ts';
import { checkSqliteFile } from './store/check-sqlite-file.ts';
import { StoreUnavailableError } from './store/errors.ts';
import { explainStoreErrors } from './store/explain-errors.ts';
import { findSetting, insertSetting, SERVICE_KEY_SETTING } from './store/installation-settings.ts';
import type { StoreEvents } from './store/observe.ts';
import { findWeakSettings } from './store/server-settings.ts';
import { openStore, type DatabaseLocation, type Store } from './store/store.ts';
import type { TlsFiles } from './tls.ts';

export interface ServiceOptions {
  /** Holds the database and, in `secrets/`, the service key and the brain-key secret. Made if it does not exist. */
  readonly dataDir?: string;
  /** Of PostgreSQL, in place of the file in `dataDir`. Then `secretsDir` is given too. */
  readonly databaseUrl?: string;
  /** Connections to PostgreSQL at most. */
  readonly databasePool?: number;
  /** The folder of the secrets, if it is not in the data folder. Nothing is made there. */
  readonly secretsDir?: string;
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port?: number;
  readonly serviceKeyFile?: string;
  readonly brainKeySecretFile?: string;
  /** For brain keys; one less than there are processors unless given. */
  readonly brainKeyThreads?: number;
  readonly guessLimits?: GuessLimits;
  readonly quotas?: Quotas;
  /** Of this node alone. */
  readonly requestRates?: RequestRates;
  /** Addresses and networks of the proxies in front, whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: readonly string[];
  /** Of which one more is closed at once. */
  readonly mostConnections?: number;
  /** Read again when they change. */
  readonly tls?: TlsFiles;
  /** Who shows it may read `/metrics` from elsewhere than this machine. */
  readonly metricsToken?: string;
  /** Whether `/metrics` has those of the process too. They are watched until it ends. */
  readonly processMetrics?: boolean;
  readonly clock?: Clock;
  /** Silent by default. */
  readonly logger?: Logger;
  /** Shows each request, with token and body, to a demo or a test. */
  readonly onRequest?: OnRequest;
}

export interface RunningService {
  readonly url: string;
  readonly port: number;
  /** With which clients verify the cards, as of the start: base64 of the DER SubjectPublicKeyInfo. */
  readonly servicePublicKey: string;
  readonly store: Store;
  /** Reads the certificate again, if there is one, and the service keys. */
  reload(): void;
  /**
   * Finishes what is in flight, then closes the database. Once more does nothing. For `drainMilliseconds` before that it
   * serves as ever, while `/readyz` says that it is about to stop.
   */
  close(options?: { readonly drainMilliseconds?: number }): Promise<void>;
}

/** @throws the errors of `start-error.ts`, `database/corrupt`, `database/full` */
export async function startService({
  dataDir,
  databaseUrl,
  databasePool,
  secretsDir,
  host = '127.0.0.1',
  port = 8080,
  serviceKeyFile,
  brainKeySecretFile,
  brainKeyThreads,
  guessLimits = DEFAULT_GUESS_LIMITS,
  quotas = DEFAULT_QUOTAS,
  requestRates = DEFAULT_REQUEST_RATES,
  trustedProxies = [],
  mostConnections = DEFAULT_MOST_CONNECTIONS,
  tls,
  metricsToken,
  processMetrics = false,
  clock = Date.now,
  logger = pino({ level: 'silent' }),
  onRequest,
}: ServiceOptions): Promise<RunningService> {
  if (databaseUrl === undefined && dataDir !== undefined)
    requireDataFile(databaseFile(dataDir), { secretsDir, brainKeySecretFile });
  const secretsLocation = { dataDir, secretsDir, serviceKeyFile };
  const secrets = await openSecrets(secretsLocation, { now: clock() });
  if (secrets.isNew) logger.info({ file: secrets.keyFile }, 'made a new service key: keep it safe and back it up');
  const metrics = createMetrics({ clock, ofProcess: processMetrics });
  const store = await openDatabase(locateDatabase({ dataDir, databaseUrl, databasePool }), metrics.storeEvents);
  try {
    await warnOfWeakSettings(store, logger);
    const serviceKeys = await openServiceKeys(store, secrets);
    const brainKey = await openBrainKeySecret(store, { dataDir, secretsDir, brainKeySecretFile });
    if (brainKey.isNew)
      logger.info({ file: brainKey.file }, 'made a new brain-key secret: keep it safe and back it up');
    const brainKeys = createBrainKeyPool({ secret: brainKey.secret, threads: brainKeyThreads });
    let isStopping = false;
    const app = createApp({
      store,
      serviceKeys,
      brainKeys: metrics.watchBrainKeys(brainKeys),
      guessLimits,
      quotas,
      rateLimits: createRateLimits(requestRates, metrics.countRateRefusal),
      trustedProxies,
      metrics,
      metricsToken,
      isStopping: () => isStopping,
      clock,
      logger,
      onRequest,
    });
    const { chain } = await readActiveServiceKey(store.reader, serviceKeys);
    const servicePublicKey = chain.at(-1)?.publicKey ?? '';
    const edge = await openEdge(app, { host, port, mostConnections, tls, trustedProxies, metrics, logger });
    const { url } = edge;
    const membership = await joinNodes({
      store,
      serviceKeys,
      readServiceKeys: () => readServiceKeys(secretsLocation),
      clock,
      logger,
    });
    logger.info(
      { url, database: store.kind, dataDir: store.kind === 'sqlite' ? dataDir : undefined, servicePublicKey },
      'listening',
    );
    let closed: Promise<void> | undefined;
    const close = async (drainMilliseconds = 0) => {
      isStopping = true;
      if (drainMilliseconds > 0) await delay(drainMilliseconds);
      await edge.close({ lingers: drainMilliseconds > 0 });
      await brainKeys.close();
      await membership.close();
      await store.close();
      logger.info('stopped');
    };
    return {
      url,
      port: edge.port,
      servicePublicKey,
      store,
      reload() {
        edge.reload();
        void membership.refresh();
      },
      close: ({ drainMilliseconds } = {}) => (closed ??= close(drainMilliseconds)),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Those of the files. @throws `secrets/mismatch` if the one that signs the cards of this database is not among them */
async function openServiceKeys(store: Store, secrets: OpenedSecrets): Promise<Map<string, ServiceKey>> {
  await store.transact((transaction) => insertSetting(transaction, SERVICE_KEY_SETTING, secrets.serviceKey.keyId));
  const activeId = await findSetting(store.reader, SERVICE_KEY_SETTING);
  const keys = new Map(keysOf(secrets).map((key) => [key.keyId, key]));
  if (activeId !== undefined && keys.has(activeId)) return keys;
  throw startError(
    'secrets/mismatch',
    `${secrets.keyFile} is not the service key of this database: clients would refuse its cards. Restore the one that belongs to it; a new one is made with \`sotto service-key\`.`,
  );
}

type DatabaseOptions = Pick<ServiceOptions, 'dataDir' | 'databaseUrl' | 'databasePool'>;

/** @throws `config/invalid` */
function locateDatabase({
  dataDir,
  databaseUrl,
  databasePool,
}: {
  readonly [Name in keyof DatabaseOptions]: DatabaseOptions[Name] | undefined;
}): DatabaseLocation {
  if (databaseUrl !== undefined) return { url: databaseUrl, poolSize: databasePool };
  if (dataDir !== undefined) return { file: databaseFile(dataDir) };
  throw startError('config/invalid', 'There is no place for data. Set SOTTO_DATA_DIR.');
}

/** As a service opens it. @throws `database/unreachable`, `database/corrupt`, `database/full` */
export async function openDatabase(location: DatabaseLocation, events?: StoreEvents): Promise<Store> {
  if ('file' in location) return explainStoreErrors(openFile(location.file, events));
  try {
    return await openStore(location, events);
  } catch (cause) {
    if (!(cause instanceof StoreUnavailableError)) throw cause;
    throw startError(
      'database/unreachable',
      'The database of SOTTO_DATABASE_URL cannot be opened: it does not answer, takes no writes, or refuses user or password. See the log of PostgreSQL.',
      cause,
    );
  }
}

async function openFile(file: string, events?: StoreEvents): Promise<Store> {
  // Before anything is written to it.
  const damage = checkSqliteFile(file);
  if (damage !== undefined) throw operatorError('database/corrupt', { details: { damage } });
  return openStore({ file }, events);
}

/** Said at each start: what was acknowledged may be lost with these. */
async function warnOfWeakSettings({ reader, kind }: Store, logger: Logger): Promise<void> {
  if (kind !== 'postgres') return;
  for (const { name, remedy } of await findWeakSettings(reader)) {
    logger.warn({ setting: name }, `PostgreSQL may lose what was acknowledged: ${name} is off. ${remedy}`);
  }
}

/** Where a service keeps its database, for commands that open it beside a running service. */
export function databaseFile(dataDir: string): string {
  return join(dataDir, 'sotto.db');
}
