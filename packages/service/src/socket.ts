/** The service on a port: who is connected, what is in flight, and the stop. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { App } from './app.ts';
import { createHttpServer, type HttpServer, type HttpServerOptions } from './http-server.ts';
import type { Traffic } from './metrics.ts';
import { startError } from './start-error.ts';
import type { TlsPair } from './tls.ts';

export interface ListenOptions extends HttpServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
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

/** For what is still being sent after it was answered; then the connection is closed. */
const DRAIN_MILLISECONDS = 10_000;
/** For requests in flight at the stop. */
const GRACE_MILLISECONDS = 10_000;

/** @throws `listen/failed` */
export async function listen(app: App, { host, port, ...options }: ListenOptions): Promise<Listener> {
  const server = createHttpServer(app, options);
  const connections = watchConnections(server);
  const inFlight = new Set<ServerResponse>();
  let isClosing = false;
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    inFlight.add(response);
    response.once('close', () => inFlight.delete(response));
    response.once('finish', () => limitDraining(request));
    if (isClosing) response.setHeader('Connection', 'close');
  });
  await bind(server, { host, port });
  return {
    port: (server.address() as AddressInfo).port,
    readTraffic: () => ({ ...connections.readTraffic(), requestsInFlight: inFlight.size }),
    useTls({ context }) {
      if (server instanceof TlsServer) server.setSecureContext(context);
    },
    async close() {
      isClosing = true;
      for (const response of inFlight) if (!response.headersSent) response.setHeader('Connection', 'close');
      const closed = closeServer(server);
      // Node closes those that wait for their next request, but not those that have not sent a first one.
      const busy = new Set([...inFlight].map(({ socket }) => peerOf(socket)));
      for (const socket of connections.open) if (!busy.has(peerOf(socket))) socket.destroy();
      await closed;
    },
  };
}

/** Over TLS a connection is two sockets, one inside the other: the outer one counts its bytes in place of the inner. */
function watchConnections(server: HttpServer) {
  const open = new Set<Socket>();
  const isTls = server instanceof TlsServer;
  const past = { bytesRead: 0, bytesWritten: 0 };
  const counted = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.on(isTls ? 'secureConnection' : 'connection', (socket: Socket) => {
    counted.add(socket);
    socket.once('close', () => {
      counted.delete(socket);
      past.bytesRead += socket.bytesRead;
      past.bytesWritten += socket.bytesWritten;
    });
  });
  return {
    open,
    readTraffic() {
      let { bytesRead, bytesWritten } = past;
      for (const socket of counted) {
        bytesRead += socket.bytesRead;
        bytesWritten += socket.bytesWritten;
      }
      return { connections: open.size, bytesRead, bytesWritten };
    },
  };
}

/** The same of both sockets of a connection over TLS, and of no other connection. */
function peerOf(socket: Socket | null): string {
  return `${socket?.remoteAddress ?? ''} ${socket?.remotePort ?? ''}`;
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

/** Node goes on reading what was answered before it had arrived. That keeps the answer readable, but not forever. */
function limitDraining(request: IncomingMessage): void {
  if (request.complete) return;
  const closeIfUnfinished = () => {
    if (!request.complete) request.socket.destroySoon();
  };
  setTimeout(closeIfUnfinished, DRAIN_MILLISECONDS).unref();
}
