/** All sockets that are open, and what they share. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Hono } from 'hono';
import { WebSocketServer } from 'ws';
import type { ChatService } from '../conversations/service.ts';
import { setOnline } from '../conversations/users.ts';
import type { RandomBytes } from '../sid.ts';
import type { SyncEvent } from '../sync/object.ts';
import type { Caller, TokenChecker } from '../token.ts';
import type { TunnelEnv } from '../tunnel/env.ts';
import type { Hooks } from '../webhooks/hooks.ts';
import { createContinuations } from './continuation.ts';
import type { Faults } from './faults.ts';
import { createSession } from './session.ts';
import type { Session, SessionHost } from './session-host.ts';

export const SOCKET_PATH = '/v3/wsconnect';
const PING_MS = 30_000;

export interface HubOptions {
  readonly tokens: TokenChecker;
  readonly tunnel: Hono<TunnelEnv>;
  readonly faults: Faults;
  readonly randomBytes: RandomBytes;
  readonly clock: () => number;
  /** How long before its end a token is said to expire. */
  readonly warningSeconds: number;
  readonly maxFrameBytes: number;
  readonly serviceOf: (caller: Caller) => ChatService;
  readonly hooksOf: (service: ChatService) => Hooks;
  /** Takes each message that came in. */
  readonly note: (identity: string | null, bytes: Uint8Array) => void;
  readonly onError: (error: unknown) => void;
}

export interface Hub extends HubOptions, SessionHost {
  readonly sessions: ReadonlySet<Session>;
  /** Takes a request that asks for a socket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  publish(service: ChatService, event: SyncEvent): void;
  /** While false, sockets are refused with 503. */
  isAccepting: boolean;
  /** Tells all clients to go, and waits until they have. */
  close(): Promise<void>;
}

export function createHub(options: HubOptions): Hub {
  const { randomBytes, serviceOf, onError, maxFrameBytes } = options;
  const server = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes, perMessageDeflate: false });
  const sessions = new Set<Session>();
  const pings = setInterval(() => sessions.forEach((session) => session.ping()), PING_MS);
  pings.unref();

  const hub: Hub = {
    ...options,
    sessions,
    continuationOf: createContinuations(randomBytes),
    isAccepting: true,

    upgrade(request, socket, head) {
      if (!hub.isAccepting || pathOf(request) !== SOCKET_PATH) {
        const status = hub.isAccepting ? '404 Not Found' : '503 Service Unavailable';
        socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const session = createSession({ socket: webSocket, hub, httpOrigin: originOf(request) });
        sessions.add(session);
        webSocket.on('message', (data: Buffer, isBinary) => void session.receive(data, isBinary).catch(onError));
        webSocket.on('error', () => webSocket.terminate()); // such as a message that is too large
        webSocket.on('close', () => {
          sessions.delete(session);
          session.end();
          if (session.caller) hub.onSessionsChanged(session.caller);
        });
      });
    },

    publish(service, event) {
      // After the reply to whoever caused it, which is on its way by then.
      setImmediate(() => {
        for (const session of sessions) if (session.service === service) session.deliver(event);
      });
    },

    notifyOthers(sender, { identities, messageType, payload }) {
      for (const session of sessions) {
        const isWanted = session.service === sender.service && identities.includes(session.caller?.identity ?? '');
        if (isWanted && session.caller?.identity !== sender.caller?.identity) session.notify(messageType, payload);
      }
    },

    onSessionsChanged(caller) {
      const isOnline = [...sessions].some(
        ({ caller: it }) => it?.identity === caller.identity && it.account === caller.account,
      );
      setOnline(serviceOf(caller), caller.identity, isOnline);
    },

    async close() {
      hub.isAccepting = false;
      clearInterval(pings);
      const gone = [...server.clients].map(
        (client) => new Promise<void>((resolve) => client.once('close', () => resolve())),
      );
      for (const session of sessions) session.close(308, 'OFFLOAD');
      const impatience = setTimeout(() => sessions.forEach((session) => session.cut()), 1000);
      await Promise.all(gone);
      clearTimeout(impatience);
      server.close();
    },
  };
  return hub;
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0]!;
}

/** As the client wrote it, so that it gets on behind a name or a port that is passed on. */
function originOf({ headers: { host = '' }, socket }: IncomingMessage): string {
  return `http://${/^[\w.:[\]-]{1,255}$/.test(host) ? host : `localhost:${socket.localPort ?? 80}`}`;
}
