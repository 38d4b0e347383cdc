import { bytesToBase64 } from '@sotto/core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_QUOTAS } from '../domain/quotas.ts';
import { createWorld, expectRefusal, expectUsageCounted, type Answer, type World } from '../test-kit.ts';

const QUOTAS = { ...DEFAULT_QUOTAS, keyknoxRecords: 3, keyknoxBytes: 1000, keyknoxParticipants: 5 };

let world: World;

beforeAll(async () => {
  world = await createWorld({ quotas: QUOTAS });
});

afterAll(() => world.close());

let users = 0;

function newIdentity(): string {
  return `user-${++users}`;
}

function content(bytes: number, fill = 1) {
  return { meta: bytesToBase64(new Uint8Array([fill])), value: bytesToBase64(new Uint8Array(bytes - 1).fill(fill)) };
}

interface Push {
  readonly key?: string;
  readonly bytes?: number;
  readonly fill?: number;
  readonly identities?: readonly string[];
  readonly previousHash?: string | undefined;
}

async function push(identity: string, options: Push, in_ = world): Promise<Answer> {
  const { key = '0', bytes = 10, fill, identities = [identity], previousHash } = options;
  return in_.call({
    method: 'POST',
    path: '/keyknox/v2/push',
    token: await in_.token({ identity }),
    headers: previousHash === undefined ? {} : { 'Virgil-Keyknox-Previous-Hash': previousHash },
    body: { root: 'r', path: 'p', key, identities, ...content(bytes, fill) },
  });
}

async function reset(identity: string, body: object, path = '/keyknox/v2/reset'): Promise<Answer> {
  return world.call({ method: 'POST', path, token: await world.token({ identity }), body });
}

async function put(identity: string, bytes: number): Promise<Answer> {
  const token = await world.token({ identity });
  return world.call({ method: 'PUT', path: '/keyknox/v1', token, body: content(bytes) });
}

function hashOf({ headers }: Answer): string | undefined {
  return headers.get('Virgil-Keyknox-Hash') ?? undefined;
}

test('an owner has so many records, and one more when one was reset', async () => {
  const owner = newIdentity();
  for (const key of ['0', '1', '2']) expect((await push(owner, { key })).status).toBe(200);
  const refused = await push(owner, { key: '3' });
  expectRefusal(refused, 'keyknox/too-many-records');
  expect(refused.body.message).toContain('(at most 3)');
  expect((await push(newIdentity(), { key: '3' })).status).toBe(200);
  await reset(owner, { root: 'r', path: 'p', key: '1' });
  expect((await push(owner, { key: '3' })).status).toBe(200);
});

test('an owner has so many bytes in all its values, and more when some were reset', async () => {
  const owner = newIdentity();
  expect((await put(owner, 400)).status).toBe(200);
  const first = await push(owner, { bytes: 600 });
  expect(first.status).toBe(200);
  expectRefusal(await push(owner, { key: '1', bytes: 2 }), 'keyknox/too-many-bytes');
  expectRefusal(await push(owner, { bytes: 601, previousHash: hashOf(first) }), 'keyknox/too-many-bytes');
  expect((await push(owner, { bytes: 600, fill: 2, previousHash: hashOf(first) })).status).toBe(200);
  await reset(owner, {}, '/keyknox/v1/reset');
  expect((await push(owner, { key: '1', bytes: 400 })).status).toBe(200);
  expectRefusal(await put(owner, 2), 'keyknox/too-many-bytes');
});

test('what several participants read counts once, until they read different things', async () => {
  const owner = newIdentity();
  const identities = [owner, 'b', 'c', 'd'];
  const first = await push(owner, { bytes: 400, identities });
  expect(first.status).toBe(200);
  const second = await push(owner, { bytes: 400, fill: 2, identities: ['e'], previousHash: hashOf(first) });
  expect(second.status).toBe(200);
  const third = { bytes: 400, fill: 3, identities: ['e'], previousHash: hashOf(second) };
  expect((await push(owner, third)).status).toBe(200);
  expectRefusal(await push(owner, { key: '1', bytes: 201 }), 'keyknox/too-many-bytes');
  for (const identity of ['b', 'c', 'd']) await reset(owner, { root: 'r', identity });
  expect((await push(owner, { key: '1', bytes: 600 })).status).toBe(200);
});

test('a record has so many participants', async () => {
  const owner = newIdentity();
  const first = await push(owner, { identities: ['a', 'b', 'c', 'd'] });
  const more = { identities: ['d', 'e', 'f'], previousHash: hashOf(first) };
  expectRefusal(await push(owner, more), 'keyknox/too-many-participants');
  expect((await push(owner, { ...more, identities: ['d', 'e'] })).status).toBe(200);
});

test('all users of an application have so many bytes together, and those of another their own', async () => {
  const small = await createWorld({ quotas: { ...QUOTAS, keyknoxApplicationBytes: 1500 } });
  expect((await push('alice', { bytes: 900 }, small)).status).toBe(200);
  expectRefusal(await push('bob', { bytes: 700 }, small), 'keyknox/application-full');
  expect((await push('bob', { bytes: 600 }, small)).status).toBe(200);
  const other = await small.otherApplication();
  expect((await push('bob', { bytes: 900 }, { ...small, token: other.token })).status).toBe(200);
  await small.close();
});

test('what was stored before there was a quota of the application counts against it', async () => {
  const open = await createWorld({ quotas: QUOTAS });
  expect((await push('alice', { bytes: 500 }, open)).status).toBe(200);
  expect((await push('carol', { bytes: 500 }, open)).status).toBe(200);
  await open.restart({ quotas: { ...QUOTAS, keyknoxApplicationBytes: 1500 } });
  expectRefusal(await push('bob', { bytes: 600 }, open), 'keyknox/application-full');
  expect((await push('bob', { bytes: 500 }, open)).status).toBe(200);
  await open.close();
});

test('of many who push at one time no more succeed than the quota of the application has room for', async () => {
  const small = await createWorld({ quotas: { ...QUOTAS, keyknoxApplicationBytes: 1000 } });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => push(`user ${index}`, { bytes: 300 }, small)),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  await small.close();
});

test('who is beyond a quota that was lowered can still store less, and reset', async () => {
  const roomy = await createWorld({ quotas: { ...QUOTAS, keyknoxApplicationBytes: 1000 } });
  const first = await push('alice', { bytes: 600 }, roomy);
  expect((await push('alice', { key: '1', bytes: 200 }, roomy)).status).toBe(200);
  await roomy.restart({ quotas: { ...QUOTAS, keyknoxRecords: 1, keyknoxBytes: 100, keyknoxApplicationBytes: 100 } });
  const less = { bytes: 300, previousHash: hashOf(first) };
  const second = await push('alice', less, roomy);
  expect(second.status).toBe(200);
  expectRefusal(await push('alice', { bytes: 301, previousHash: hashOf(second) }, roomy), 'keyknox/too-many-bytes');
  const token = await roomy.token({ identity: 'alice' });
  const emptied = await roomy.call({ method: 'POST', path: '/keyknox/v2/reset', token, body: {} });
  expect(emptied.status).toBe(200);
  await roomy.close();
});

test('of many first pushes at one time no more succeed than the quota has room for', async () => {
  const owner = newIdentity();
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => push(owner, { key: `${index}` })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
});

test('what is counted is what is stored, whatever was pushed and reset', async () => {
  const identities = fc.subarray(['owner', 'b', 'c'], { minLength: 1 });
  const step = fc.oneof(
    fc.record({ key: fc.constantFrom('0', '1', '2', '3'), bytes: fc.integer({ min: 2, max: 600 }), identities }),
    fc.record({ reset: fc.record({ key: fc.constantFrom('0', '1'), identity: fc.constantFrom('owner', 'b') }) }),
    fc.record({ reset: fc.record({ identity: fc.constantFrom('b', 'c') }) }),
    fc.constant({ reset: {} }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const owner = newIdentity();
      const named = (identity: string) => (identity === 'owner' ? owner : `${identity} of ${owner}`);
      const hashes = new Map<string, string | undefined>();
      for (const each of steps) {
        if ('reset' in each) {
          const { identity } = { identity: undefined, ...each.reset };
          await reset(owner, { ...each.reset, ...(identity === undefined ? {} : { identity: named(identity) }) });
          continue;
        }
        const previousHash = hashes.get(each.key);
        const answer = await push(owner, { ...each, previousHash, identities: each.identities.map(named) });
        if (answer.status === 200) hashes.set(each.key, hashOf(answer));
        else if (answer.body.code === 50010) hashes.delete(each.key);
      }
      await expectUsageCounted(world.service.store, owner);
    }),
    { numRuns: 40 },
  );
});
