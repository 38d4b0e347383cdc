// What is limited is limited for all nodes together, to the last one: 64 clients race over two nodes that are processes of their own.
import { randomBytes } from 'node:crypto';
import {
  BRAIN_KEY_PATHS,
  CARD_PATHS,
  HEADERS,
  KEYKNOX_PATHS,
  RATCHET_KEY_PATHS,
  SERVICE_ERRORS,
} from '@sotto/contract';
import { base64ToBytes, bytesToBase64, cardId, generateKeyPair, issueCard, sign, utf8ToBytes } from '@sotto/core';
import { startHarden } from '@sotto/core/backup';
import { nodeProvider } from '@sotto/core/node';
import { findPostgres, startPostgres, type Postgres } from '@sotto/testing/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInstallation, type Installation } from './kit/installation.ts';
import { startNode, type ServiceNode } from './kit/service-node.ts';
import { bodyOf, openWire, type Answer, type Call, type Wire } from './kit/wire.ts';

const CLIENTS = 64;
const VALUE_BYTES = 100;
const quotas = { records: 30, bytes: 1000 * VALUE_BYTES, applicationBytes: 40 * VALUE_BYTES, oneTimeKeys: 50 };

describe.runIf(findPostgres() !== undefined)('64 clients over two nodes', () => {
  let postgres: Postgres;
  let installation: Installation;
  let nodes: readonly ServiceNode[];
  let wires: readonly Wire[];

  beforeAll(async () => {
    postgres = await startPostgres();
    installation = await createInstallation(postgres.url);
    const env = {
      // No guess comes back while the test runs.
      SOTTO_BRAIN_KEY_REFILL_MS: String(1000 * 60 * 60),
      SOTTO_KEYKNOX_RECORDS: String(quotas.records),
      SOTTO_KEYKNOX_BYTES: String(quotas.bytes),
      SOTTO_KEYKNOX_APPLICATION_BYTES: String(quotas.applicationBytes),
      SOTTO_ONE_TIME_KEYS: String(quotas.oneTimeKeys),
    };
    nodes = await Promise.all([startNode({ ...installation, env }), startNode({ ...installation, env })]);
    wires = Array.from({ length: CLIENTS }, (_, index) => openWire({ url: nodes[index % nodes.length]?.url ?? '' }));
  });
  afterAll(async () => {
    for (const wire of wires) wire.close();
    await Promise.all(nodes.map((node) => node.stop()));
    installation.close();
    await postgres.close();
  });

  /** Each client asks `times` times, one after the other. */
  async function race(identity: string, call: (index: number) => Call, times = 1): Promise<Answer[]> {
    const token = await installation.issueToken(identity);
    const run = async (wire: Wire, client: number): Promise<Answer[]> => {
      const answers: Answer[] = [];
      for (let i = 0; i < times; i++) answers.push(await wire.call({ token, ...call(client * times + i) }));
      return answers;
    };
    return (await Promise.all(wires.map(run))).flat();
  }
  const first = () => wires[0] as Wire;

  it('have the last guesses among them, and none more', async () => {
    const { request } = await startHarden(nodeProvider, utf8ToBytes('a guess'));
    const body = { blinded_point: bytesToBase64(request) };
    const answers = await race('alice', () => ({ method: 'POST', path: BRAIN_KEY_PATHS.harden, body }), 2);
    expect(outcomesOf(answers)).toEqual({
      200: 20,
      [SERVICE_ERRORS['brain-key/too-many-guesses'].code]: 2 * CLIENTS - 20,
    });
  });

  it('pick each one-time key once', async () => {
    const { privateKey, publicKey } = await generateKeyPair(nodeProvider);
    const raw = await issueCard(nodeProvider, { identity: 'bob', privateKey, createdAt: 1_700_000_000 });
    const token = await installation.issueToken('bob');
    await first().call({ method: 'POST', path: CARD_PATHS.cards, token, body: raw });
    const public_key = bytesToBase64(publicKey.exportDer());
    const signature = bytesToBase64(await sign(nodeProvider, privateKey, base64ToBytes(public_key)));
    const keys = await Promise.all(Array.from({ length: quotas.oneTimeKeys }, newKey));
    const body = {
      identity_card_id: cardId(base64ToBytes(raw.content_snapshot)),
      long_term_key: { public_key, signature },
      one_time_keys: keys,
    };
    expect((await first().call({ method: 'PUT', path: RATCHET_KEY_PATHS.keys, token, body })).status).toBe(200);
    const call = { method: 'POST', path: RATCHET_KEY_PATHS.pickOne, body: { identity: 'bob' } };
    const answers = await race('carol', () => call);
    const picked = answers.flatMap((answer) => bodyOf<{ one_time_key?: string }>(answer).one_time_key ?? []);
    expect(picked.sort()).toEqual(keys.sort());

    const uploads = await race('bob', () => ({
      method: 'PUT',
      path: RATCHET_KEY_PATHS.keys,
      body: { one_time_keys: [newRandomKey()] },
    }));
    expect(outcomesOf(uploads)).toEqual({
      200: quotas.oneTimeKeys,
      [SERVICE_ERRORS['ratchet-keys/too-many'].code]: CLIENTS - quotas.oneTimeKeys,
    });
  });

  it('change a value under one hash once, each time', async () => {
    const token = await installation.issueToken('dave');
    let hash: string | undefined;
    for (let round = 0; round < 10; round++) {
      const headers: Record<string, string> = hash === undefined ? {} : { [HEADERS.keyknoxPreviousHash]: hash };
      const answers = await race('dave', (index) => ({
        method: 'PUT',
        path: KEYKNOX_PATHS.value,
        body: { meta: 'YQ==', value: bytesToBase64(utf8ToBytes(`${round} ${index}`)) },
        headers,
      }));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 400)).toHaveLength(CLIENTS - 1);
      hash = String(answers.find(({ status }) => status === 200)?.headers[HEADERS.keyknoxHash.toLowerCase()]);
    }
    await first().call({ method: 'POST', path: KEYKNOX_PATHS.resetValue, token });
  });

  it('store as many records of a user as there is room for, and all users as many bytes', async () => {
    const push = (index: number): Call => ({
      method: 'POST',
      path: KEYKNOX_PATHS.push,
      body: { root: 'root', path: 'path', key: String(index), identities: ['bob'], ...content() },
    });
    expect(outcomesOf(await race('alice', push))).toEqual({
      200: quotas.records,
      [SERVICE_ERRORS['keyknox/too-many-records'].code]: CLIENTS - quotas.records,
    });
    const rest = quotas.applicationBytes / VALUE_BYTES - quotas.records;
    const tokens = await Promise.all(wires.map((_, index) => installation.issueToken(`user-${index}`)));
    const answers = await race('alice', (index) => ({ ...push(index), token: tokens[index] ?? '' }));
    expect(outcomesOf(answers)).toEqual({
      200: rest,
      [SERVICE_ERRORS['keyknox/application-full'].code]: CLIENTS - rest,
    });
  });
});

/** How often there was which: 200, or the code of a refusal. */
function outcomesOf(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const answer of answers) {
    const outcome =
      answer.status === 200 ? 200 : answer.text === '' ? (answer.cut ?? 0) : bodyOf<{ code: number }>(answer).code;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

function content() {
  return { meta: bytesToBase64(randomBytes(10)), value: bytesToBase64(randomBytes(VALUE_BYTES - 10)) };
}

async function newKey(): Promise<string> {
  return bytesToBase64((await generateKeyPair(nodeProvider, 'CURVE25519')).publicKey.exportDer());
}

/** A public key of X25519 is any 32 bytes. */
function newRandomKey(): string {
  return bytesToBase64(Buffer.concat([X25519_HEAD, randomBytes(32)]));
}

/** The DER of a SubjectPublicKeyInfo up to the key. Source: RFC 8410 §4. */
const X25519_HEAD = Buffer.from('302a300506032b656e032100', 'hex');
