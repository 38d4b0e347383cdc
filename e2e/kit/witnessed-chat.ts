/**
 * The chat app over a service, an emulator and a sample backend in this process, all of which keep what they are sent. No demo is
 * around it: nobody but the people of the story, and no attacks.
 */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { createMadeUpTwilioAccount, createSampleBackend, createTokenIssuer } from '@sotto/auth';
import { bytesToBase64, generateKeyPair } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { createApplication, createAppKey, startService } from '@sotto/service';
import { startTwilioEmulator } from '@sotto/twilio-emulator';

export interface WitnessedChat {
  readonly url: string;
  /** Every byte that came in so far: bodies, and for HTTP the line and the headers too. */
  received(): Readonly<Record<'emulator' | 'service' | 'backend', readonly Uint8Array[]>>;
  close(): Promise<void>;
}

const PAGE = join(import.meta.dirname, '../../packages/cli/dist/page');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export async function startWitnessedChat(): Promise<WitnessedChat> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sotto-witnessed-'));
  const atService: Uint8Array[] = [];
  const atBackend: Uint8Array[] = [];
  const service = await startService({
    dataDir,
    port: 0,
    onRequest: ({ method, path, headers, body }) => atService.push(toBytes([method, path, headers, body])),
  });
  const account = createMadeUpTwilioAccount(nodeProvider);
  const emulator = await startTwilioEmulator({ accounts: [account] });
  // Who reacts to the message of another edits its attributes.
  emulator.control.grant('channel user', 'editAnyMessageAttributes', 'editConversationAttributes', 'addParticipant');
  const { publicKey, privateKey: appKey } = await generateKeyPair(nodeProvider);
  const { appId } = await createApplication(service.store, { name: 'e2e' });
  const spki = bytesToBase64(publicKey.exportDer());
  const { appKeyId } = await createAppKey(service.store, { appId, name: 'e2e', publicKey: spki });
  const backend = createSampleBackend({
    issuer: createTokenIssuer({ provider: nodeProvider, appId, appKeyId, appKey }),
    sessionSecret: nodeProvider.randomBytes(32),
    twilio: account,
    twilioEmulatorUrl: emulator.url,
    apiUrl: service.url,
    servicePublicKey: service.servicePublicKey,
  });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const body = Buffer.concat(chunks);
    const { method = 'GET', url = '/', headers } = request;
    atBackend.push(toBytes([method, url, headers, body.toString()]));
    const page = method === 'GET' ? await readPage(url) : undefined;
    if (page) {
      response.writeHead(200, { 'Content-Type': page.type, 'Content-Security-Policy': policy }).end(page.content);
      return;
    }
    const asked = { method, headers: headers as Record<string, string>, ...(body.length > 0 && { body }) };
    const given = await backend.fetch(new Request(`http://${headers.host}${url}`, asked));
    response.writeHead(given.status, Object.fromEntries(given.headers)).end(Buffer.from(await given.arrayBuffer()));
  };
  const sockets = emulator.url.replace('http', 'ws');
  const policy = `default-src 'self'; img-src 'self' blob:; connect-src 'self' ${service.url} ${emulator.url} ${sockets}`;
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: () => ({
      emulator: emulator.seen.map(({ bytes }) => bytes),
      service: atService,
      backend: atBackend,
    }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await emulator.close();
      await service.close();
      await rm(dataDir, { recursive: true });
    },
  };
}

async function readPage(url: string): Promise<{ readonly content: Buffer; readonly type: string } | undefined> {
  const path = normalize(new URL(url, 'http://page').pathname).replace(/^\/$/, '/index.html');
  const type = TYPES[extname(path)];
  if (type === undefined) return undefined;
  const content = await readFile(join(PAGE, path)).catch(() => undefined);
  return content && { content, type };
}

function toBytes(parts: readonly unknown[]): Uint8Array {
  return Buffer.from(parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join('\n'));
}
