/** A service on a free port over a temporary folder, with an application and whom to be in it. For the tests beside it. */

import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICE_ERRORS, type ServiceErrorName } from '@sotto/contract';
import {
  base64ToBytes,
  bytesToBase64,
  cardId,
  generateKeyPair,
  issueCard,
  issueToken,
  type KeyPair,
  type RawCard,
} from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { expect } from 'vitest';
import { createApplication, createAppKey, startService, type RunningService, type ServiceOptions } from './index.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, undefined for an empty body. */
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- each test knows what it asked for
}

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly token?: string;
  /** Sent as it is when it is a string or bytes, else as JSON. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface TokenOptions {
  readonly identity: string;
  readonly ttlSeconds?: number;
  readonly appId?: string;
  readonly appKeyId?: string;
  readonly appKey?: KeyPair;
}

export interface World {
  readonly dataDir: string;
  readonly service: RunningService;
  readonly appId: string;
  readonly appKeyId: string;
  readonly appKey: KeyPair;
  /** The clock of the service, milliseconds since 1970: it stands still unless it is set. */
  readonly time: { now: number };
  token(options: TokenOptions): Promise<string>;
  call(call: Call): Promise<Answer>;
  publish(raw: RawCard, identity: string): Promise<Answer>;
  close(): Promise<void>;
}

export async function createWorld(options: Partial<ServiceOptions> = {}): Promise<World> {
  const dataDir = makeTemporaryFolder();
  const appKey = await generateKeyPair(nodeProvider);
  const time = { now: Date.now() };
  const service = await startService({ dataDir, port: 0, clock: () => time.now, ...options });
  const { appId } = await createApplication(service.store, { name: 'a test' });
  const { appKeyId } = await createAppKey(service.store, { appId, name: 'a key', publicKey: spki(appKey) });
  const world: World = {
    time,
    dataDir,
    service,
    appId,
    appKeyId,
    appKey,
    token: ({ identity, ttlSeconds = 60, ...other }) =>
      issueToken(nodeProvider, {
        appId: other.appId ?? appId,
        appKeyId: other.appKeyId ?? appKeyId,
        appKey: (other.appKey ?? appKey).privateKey,
        identity,
        issuedAt: Math.floor(time.now / 1000),
        ttlSeconds,
      }),
    call: (call) => callService(service.url, call),
    publish: async (raw, identity) =>
      world.call({ method: 'POST', path: '/card/v5', token: await world.token({ identity }), body: raw }),
    async close() {
      await service.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return world;
}

export async function callService(url: string, { method = 'GET', path, token, body, headers }: Call): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: { ...(token === undefined ? {} : { Authorization: `Virgil ${token}` }), ...headers },
    ...(body === undefined ? {} : { body: toBody(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}

/** Sends bytes as they are over a connection of their own, and resolves with all that came back when it was closed. */
export async function sendRaw(port: number, ...parts: readonly (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(received).toString('utf8')));
    for (const part of parts) socket.write(part);
  });
}

/** A card as a client would make it, and the key behind it. */
export async function createCard(
  identity: string,
  { previousCardId, keyPair }: { previousCardId?: string; keyPair?: KeyPair } = {},
): Promise<{ raw: RawCard; keyPair: KeyPair }> {
  const keys = keyPair ?? (await generateKeyPair(nodeProvider));
  const createdAt = Math.floor(Date.now() / 1000);
  const raw = await issueCard(nodeProvider, { identity, privateKey: keys.privateKey, createdAt, previousCardId });
  return { raw, keyPair: keys };
}

export function idOf(raw: RawCard): string {
  return cardId(base64ToBytes(raw.content_snapshot));
}

/** That an answer is this row of the contract's table, in the form clients need, with CORS. */
export function expectRefusal(answer: Answer, name: ServiceErrorName): void {
  const { code, status } = SERVICE_ERRORS[name];
  expect(answer).toMatchObject({ status, body: { code, message: expect.stringMatching(/.+/) as unknown } });
  expect(Object.keys(answer.body as object).sort()).toEqual(['code', 'message']);
  expect(answer.headers.get('Content-Type')).toBe('application/json');
  expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*');
}

export function spki({ publicKey }: KeyPair): string {
  return bytesToBase64(publicKey.exportDer());
}

export function makeTemporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'sotto-service-'));
}

function toBody(body: unknown): string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' || body instanceof Uint8Array
    ? (body as string | Uint8Array<ArrayBuffer>)
    : JSON.stringify(body);
}
