/** Who is connected to a server: what each of them waits for, and how much went over all of them. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { HttpServer } from './http-server.ts';
import type { Traffic } from './metrics.ts';

export interface Connections {
  readTraffic(): Traffic;
  /** Answers that are not sent yet. */
  findPending(): ServerResponse[];
  /** Closes those that wait for no answer. */
  closeIdle(): void;
}

/** Over TLS a connection is two sockets, one inside the other: the outer one has the requests, and counts the bytes. */
export function watchConnections(server: HttpServer): Connections {
  const open = new Set<Socket>();
  /** By connection, as answers that wait for one before them are told nothing of its end. */
  const pending = new Map<Socket, Set<ServerResponse>>();
  const past = { bytesRead: 0, bytesWritten: 0, connectionsRefused: 0 };
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    pending.set(socket, new Set());
    socket.once('close', () => {
      pending.delete(socket);
      past.bytesRead += socket.bytesRead;
      past.bytesWritten += socket.bytesWritten;
    });
  });
  server.on('drop', () => past.connectionsRefused++);
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const answers = pending.get(socket);
    answers?.add(response);
    response.once('close', () => answers?.delete(response));
  });
  return {
    findPending: () => [...pending.values()].flatMap((answers) => [...answers]),
    readTraffic() {
      const traffic = { ...past, connections: open.size, requestsInFlight: 0 };
      for (const [socket, answers] of pending) {
        traffic.bytesRead += socket.bytesRead;
        traffic.bytesWritten += socket.bytesWritten;
        traffic.requestsInFlight += answers.size;
      }
      return traffic;
    },
    closeIdle() {
      const busy = new Set<string>();
      for (const [socket, answers] of pending) if (answers.size > 0) busy.add(peerOf(socket));
      for (const socket of open) if (!busy.has(peerOf(socket))) socket.destroy();
    },
  };
}

/** The same of both sockets of a connection over TLS, and of no other connection. */
function peerOf(socket: Socket): string {
  return `${socket.remoteAddress ?? ''} ${socket.remotePort ?? ''}`;
}
