/** The sample backend on a socket, as the official client meets it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSampleBackend, type TokenIssuer } from '@sotto/auth';

export interface Backend {
  readonly url: string;
  /** What it was asked, as `GET /virgil-jwt`. */
  readonly seen: string[];
  close(): Promise<void>;
}

export async function startBackend(issuer: TokenIssuer): Promise<Backend> {
  const backend = createSampleBackend({ issuer, sessionSecret: crypto.getRandomValues(new Uint8Array(32)) });
  const seen: string[] = [];
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const { method = 'GET', url = '/', headers } = incoming;
      seen.push(`${method} ${url}`);
      const chunks: Uint8Array[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Uint8Array);
      const response = await backend.fetch(
        new Request(new URL(url, 'http://backend'), {
          method,
          headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
          ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
        }),
      );
      outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
