/** Node's HTTP server, over TLS or not, in front of the app: time limits, and answers to what never becomes a request. */

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { ServiceErrorName } from '@sotto/contract';
import { answerHeaders } from './answer-headers.ts';
import type { App } from './app.ts';
import { isMalformed } from './malformed-request.ts';
import { createRawRefusal, createRefusal, writeRefusal } from './raw-answer.ts';
import type { TlsPair } from './tls.ts';

export type HttpServer = Server | TlsServer;

export interface TimeLimits {
  /** For a request to arrive. */
  readonly requestMilliseconds: number;
  /** For its headers, and before them for TLS. */
  readonly headersMilliseconds: number;
  /** For a connection on which nothing moves while it is owed an answer. */
  readonly stallMilliseconds: number;
  /** How often Node looks for requests that are too slow. */
  readonly checkMilliseconds: number;
  /** For what is still being sent after it was answered, and for the client to close what was refused. */
  readonly lingerMilliseconds: number;
}

/** 2 MiB over a slow phone; a stall is longer than the app may take for its answer. */
export const DEFAULT_TIME_LIMITS: TimeLimits = {
  requestMilliseconds: 60_000,
  headersMilliseconds: 15_000,
  stallMilliseconds: 120_000,
  checkMilliseconds: 5_000,
  lingerMilliseconds: 10_000,
};

export interface HttpServerOptions {
  readonly tls?: TlsPair | undefined;
  readonly timeLimits?: TimeLimits | undefined;
  /** Told of each refusal of what the app has never seen. */
  readonly onRefusal?: ((name: ServiceErrorName) => void) | undefined;
}

/** More than the 60 s of common load balancers, so that they close idle connections and not we. */
const KEEP_ALIVE_MILLISECONDS = 65_000;
/** A token holds what the backend put into it. */
const MAX_HEADER_BYTES = 32 * 1024;

export function createHttpServer(
  app: App,
  { tls, timeLimits = DEFAULT_TIME_LIMITS, onRefusal = () => {} }: HttpServerOptions,
): HttpServer {
  const headers = answerHeaders({ isTls: tls !== undefined });
  const { lingerMilliseconds } = timeLimits;
  const refused = new WeakSet<Duplex>();
  const refuse = (name: ServiceErrorName, socket: Duplex) => {
    onRefusal(name);
    socket.end(createRawRefusal(name, headers));
    // The client may never close its side, and nothing else would.
    const timer = setTimeout(() => socket.destroy(), lingerMilliseconds).unref();
    socket.once('close', () => clearTimeout(timer));
  };
  const handle = getRequestListener(app.fetch, {
    errorHandler: (error) => {
      const name = isRequestFault(error) ? 'request/malformed' : 'internal';
      onRefusal(name);
      return createRefusal(name);
    },
    // The adapter would close the connection half a second after an answer to somebody who is still sending.
    autoCleanupIncoming: false,
    // The process is not ours alone: `sotto dev` and tests run the client in it.
    overrideGlobalObjects: false,
  });
  const server = createNodeServer({ tls, timeLimits }, (request, response) => {
    // What follows on a connection that was refused is what somebody may have hidden from a proxy in front.
    if (refused.has(request.socket)) return;
    for (const name in headers) response.setHeader(name, headers[name] ?? '');
    if (isMalformed(request)) {
      refused.add(request.socket);
      onRefusal('request/malformed');
      return writeRefusal('request/malformed', response);
    }
    response.once('finish', () => limitLingering(request, lingerMilliseconds));
    void handle(request, response);
  });
  // Node would leave out, without a word, what comes after the 2000th; the bytes are limited anyway.
  server.maxHeadersCount = 0;
  server.timeout = timeLimits.stallMilliseconds;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (refused.has(socket)) return;
    // What fails in TLS has no key yet under which it could be answered.
    if (socket.writable && error.code !== 'ECONNRESET' && !isTlsFault(error)) {
      refuse(clientFaults[error.code ?? ''] ?? 'request/malformed', socket);
    } else socket.destroy();
  });
  server.on('connect', (_request, socket: Duplex) => {
    // Node has let go of this socket: an error that nobody listens for would end the process.
    socket.once('error', () => socket.destroy());
    refuse('route/method-not-allowed', socket);
  });
  // Node answers an expectation it does not know with an empty 417. HTTP allows to ignore it.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  return server;
}

/** Node goes on reading what was answered before it had arrived. That keeps the answer readable, but not forever. */
function limitLingering(request: IncomingMessage, milliseconds: number): void {
  if (request.complete) return;
  const closeIfUnfinished = () => {
    if (!request.complete) request.socket.destroySoon();
  };
  setTimeout(closeIfUnfinished, milliseconds).unref();
}

function createNodeServer(
  { tls, timeLimits }: { readonly tls: TlsPair | undefined; readonly timeLimits: TimeLimits },
  listener: RequestListener,
): HttpServer {
  const options: ServerOptions = {
    requestTimeout: timeLimits.requestMilliseconds,
    headersTimeout: timeLimits.headersMilliseconds,
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    connectionsCheckingInterval: timeLimits.checkMilliseconds,
    maxHeaderSize: MAX_HEADER_BYTES,
    // Node refuses a request without a Host header with no body; the refusal of the adapter has one.
    requireHostHeader: false,
  };
  if (tls === undefined) return createServer(options, listener);
  return createTlsServer({ ...options, ...tls.context, handshakeTimeout: timeLimits.headersMilliseconds }, listener);
}

const clientFaults: Readonly<Record<string, ServiceErrorName>> = {
  HPE_HEADER_OVERFLOW: 'request/headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request/too-slow',
};

function isTlsFault({ code = '' }: NodeJS.ErrnoException): boolean {
  return /^(ERR_SSL|ERR_TLS|EPROTO)/.test(code);
}

/** The adapter names its own complaints about a request line or a host header so. */
function isRequestFault(error: unknown): boolean {
  return error instanceof Error && error.name === 'RequestError';
}
