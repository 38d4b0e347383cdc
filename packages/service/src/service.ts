/** A running service: secrets, store, app and socket put together, and taken down in the reverse order. */

import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { createApp } from './app.ts';
import { createBrainKeyPool } from './brain-key-pool.ts';
import { openBrainKeySecret } from './brain-key-secret.ts';
import { DEFAULT_GUESS_LIMITS, type GuessLimits } from './domain/guesses.ts';
import { DEFAULT_QUOTAS, type Quotas } from './domain/quotas.ts';
import type { Clock } from './routes/env.ts';
import type { OnRequest } from './routes/middleware/observe.ts';
import { openSecrets } from './secrets.ts';
import { listen } from './socket.ts';
import { openStore, type Store } from './store/store.ts';

export interface ServiceOptions {
  /** Holds the database and, in `secrets/`, the service key and the brain-key secret. Made if it does not exist. */
  readonly dataDir: string;
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port?: number;
  readonly serviceKeyFile?: string;
  readonly brainKeySecretFile?: string;
  /** For brain keys; one less than there are processors unless given. */
  readonly brainKeyThreads?: number;
  readonly guessLimits?: GuessLimits;
  readonly quotas?: Quotas;
  readonly clock?: Clock;
  /** Silent by default. */
  readonly logger?: Logger;
  /** Shows each request, with token and body, to a demo or a test. */
  readonly onRequest?: OnRequest;
}

export interface RunningService {
  readonly url: string;
  readonly port: number;
  /** With which clients verify the cards: base64 of the DER SubjectPublicKeyInfo. */
  readonly servicePublicKey: string;
  readonly store: Store;
  /** Finishes what is in flight, then closes the database. Once more does nothing. */
  close(): Promise<void>;
}

/** @throws the errors of `start-error.ts` */
export async function startService({
  dataDir,
  host = '127.0.0.1',
  port = 8080,
  serviceKeyFile,
  brainKeySecretFile,
  brainKeyThreads,
  guessLimits = DEFAULT_GUESS_LIMITS,
  quotas = DEFAULT_QUOTAS,
  clock = Date.now,
  logger = pino({ level: 'silent' }),
  onRequest,
}: ServiceOptions): Promise<RunningService> {
  const { serviceKey, keyFile, isNew } = await openSecrets({ dataDir, serviceKeyFile }, { now: clock() });
  if (isNew) logger.info({ file: keyFile }, 'made a new service key: keep it safe and back it up');
  const store = await openStore({ file: databaseFile(dataDir) });
  try {
    const brainKey = await openBrainKeySecret(store, { dataDir, brainKeySecretFile });
    if (brainKey.isNew)
      logger.info({ file: brainKey.file }, 'made a new brain-key secret: keep it safe and back it up');
    const brainKeys = createBrainKeyPool({ secret: brainKey.secret, threads: brainKeyThreads });
    const app = createApp({
      store,
      serviceKey,
      brainKeys,
      guessLimits,
      quotas,
      clock,
      logger,
      onRequest,
    });
    const listener = await listen(app, { host, port });
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${listener.port}`;
    const servicePublicKey = serviceKey.chain.at(-1)?.publicKey ?? '';
    logger.info({ url, dataDir, servicePublicKey }, 'listening');
    let closed: Promise<void> | undefined;
    const close = async () => {
      await listener.close();
      await brainKeys.close();
      await store.close();
      logger.info('stopped');
    };
    return { url, port: listener.port, servicePublicKey, store, close: () => (closed ??= close()) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Where a service keeps its database, for commands that open it beside a running service. */
export function databaseFile(dataDir: string): string {
  return join(dataDir, 'sotto.db');
}
