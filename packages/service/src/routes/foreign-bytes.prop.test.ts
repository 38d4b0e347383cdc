/** Whatever bytes arrive, the answer is a coded 4xx (or a success), and it arrives. */

import { OPERATIONS } from '@sotto/contract/schemas';
import { base64ToBytes, bytesToBase64, bytesToBase64Url, concatBytes, utf8ToBytes } from '@sotto/core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCard, createWorld, type Answer, type World } from '../test-kit.ts';

let world: World;
let token: string;

beforeAll(async () => {
  world = await createWorld();
  token = await world.token({ identity: 'alice' });
});

afterAll(() => world.close());

const RUNS = { numRuns: 300 };

function expectCodedRefusal({ status, body }: Answer): void {
  expect({ status, body }).toEqual({
    status: expect.toSatisfy((value: number) => value >= 400 && value < 500),
    body: { code: expect.any(Number), message: expect.any(String) },
  });
}

function expectNoFaultOfOurs(answer: Answer): void {
  if (answer.status !== 200) expectCodedRefusal(answer);
}

const post = (path: string, body: unknown) => world.call({ method: 'POST', path, token, body });

/** Every operation that reads its body. */
const calls = fc.constantFrom(
  ...OPERATIONS.filter(({ request }) => request !== undefined).map(({ method, path }) => ({
    method: method.toUpperCase(),
    path,
  })),
);

test('any bytes for a body', async () => {
  await fc.assert(
    fc.asyncProperty(calls, fc.uint8Array({ maxLength: 300 }), async (call, bytes) => {
      expectCodedRefusal(await world.call({ ...call, token, body: new Uint8Array(bytes) }));
    }),
    RUNS,
  );
});

test('any JSON for a body', async () => {
  await fc.assert(
    fc.asyncProperty(calls, fc.json(), async (call, body) => {
      expectNoFaultOfOurs(await world.call({ ...call, token, body }));
    }),
    RUNS,
  );
});

test('any members under the right names', async () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.base64String());
  const anything = fc.oneof(fc.jsonValue(), text, fc.array(text));
  const point = fc.oneof(
    text,
    ...[49, 65].map((length) => fc.uint8Array({ minLength: length, maxLength: length }).map(bytesToBase64)),
  );
  const members = fc.record(
    {
      content_snapshot: anything,
      signatures: anything,
      identities: anything,
      card_types: anything,
      card_ids: anything,
      root: text,
      path: text,
      key: text,
      identity: fc.option(text),
      meta: text,
      value: text,
      blinded_password: point,
      brainkey_id: anything,
      blinded_point: point,
      identity_card_id: anything,
      long_term_key: fc.oneof(anything, fc.record({ public_key: text, signature: text })),
      one_time_keys: anything,
      long_term_key_id: anything,
      one_time_keys_ids: anything,
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(calls, members, async (call, body) => {
      expectNoFaultOfOurs(await world.call({ ...call, token, body }));
    }),
    { numRuns: 1000 },
  );
});

test('any content under a snapshot', async () => {
  const { raw } = await createCard('alice');
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.json().map(utf8ToBytes),
    fc
      .record(
        {
          identity: fc.oneof(fc.constant('alice'), fc.string({ unit: 'binary' })),
          version: fc.oneof(fc.constant('5.0'), fc.jsonValue()),
          created_at: fc.oneof(fc.nat(), fc.double(), fc.jsonValue()),
          public_key: fc.oneof(fc.base64String(), fc.jsonValue()),
          previous_card_id: fc.jsonValue(),
          card_type: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((value) => utf8ToBytes(JSON.stringify(value))),
  );
  await fc.assert(
    fc.asyncProperty(content, async (bytes) => {
      expectCodedRefusal(await post('/card/v5', { ...raw, content_snapshot: bytesToBase64(bytes) }));
    }),
    RUNS,
  );
});

test('a card with any bit of its snapshot or its signature flipped', async () => {
  const { raw } = await createCard('alice');
  const snapshot = base64ToBytes(raw.content_snapshot);
  const signature = base64ToBytes(raw.signatures[0]?.signature ?? '');
  await fc.assert(
    fc.asyncProperty(fc.nat(snapshot.length + signature.length - 1), fc.nat(7), async (at, bit) => {
      const bytes = concatBytes(snapshot, signature);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
      const flipped = {
        content_snapshot: bytesToBase64(bytes.slice(0, snapshot.length)),
        signatures: [{ signer: 'self', signature: bytesToBase64(bytes.slice(snapshot.length)) }],
      };
      expectCodedRefusal(await post('/card/v5', flipped));
    }),
    RUNS,
  );
});

test('any text for a token', async () => {
  const part = fc.oneof(
    fc.base64String(),
    fc.json().map((json) => bytesToBase64Url(utf8ToBytes(json))),
    fc.constantFrom(...token.split('.')),
  );
  const text = fc.oneof(
    fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) }),
    fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.')),
  );
  await fc.assert(
    fc.asyncProperty(text, async (candidate) => {
      fc.pre(candidate !== token);
      const answer = await world.call({ path: '/card/v5/abc', headers: { Authorization: `Virgil ${candidate}` } });
      expectCodedRefusal(answer);
      expect([20300, 20303]).toContain(answer.body.code);
    }),
    RUNS,
  );
});

test('any id in a path', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), async (id) => {
      fc.pre(!/[\ud800-\udfff]/.test(id) && id !== '.' && id !== '..');
      expectCodedRefusal(await world.call({ path: `/card/v5/${encodeURIComponent(id)}`, token }));
    }),
    RUNS,
  );
});

test('any text for a previous hash', async () => {
  const body = { meta: 'AAAA', value: 'AAAA' };
  const texts = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) });
  await fc.assert(
    fc.asyncProperty(texts, async (hash) => {
      const headers = { 'Virgil-Keyknox-Previous-Hash': hash };
      expectNoFaultOfOurs(await world.call({ method: 'PUT', path: '/keyknox/v1', token, headers, body }));
    }),
    RUNS,
  );
});
