import { once } from 'node:events';
import { rmSync } from 'node:fs';
import type { RawCard } from '@sotto/core';
import { bytesToBase64, utf8ToBytes } from '@sotto/core';
import { expect, test } from 'vitest';
import { createTokenIssuer, startProgram } from './program-kit.ts';
import { startService } from './service.ts';
import {
  callService,
  createCard,
  expectUsageCounted,
  idOf,
  makeTemporaryFolder,
  type Answer,
  type Call,
} from './test-kit.ts';

const CARDS = 1000;
const WORKERS = 8;
const HASH = 'Virgil-Keyknox-Hash';
const PREVIOUS_HASH = 'Virgil-Keyknox-Previous-Hash';

test('killed in the middle of a thousand publishes, the service has lost none that it acknowledged', async () => {
  const dataDir = makeTemporaryFolder();
  const issue = await createTokenIssuer(dataDir);
  const token = await issue('alice');
  const cards = await Promise.all(Array.from({ length: CARDS }, async () => (await createCard('alice')).raw));

  const { child, url } = await startProgram(dataDir);
  const ended = once(child, 'exit');
  const acknowledged = await publishUntilKilled({ url, token, cards, kill: () => child.kill('SIGKILL') });
  await ended;
  expect(acknowledged.length).toBeGreaterThanOrEqual(CARDS / 2);
  expect(acknowledged.length).toBeLessThan(CARDS);

  const restarted = await startService({ dataDir, port: 0 });
  const search = { method: 'POST', path: '/card/v5/actions/search', token, body: { identities: ['alice'] } };
  const { body } = await callService(restarted.url, search);
  const found = new Set((body as RawCard[]).map(idOf));
  expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
  await restarted.close();
  rmSync(dataDir, { recursive: true, force: true });
});

test('killed among publishes, pushes and puts, it has lost nothing that it acknowledged, and nothing is half there', async () => {
  const dataDir = makeTemporaryFolder();
  const issue = await createTokenIssuer(dataDir);
  const token = await issue('alice');
  const cards = await Promise.all(Array.from({ length: CARDS / 2 }, async () => (await createCard('alice')).raw));
  const { child, url } = await startProgram(dataDir);
  const ended = once(child, 'exit');

  let acknowledged = 0;
  const count = () => {
    if (++acknowledged === CARDS / 2) child.kill('SIGKILL');
  };
  const published: string[] = [];
  const publish = async (): Promise<void> => {
    for (let raw = cards.pop(); raw !== undefined; raw = cards.pop()) {
      await expectOk({ url, method: 'POST', path: '/card/v5', token, body: raw });
      published.push(idOf(raw));
      count();
    }
  };
  const lastPushes = new Map<string, number>();
  const push = async (key: string): Promise<void> => {
    let headers = {};
    for (let number = 0; ; number++) {
      const body = { ...record(key), identities: ['alice', 'bob'], ...numbered(number) };
      const answer = await expectOk({ url, method: 'POST', path: '/keyknox/v2/push', token, headers, body });
      headers = { [PREVIOUS_HASH]: answer.headers.get(HASH) ?? '' };
      lastPushes.set(key, number);
      count();
    }
  };
  const lastPuts = new Map<string, number>();
  const put = async (identity: string): Promise<void> => {
    const own = await issue(identity);
    let headers = {};
    for (let number = 0; ; number++) {
      const call = { method: 'PUT', path: '/keyknox/v1', token: own, headers, body: numbered(number) };
      const answer = await expectOk({ url, ...call });
      headers = { [PREVIOUS_HASH]: answer.headers.get(HASH) ?? '' };
      lastPuts.set(identity, number);
      count();
    }
  };
  const keys = Array.from({ length: WORKERS / 2 }, (_, index) => `key ${index}`);
  const owners = ['carol', 'dave'];
  const ends = await Promise.allSettled([...keys.map(push), ...keys.map(publish), ...owners.map(put)]);
  await ended;
  expect(ends.map(({ status }) => status)).toContain('rejected');
  expect(lastPushes.size).toBe(keys.length);
  expect(lastPuts.size).toBe(owners.length);
  expect(published.length).toBeGreaterThan(0);

  const restarted = await startService({ dataDir, port: 0 });
  const search = { method: 'POST', path: '/card/v5/actions/search', token, body: { identities: ['alice'] } };
  const found = new Set(((await callService(restarted.url, search)).body as RawCard[]).map(idOf));
  expect(published.filter((id) => !found.has(id))).toEqual([]);
  for (const [key, number] of lastPushes) {
    const body = { ...record(key), identity: 'alice' };
    const call = { url: restarted.url, method: 'POST', path: '/keyknox/v2/pull', body };
    const own = await expectOk({ ...call, token });
    // The push that was under way may have been written, too.
    expect([numbered(number), numbered(number + 1)]).toContainEqual({ meta: own.body.meta, value: own.body.value });
    const copy = await expectOk({ ...call, token: await issue('bob') });
    expect(copy.body).toEqual(own.body);
    const next = { ...record(key), identities: ['alice'], ...numbered(number + 2) };
    const headers = { [PREVIOUS_HASH]: own.headers.get(HASH) ?? '' };
    await expectOk({ ...call, path: '/keyknox/v2/push', token, headers, body: next });
  }
  await expectUsageCounted(restarted.store, 'alice');
  for (const [identity, number] of lastPuts) {
    const { body } = await expectOk({ url: restarted.url, path: '/keyknox/v1', token: await issue(identity) });
    const stored = (count: number) => ({ ...numbered(count), version: `${count + 1}.0` });
    expect([stored(number), stored(number + 1)]).toContainEqual(body);
  }
  await restarted.close();
  rmSync(dataDir, { recursive: true, force: true });
});

function record(key: string) {
  return { root: 'r', path: 'p', key };
}

/** Of several pages of the database. */
function numbered(number: number) {
  return {
    meta: bytesToBase64(utf8ToBytes(`${number}`)),
    value: bytesToBase64(utf8ToBytes(`${number} `.repeat(4000))),
  };
}

async function expectOk({ url, ...call }: Call & { readonly url: string }): Promise<Answer> {
  const answer = await callService(url, call);
  expect(answer.status).toBe(200);
  return answer;
}

/** Publishes with several requests in flight and kills after half of the cards; what was acknowledged until then. */
async function publishUntilKilled(options: {
  url: string;
  token: string;
  cards: readonly RawCard[];
  kill: () => void;
}): Promise<string[]> {
  const acknowledged: string[] = [];
  const waiting = [...options.cards];
  const work = async () => {
    for (let raw = waiting.pop(); raw !== undefined; raw = waiting.pop()) {
      const { status } = await callService(options.url, {
        method: 'POST',
        path: '/card/v5',
        token: options.token,
        body: raw,
      });
      if (status === 200) acknowledged.push(idOf(raw));
      if (acknowledged.length === CARDS / 2) options.kill();
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: WORKERS }, work));
  expect(ends.map(({ status }) => status)).toContain('rejected');
  return acknowledged;
}
