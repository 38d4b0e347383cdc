/** The service on a port, and the stop. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server as NetServer, type AddressInfo } from 'node:net';
import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { Server as TlsServer } from 'node:tls';
import type { App } from './app.ts';
import { watchConnections } from './connections.ts';
import { createHttpServer, type HttpServer, type HttpServerOptions } from './http-server.ts';
import type { Traffic } from './metrics.ts';
import { startError } from './start-error.ts';
import type { TlsPair } from './tls.ts';

export interface ListenOptions extends HttpServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Told of what keeps it from taking a connection, such as a system without memory for it. */
  readonly onError?: ((error: Error) => void) | undefined;
  /** One more is closed at once. */
  readonly mostConnections?: number | undefined;
}

export interface Listener {
  readonly port: number;
  /** What goes over its connections, since it began. */
  readTraffic(): Traffic;
  /** Connections that come from now on are under this certificate. */
  useTls(pair: TlsPair): void;
  /**
   * Takes no more connections, finishes those requests that are in flight, and closes every connection. With `lingers` it answers for a
   * moment more on those that there are.
   */
  close(options?: { readonly lingers?: boolean }): Promise<void>;
}

/** For requests in flight at the stop. */
const GRACE_MILLISECONDS = 10_000;
/** For requests that were on their way at the stop, over connections that were kept. */
const LINGER_MILLISECONDS = 500;
/** A turn of the event loop that was so short has left nobody waiting. */
const QUIET_MILLISECONDS = 0.5;

/** @throws `listen/failed` */
export async function listen(
  app: App,
  { host, port, mostConnections, onError = () => {}, ...options }: ListenOptions,
): Promise<Listener> {
  const server = createHttpServer(app, options);
  if (mostConnections !== undefined) server.maxConnections = mostConnections;
  const connections = watchConnections(server);
  let isClosing = false;
  server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    if (isClosing) response.setHeader('Connection', 'close');
  });
  await bind(server, { host, port });
  server.on('error', onError);
  return {
    port: (server.address() as AddressInfo).port,
    readTraffic: () => connections.readTraffic(),
    useTls({ context }) {
      if (server instanceof TlsServer) server.setSecureContext(context);
    },
    async close({ lingers = false } = {}) {
      if (lingers) await untilNobodyWaits(server);
      isClosing = true;
      for (const response of connections.findPending()) {
        if (!response.headersSent) response.setHeader('Connection', 'close');
      }
      if (lingers) await linger(server);
      const closed = closeServer(server);
      // Node closes those that wait for their next request, but not those that have not sent a first one.
      connections.closeIdle();
      await closed;
    },
  };
}

async function bind(server: HttpServer, { host, port }: { host: string; port: number }): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw startError(
      'listen/failed',
      `Cannot listen on ${host}, port ${port} (${reason}). Set SOTTO_HOST and SOTTO_PORT.`,
      cause,
    );
  }
}

/** Connections that wait to be accepted are reset when nobody listens any more. */
async function untilNobodyWaits(server: HttpServer): Promise<void> {
  let accepted = 0;
  const count = () => accepted++;
  server.on('connection', count);
  const giveUpAt = performance.now() + LINGER_MILLISECONDS;
  for (let turnedAt = performance.now(); turnedAt < giveUpAt; ) {
    const [before, acceptedBefore] = [turnedAt, accepted];
    await setImmediate();
    turnedAt = performance.now();
    if (accepted === acceptedBefore && turnedAt - before < QUIET_MILLISECONDS) break;
  }
  server.off('connection', count);
}

/**
 * Stops to listen, and goes on with the connections that there are, each for one answer. A proxy takes one that is reset under a request
 * for a node that failed in the middle of it: what may have been done is not sent to another node, and one that is refused is.
 */
async function linger(server: HttpServer): Promise<void> {
  // An HTTP server's own `close` would close the idle connections at once.
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
  await Promise.race([closed, delay(LINGER_MILLISECONDS)]);
}

async function closeServer(server: HttpServer): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), GRACE_MILLISECONDS);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(timer);
}
