/** The HTTP server in front of the app: time limits, answers to what never becomes a request, and the stop. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { ServiceErrorName } from '@sotto/contract';
import type { App } from './app.ts';
import { serviceError } from './domain/errors.ts';
import { CORS_HEADERS } from './routes/middleware/cors.ts';
import { errorToAnswer } from './routes/middleware/errors.ts';
import { startError } from './start-error.ts';

export interface Listener {
  readonly port: number;
  /** Takes no more requests, finishes those in flight, and closes every connection. */
  close(): Promise<void>;
}

/** For a request to arrive: 2 MiB over a slow phone. */
const REQUEST_MILLISECONDS = 60_000;
const HEADERS_MILLISECONDS = 15_000;
/** How often Node looks for requests that are too slow. */
const CHECK_MILLISECONDS = 5_000;
/** More than the 60 s of common load balancers, so that they close idle connections and not we. */
const KEEP_ALIVE_MILLISECONDS = 65_000;
/** For what is still being sent after it was answered; then the connection is closed. */
const DRAIN_MILLISECONDS = 10_000;
/** For requests in flight at the stop. */
const GRACE_MILLISECONDS = 10_000;
/** A token holds what the backend put into it. */
const MAX_HEADER_BYTES = 32 * 1024;

/** @throws `listen/failed` */
export async function listen(app: App, { host, port }: { host: string; port: number }): Promise<Listener> {
  const server = createHttpServer(app);
  const connections = new Set<Socket>();
  const inFlight = new Set<ServerResponse>();
  let isClosing = false;
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    inFlight.add(response);
    response.once('close', () => inFlight.delete(response));
    response.once('finish', () => limitDraining(request));
    if (isClosing) response.setHeader('Connection', 'close');
  });
  await bind(server, { host, port });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      isClosing = true;
      for (const response of inFlight) if (!response.headersSent) response.setHeader('Connection', 'close');
      const closed = closeServer(server);
      // Node closes those that wait for their next request, but not those that have not sent a first one.
      const busy = new Set([...inFlight].map(({ socket }) => socket));
      for (const socket of connections) if (!busy.has(socket)) socket.destroy();
      await closed;
    },
  };
}

function createHttpServer(app: App): Server {
  const handle = getRequestListener(app.fetch, {
    errorHandler: (error) => createErrorResponse(isRequestFault(error) ? 'request/malformed' : 'internal'),
    // The adapter would close the connection half a second after an answer to somebody who is still sending.
    autoCleanupIncoming: false,
    // The process is not ours alone: `sotto dev` and tests run the client in it.
    overrideGlobalObjects: false,
  });
  const options = {
    requestTimeout: REQUEST_MILLISECONDS,
    headersTimeout: HEADERS_MILLISECONDS,
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    connectionsCheckingInterval: CHECK_MILLISECONDS,
    maxHeaderSize: MAX_HEADER_BYTES,
    // Node refuses a request without a Host header with no body; the refusal of the adapter has one.
    requireHostHeader: false,
  };
  const server = createServer(options, (request, response) => void handle(request, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const fault = clientFaults[error.code ?? ''] ?? 'request/malformed';
    if (socket.writable && error.code !== 'ECONNRESET') socket.end(createRawResponse(fault));
    else socket.destroy();
  });
  server.on('connect', (_request, socket: Duplex) => {
    // Node has let go of this socket: an error that nobody listens for would end the process.
    socket.once('error', () => socket.destroy());
    socket.end(createRawResponse('route/method-not-allowed'));
  });
  // Node answers an expectation it does not know with an empty 417. HTTP allows to ignore it.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  return server;
}

async function bind(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
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

async function closeServer(server: Server): Promise<void> {
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

const clientFaults: Readonly<Record<string, ServiceErrorName>> = {
  HPE_HEADER_OVERFLOW: 'request/headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request/too-slow',
};

/** The adapter names its own complaints about a request line or a host header so. */
function isRequestFault(error: unknown): boolean {
  return error instanceof Error && error.name === 'RequestError';
}

function createErrorResponse(name: ServiceErrorName): Response {
  const { status, body } = errorToAnswer(serviceError(name));
  return Response.json(body, { status, headers: CORS_HEADERS });
}

/** For where there is a socket but no request to answer. */
function createRawResponse(name: ServiceErrorName): string {
  const { status, body } = errorToAnswer(serviceError(name));
  const json = JSON.stringify(body);
  const headers = {
    ...CORS_HEADERS,
    'Content-Type': 'application/json',
    'Content-Length': json.length,
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([header, value]) => `${header}: ${value}`);
  return [`HTTP/1.1 ${status} Refused`, ...lines, '', json].join('\r\n');
}
