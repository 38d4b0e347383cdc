// A rolling upgrade: a node of the release before and one of this checkout, over one database. The new one has migrated it, the old one goes on.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  BRAIN_KEY_PATHS,
  CARD_PATHS,
  HEADERS,
  KEYKNOX_PATHS,
  pathTo,
  RATCHET_KEY_PATHS,
  SERVICE_ERRORS,
} from '@sotto/contract';
import {
  bytesToBase64,
  cardId,
  base64ToBytes,
  generateKeyPair,
  issueCard,
  sign,
  utf8ToBytes,
  type KeyPair,
} from '@sotto/core';
import { startPythia } from '@sotto/core/backup';
import { nodeProvider } from '@sotto/core/node';
import * as service from '@sotto/service';
import { findPostgres, startPostgres, type Postgres } from '@sotto/testing/postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addApplication, createInstallation, type Installation, type Library } from './kit/installation.ts';
import { buildRelease, findReleaseBefore } from './kit/release-before.ts';
import { startNode, type ServiceNode } from './kit/service-node.ts';
import { bodyOf, openWire, type Answer, type Call } from './kit/wire.ts';

/** No guess comes back while the test runs. */
const env = { SOTTO_BRAIN_KEY_REFILL_MS: String(1000 * 60 * 60) };

const before = findReleaseBefore();
const reason = 'isMissing' in before ? before.isMissing : findPostgres() === undefined ? 'there is no PostgreSQL' : '';
const skipped = reason === '' ? '' : ` (skipped: ${reason})`;

describe.skipIf(reason !== '')(`a rolling upgrade from the release before${skipped}`, () => {
  let postgres: Postgres;
  let folder: string;
  let library: Library;
  let installation: Installation;
  let older: ServiceNode;
  let newer: ServiceNode;
  let migrationsBefore: number;

  beforeAll(async () => {
    folder = buildRelease('commit' in before ? before.commit : '');
    postgres = await startPostgres();
    library = (await import(join(folder, 'packages/service/dist/index.js'))) as Library;
    installation = await createInstallation(postgres.url, library);
    older = await startNode({ ...installation, folder, env });
    await publish(older, 'early');
    migrationsBefore = await countMigrations(postgres.url);
    newer = await startNode({ ...installation, env });
  });
  afterAll(async () => {
    await Promise.all([older.stop(), newer.stop()]);
    installation.close();
    await postgres.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = async (node: ServiceNode, identity: string, call: Omit<Call, 'token'>): Promise<Answer> => {
    const wire = openWire({ url: node.url });
    const answer = await wire.call({ ...call, token: await installation.issueToken(identity) });
    wire.close();
    return answer;
  };
  /** It has to succeed. */
  const get = async <T>(node: ServiceNode, identity: string, call: Omit<Call, 'token'>): Promise<T> => {
    const answer = await ask(node, identity, call);
    expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 200 });
    return bodyOf<T>(answer);
  };
  const post = <T>(node: ServiceNode, identity: string, path: string, body?: object) =>
    get<T>(node, identity, { method: 'POST', path, ...(body === undefined ? {} : { body }) });

  async function publish(node: ServiceNode, identity: string, previousCardId?: string) {
    const keyPair = await generateKeyPair(nodeProvider);
    const createdAt = Math.floor(Date.now() / 1000);
    const raw = await issueCard(nodeProvider, { identity, privateKey: keyPair.privateKey, createdAt, previousCardId });
    await post(node, identity, CARD_PATHS.cards, raw);
    return { keyPair, id: cardId(base64ToBytes(raw.content_snapshot)), snapshot: raw.content_snapshot };
  }

  const search = async (node: ServiceNode, identity: string): Promise<string[]> =>
    (await post<{ content_snapshot: string }[]>(node, 'somebody', CARD_PATHS.search, { identities: [identity] }))
      .map((card) => card.content_snapshot)
      .sort();

  it('finds what was stored before it', async () => {
    expect(await search(newer, 'early')).toHaveLength(1);
  });

  it('has migrated the database further than the release before could', async () => {
    expect(await countMigrations(postgres.url)).toBeGreaterThan(migrationsBefore);
  });

  describe.each([
    { written: 'the release before', read: 'this one', order: () => [older, newer] as const },
    { written: 'this one', read: 'the release before', order: () => [newer, older] as const },
  ])('what is written at $written', ({ written, read, order }) => {
    const name = (it: string) => `${it}-of-${written}`;

    it(`has its cards found, replaced and revoked at ${read}`, async () => {
      const [writer, reader] = order();
      const identity = name('card');
      const first = await publish(writer, identity);
      expect(await search(reader, identity)).toEqual([first.snapshot]);
      const second = await publish(reader, identity, first.id);
      expect(await search(writer, identity)).toEqual([first.snapshot, second.snapshot].sort());
      const outdated = { card_ids: [first.id, second.id] };
      expect(await post(writer, identity, CARD_PATHS.outdated, outdated)).toEqual([first.id]);
      await post(reader, identity, pathTo(CARD_PATHS.revoke, { id: second.id }));
      expect(await search(writer, identity)).toEqual([]);
    });

    it(`has its value of Keyknox changed and reset at ${read}`, async () => {
      const [writer, reader] = order();
      const identity = name('value');
      const put = async (node: ServiceNode, text: string, hash?: string) => {
        const body = content(text);
        const headers = hash === undefined ? {} : { [HEADERS.keyknoxPreviousHash]: hash };
        return ask(node, identity, { method: 'PUT', path: KEYKNOX_PATHS.value, body, headers });
      };
      const hash = hashOf(await put(writer, 'one'));
      expect(await get(reader, identity, { path: KEYKNOX_PATHS.value })).toMatchObject(content('one'));
      expect((await put(reader, 'two', hash)).status).toBe(200);
      expect((await put(writer, 'three', hash)).status).toBe(400);
      expect(await get(writer, identity, { path: KEYKNOX_PATHS.value })).toMatchObject(content('two'));
      await post(writer, identity, KEYKNOX_PATHS.resetValue);
      expect(await get(reader, identity, { path: KEYKNOX_PATHS.value })).toMatchObject({ value: '' });
    });

    it(`has its records pulled, pushed again and reset at ${read}`, async () => {
      const [writer, reader] = order();
      const [alice, bob] = [name('alice'), name('bob')];
      const names = { root: 'root', path: 'path', key: 'key' };
      const push = async (node: ServiceNode, text: string, hash?: string) => {
        const headers = hash === undefined ? {} : { [HEADERS.keyknoxPreviousHash]: hash };
        const body = { ...names, identities: [alice, bob], ...content(text) };
        return ask(node, alice, { method: 'POST', path: KEYKNOX_PATHS.push, body, headers });
      };
      const hash = hashOf(await push(writer, 'one'));
      const pull = (node: ServiceNode) => post(node, bob, KEYKNOX_PATHS.pull, { ...names, identity: alice });
      expect(await pull(reader)).toMatchObject({ owner: alice, ...content('one') });
      expect((await push(reader, 'two', hash)).status).toBe(200);
      expect(await post(writer, alice, KEYKNOX_PATHS.keys, { root: 'root', path: 'path' })).toEqual(['key']);
      expect((await push(writer, 'three', hash)).status).toBe(400);
      await post(reader, alice, KEYKNOX_PATHS.reset, { root: 'root' });
      expect(await pull(writer)).toMatchObject({ value: '' });
    });

    it(`has its ratchet keys picked once, and deleted, at ${read}`, async () => {
      const [writer, reader] = order();
      const identity = name('ratchet');
      const { keyPair, id } = await publish(writer, identity);
      const oneTimeKeys = [await newKey(), await newKey()];
      const body = { identity_card_id: id, long_term_key: await signKey(keyPair), one_time_keys: oneTimeKeys };
      await get(writer, identity, { method: 'PUT', path: RATCHET_KEY_PATHS.keys, body });
      const pick = async (node: ServiceNode) =>
        (await post<{ one_time_key?: string }>(node, 'somebody', RATCHET_KEY_PATHS.pickOne, { identity })).one_time_key;
      expect([await pick(reader), await pick(writer)].sort()).toEqual([...oneTimeKeys].sort());
      expect(await pick(reader)).toBeUndefined();
      await get(reader, identity, { method: 'DELETE', path: RATCHET_KEY_PATHS.keys });
      const gone = await ask(writer, 'somebody', {
        method: 'POST',
        path: RATCHET_KEY_PATHS.pickOne,
        body: { identity },
      });
      expect(gone.status).not.toBe(200);
    });

    it(`has its brain keys, and the guesses at them, at ${read}`, async () => {
      const [writer, reader] = order();
      const identity = name('guesser');
      const { request } = await startPythia(nodeProvider, utf8ToBytes('a password'));
      const guess = (node: ServiceNode) =>
        ask(node, identity, {
          method: 'POST',
          path: BRAIN_KEY_PATHS.pythia,
          body: { blinded_password: bytesToBase64(request) },
        });
      const answers: Answer[] = [];
      for (let i = 0; i < 24; i++) answers.push(await guess(i % 2 === 0 ? writer : reader));
      const seeds = answers
        .filter(({ status }) => status === 200)
        .map((answer) => bodyOf<{ seed: string }>(answer).seed);
      expect(new Set(seeds).size).toBe(1);
      expect(seeds).toHaveLength(20);
    });

    it(`has its applications served at ${read}, until their key is revoked`, async () => {
      const [writer, reader] = order();
      const [own, other] = writer === older ? [library, service] : [service, library];
      const { issueToken, appId, appKeyId } = await addApplication(postgres.url, own);
      const answer = async (node: ServiceNode) => {
        const wire = openWire({ url: node.url });
        const token = await issueToken('alice');
        const { status, text } = await wire.call({ path: KEYKNOX_PATHS.value, token });
        wire.close();
        return status === 200 ? status : (JSON.parse(text) as { code: number }).code;
      };
      expect([await answer(reader), await answer(writer)]).toEqual([200, 200]);
      const store = await other.openStore({ url: postgres.url });
      await other.revokeAppKey(store, { appId, appKeyId });
      await store.close();
      const { code } = SERVICE_ERRORS['token/unknown-key'];
      expect([await answer(reader), await answer(writer)]).toEqual([code, code]);
    });
  });

  it('lets the release before start again over the newer database', async () => {
    await older.stop();
    older = await startNode({ ...installation, folder, env, port: older.port });
    expect(await search(older, 'early')).toHaveLength(1);
  });
});

async function countMigrations(url: string): Promise<number> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query('select from kysely_migration')).rowCount ?? 0;
  } finally {
    await client.end();
  }
}

function content(text: string) {
  return { meta: bytesToBase64(utf8ToBytes(`meta of ${text}`)), value: bytesToBase64(utf8ToBytes(text)) };
}

function hashOf({ status, headers }: Answer): string {
  expect(status).toBe(200);
  return String(headers[HEADERS.keyknoxHash.toLowerCase()]);
}

async function newKey(): Promise<string> {
  return bytesToBase64((await generateKeyPair(nodeProvider, 'CURVE25519')).publicKey.exportDer());
}

async function signKey({ privateKey }: KeyPair) {
  const public_key = await newKey();
  return { public_key, signature: bytesToBase64(await sign(nodeProvider, privateKey, base64ToBytes(public_key))) };
}
