/**
 * A service on a free port over a database of its own, with an application and whom to be in it. For the tests beside it,
 * which run on SQLite, and, as the projects of vitest.config.ts say, on several nodes over PostgreSQL.
 */

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICE_ERRORS, type ServiceErrorName } from '@sotto/contract';
import {
  base64ToBytes,
  bytesToBase64,
  cardId,
  concatBytes,
  generateKeyPair,
  issueCard,
  issueToken,
  sign,
  utf8ToBytes,
  type KeyPair,
  type RawCard,
} from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import pg from 'pg';
import { expect, inject } from 'vitest';
import { createSecrets } from './create-secrets.ts';
import {
  createApplication,
  createAppKey,
  startService,
  type RunningService,
  type ServiceOptions,
  type Store,
} from './index.ts';

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
  /** Where the database, if it is a file, and the secrets are. */
  readonly dataDir: string;
  /** With which another service is started beside it. */
  readonly database: Partial<ServiceOptions>;
  /** The one that runs now; the first of several nodes. */
  readonly service: RunningService;
  readonly nodes: readonly RunningService[];
  readonly appId: string;
  readonly appKeyId: string;
  readonly appKey: KeyPair;
  /** The clock of the service, milliseconds since 1970: it stands still unless it is set. */
  readonly time: { now: number };
  token(options: TokenOptions): Promise<string>;
  /** A second application of the service. */
  otherApplication(): Promise<Pick<World, 'appId' | 'token'>>;
  /** Of several nodes each is asked in its turn. */
  call(call: Call): Promise<Answer>;
  publish(raw: RawCard, identity: string): Promise<Answer>;
  /** Stops the service and starts another over the same folder, with the same options but for those that are given. */
  restart(changed?: Partial<ServiceOptions>): Promise<void>;
  close(): Promise<void>;
}

export async function createWorld(options: Partial<ServiceOptions> = {}): Promise<World> {
  const dataDir = makeTemporaryFolder();
  const database = await createDatabase(dataDir);
  const appKey = await generateKeyPair(nodeProvider);
  const time = { now: Date.now() };
  const start = async (changed: Partial<ServiceOptions> = {}): Promise<[RunningService, ...RunningService[]]> => {
    const startNode = () => startService({ ...database, port: 0, clock: () => time.now, ...options, ...changed });
    const others = Array.from({ length: nodeCount() - 1 }, startNode);
    return [await startNode(), ...(await Promise.all(others))];
  };
  let nodes = await start();
  let calls = 0;
  const addApplication = async () => {
    const { appId } = await createApplication(nodes[0].store, { name: 'a test' });
    const { appKeyId } = await createAppKey(nodes[0].store, { appId, name: 'a key', publicKey: spki(appKey) });
    return { appId, appKeyId };
  };
  const { appId, appKeyId } = await addApplication();
  const world: World = {
    time,
    dataDir,
    database,
    get service() {
      return nodes[0];
    },
    get nodes() {
      return nodes;
    },
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
    otherApplication: async () => {
      const other = await addApplication();
      return { appId: other.appId, token: (options) => world.token({ ...other, ...options }) };
    },
    call: (call) => callService((nodes[calls++ % nodes.length] ?? nodes[0]).url, call),
    publish: async (raw, identity) =>
      world.call({ method: 'POST', path: '/card/v5', token: await world.token({ identity }), body: raw }),
    async restart(changed) {
      await Promise.all(nodes.map((node) => node.close()));
      nodes = await start(changed);
    },
    async close() {
      await Promise.all(nodes.map((node) => node.close()));
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return world;
}

function nodeCount(): number {
  return inject('serviceNodes') ?? 1;
}

/** An empty database where the project of the test has it: a file in the folder, or one of PostgreSQL and secrets. */
async function createDatabase(dataDir: string): Promise<Partial<ServiceOptions>> {
  const server = inject('postgresUrl');
  if (server === undefined) return { dataDir };
  const databaseUrl = await createPostgresDatabase(server);
  const secretsDir = join(dataDir, 'secrets');
  await createSecrets(secretsDir);
  return { databaseUrl, secretsDir };
}

/** Its URL. It is gone when the server is. */
export async function createPostgresDatabase(serverUrl: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client(serverUrl);
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return Object.assign(new URL(serverUrl), { pathname: name }).href;
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

/**
 * The layout of CURVE25519_ROUND5_ED25519_FALCON: a compound of two hybrids. Its Round5 and Falcon parts are zeros, which
 * the service does not look at.
 */
export async function createCompoundCard(
  identity: string,
  { signedText }: { signedText?: string } = {},
): Promise<{ raw: RawCard; publicKey: string; sign: (data: Uint8Array) => Promise<string> }> {
  const { privateKey, publicKey } = await generateKeyPair(nodeProvider);
  const ed25519 = publicKey.exportDer().slice(-32);
  const x25519 = (await generateKeyPair(nodeProvider, 'CURVE25519')).publicKey.exportDer().slice(-32);
  const hybrid = (first: Uint8Array, second: Uint8Array) =>
    der(0x30, der(0x06, hex('2b0601040183ac1b0102')), der(0x30, first, second));
  const algorithm = der(
    0x30,
    der(0x06, hex('2b0601040183ac1b0101')),
    der(
      0x30,
      hybrid(hex('300506032b656e'), hex('300d060b2b0601040183ac1b020209')),
      hybrid(hex('300506032b6570'), hex('300c060a2b0601040183ac1b0201')),
    ),
  );
  const part = (classical: Uint8Array, length: number) =>
    der(0x04, der(0x30, der(0x04, classical), der(0x04, new Uint8Array(length))));
  const keys = der(0x30, part(x25519, 461), part(ed25519, 897));
  const spkiBytes = der(0x30, algorithm, der(0x03, Uint8Array.of(0), keys));
  const content = { identity, public_key: bytesToBase64(spkiBytes), version: '5.0', created_at: 1_700_000_000 };
  const snapshot = utf8ToBytes(JSON.stringify(content));
  const signBoth = async (data: Uint8Array) => {
    const half = await sign(nodeProvider, privateKey, data);
    const both = der(0x30, der(0x04, half.slice(-64)), der(0x04, new Uint8Array(700)));
    return bytesToBase64(der(0x30, hex('300d06096086480165030402030500'), der(0x04, both)));
  };
  const signature = await signBoth(signedText === undefined ? snapshot : utf8ToBytes(signedText));
  return {
    raw: { content_snapshot: bytesToBase64(snapshot), signatures: [{ signer: 'self', signature }] },
    publicKey: content.public_key,
    sign: signBoth,
  };
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

/** That Keyknox counts of an owner what it stores in records. */
export async function expectUsageCounted({ reader }: Store, owner: string): Promise<void> {
  const records = await reader.selectFrom('keyknox_records').select('record_id').where('owner', '=', owner).execute();
  const contents = await reader
    .selectFrom('keyknox_contents')
    .innerJoin('keyknox_records', 'keyknox_records.record_id', 'keyknox_contents.record_id')
    .select(['meta', 'value', 'bytes'])
    .where('owner', '=', owner)
    .execute();
  const bytes = contents.reduce((sum, { meta, value }) => sum + meta.length + value.length, 0);
  const usage = await reader
    .selectFrom('keyknox_usage')
    .select(['records', 'bytes'])
    .where('identity', '=', owner)
    .executeTakeFirst();
  expect(usage ?? { records: 0, bytes: 0 }).toEqual({ records: records.length, bytes });
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

function der(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(...contents);
  const length =
    content.length < 0x80
      ? [content.length]
      : content.length < 0x100
        ? [0x81, content.length]
        : [0x82, content.length >> 8, content.length & 0xff];
  return concatBytes(Uint8Array.of(tag, ...length), content);
}

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'hex'));
}
