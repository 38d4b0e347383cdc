/** The sample backend on a port. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';

/** How long requests in flight may take when the backend stops. */
const GRACE_MS = 2000;

/** Whatever answers requests. */
export interface App {
  fetch(request: Request): Response | Promise<Response>;
}

export interface RunningBackend {
  readonly url: string;
  /** Lets what is in flight finish, and frees the port. */
  close(): Promise<void>;
}

/** Resolves once the port accepts. Rejects with the system's EADDRINUSE where somebody else has it. */
export async function startBackend(options: {
  readonly app: App;
  readonly host: string;
  readonly port: number;
}): Promise<RunningBackend> {
  const { app, host, port } = options;
  const server = createAdaptorServer({ fetch: (request) => app.fetch(request), hostname: host }) as Server;
  server.listen(port, host);
  await once(server, 'listening');
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`,
    async close() {
      const impatience = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      server.close();
      await once(server, 'close');
      clearTimeout(impatience);
    },
  };
}
