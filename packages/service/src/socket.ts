/** The service on a port, and the stop. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
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
  /** One more is closed at once. */
  readonly mostConnections?: number | undefined;
}

export interface Listener {
  readonly port: number;
  /** What goes over its connections, since it began. */
  readTraffic(): Traffic;
  /** Connections that come from now on are under this certificate. */
  useTls(pair: TlsPair): void;
  /** Takes no more requests, finishes those in flight, and closes every connection. */
  close(): Promise<void>;
}

/** For requests in flight at the stop. */
const GRACE_MILLISECONDS = 10_000;

/** @throws `listen/failed` */
export async function listen(app: App, { host, port, mostConnections, ...options }: ListenOptions): Promise<Listener> {
  const server = createHttpServer(app, options);
  if (mostConnections !== undefined) server.maxConnections = mostConnections;
  const connections = watchConnections(server);
  let isClosing = false;
  server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    if (isClosing) response.setHeader('Connection', 'close');
  });
  await bind(server, { host, port });
  return {
    port: (server.address() as AddressInfo).port,
    readTraffic: () => connections.readTraffic(),
    useTls({ context }) {
      if (server instanceof TlsServer) server.setSecureContext(context);
    },
    async close() {
      isClosing = true;
      for (const response of connections.findPending()) {
        if (!response.headersSent) response.setHeader('Connection', 'close');
      }
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

async function closeServer(server: HttpServer): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), GRACE_MILLISECONDS);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(timer);
}
