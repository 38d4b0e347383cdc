/** The way in: the socket under its certificate, kept up to date, and what an operator is told of both. */

import type { Logger } from 'pino';
import type { App } from './app.ts';
import type { Metrics } from './metrics.ts';
import { isLoopback } from './routes/client-address.ts';
import { listen } from './socket.ts';
import { readTlsPair, watchTlsPair, type TlsFiles, type TlsPair } from './tls.ts';

export interface EdgeOptions {
  readonly host: string;
  readonly port: number;
  readonly mostConnections: number;
  readonly tls: TlsFiles | undefined;
  readonly trustedProxies: readonly string[];
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export interface Edge {
  readonly url: string;
  readonly port: number;
  /** Reads the certificate again, if there is one. */
  reload(): void;
  /** As the listener's. */
  close(options?: { readonly lingers?: boolean }): Promise<void>;
}

/** One that does nothing takes some kilobytes, and a descriptor, of which the database has to have some. */
export const DEFAULT_MOST_CONNECTIONS = 20_000;

/** @throws `tls/unreadable`, `tls/mismatch`, `listen/failed` */
export async function openEdge(app: App, options: EdgeOptions): Promise<Edge> {
  const { host, port, mostConnections, tls: files, metrics, logger } = options;
  const pair = files === undefined ? undefined : readTlsPair(files);
  const onRefusal = metrics.countRefusal;
  const onError = (error: Error) => logger.error({ err: error }, 'a connection could not be taken');
  const listener = await listen(app, { onError, host, port, mostConnections, tls: pair, onRefusal });
  metrics.watchTraffic(() => listener.readTraffic());
  const onPair = (next: TlsPair) => {
    listener.useTls(next);
    metrics.setCertificateEnd(next.endsAt);
  };
  const watch = files && pair && watchTlsPair(files, { taken: pair, onPair, logger });
  if (pair !== undefined) metrics.setCertificateEnd(pair.endsAt);
  warnOfWeakTransport(options, pair);
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${files === undefined ? 'http' : 'https'}://${name}:${listener.port}`,
    port: listener.port,
    reload: () => watch?.readAgain(),
    async close(options) {
      watch?.close();
      await listener.close(options);
    },
  };
}

function warnOfWeakTransport({ host, trustedProxies, logger }: EdgeOptions, pair: TlsPair | undefined): void {
  if (pair !== undefined && pair.endsAt < Date.now()) {
    logger.warn({ endsAt: new Date(pair.endsAt).toISOString() }, 'the certificate has ended: clients will refuse it');
  }
  if (pair === undefined && !isLocal(host) && trustedProxies.length === 0) {
    logger.warn(
      { host },
      'listening beyond this machine without TLS: tokens and names can be read on the way. ' +
        'Set SOTTO_TLS_CERT_FILE and SOTTO_TLS_KEY_FILE, or, behind a proxy that has TLS, SOTTO_TRUSTED_PROXIES',
    );
  }
}

function isLocal(host: string): boolean {
  return host === 'localhost' || isLoopback(host);
}
