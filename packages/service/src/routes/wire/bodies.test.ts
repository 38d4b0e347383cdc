import { LIMITS } from '@sotto/contract';
import { OPERATIONS } from '@sotto/contract/schemas';
import { concatBytes, utf8ToBytes } from '@sotto/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, expectRefusal, sendRaw, type World } from '../../test-kit.ts';
import { fromWire, toWire, type WireAnswer } from './wire-kit.ts';

let world: World;
let authorization: string;

beforeAll(async () => {
  world = await createWorld();
  authorization = `Authorization: Virgil ${await world.token({ identity: 'alice' })}`;
});

afterAll(() => world.close());

async function send(
  line: string,
  { label, body }: { readonly label?: string; readonly body?: string | Uint8Array | undefined } = {},
): Promise<WireAnswer> {
  const headers = [authorization, ...(label === undefined ? [] : [`Content-Type: ${label}`])];
  return fromWire(await sendRaw(world.service.port, toWire({ line, headers, body })));
}

const LABELS = [
  ['JavaScript', 'application/json'],
  ['the JVM', 'application/json; charset=utf-8'],
  ['Swift', 'application/x-www-form-urlencoded'],
  ['nobody', 'application/xml'],
  ['nobody', 'text/plain; charset=iso-8859-1'],
  ['nobody', 'no/such;;type'],
  ['nobody', ''],
] as const;

const operations = OPERATIONS.filter(({ needsToken }) => needsToken).map(
  ({ id, method, path, request }) =>
    [
      id,
      { line: `${method.toUpperCase()} ${path.replace(':id', 'ab'.repeat(32))}`, isNeeded: request !== undefined },
    ] as const,
);

describe.each(operations.filter(([, { isNeeded }]) => isNeeded))('%s, which needs a body,', (_, { line }) => {
  test.each(LABELS)('reads it as JSON under the label of %s: %j', async (_client, label) => {
    expectRefusal(await send(line, { label, body: '[]' }), 'body/wrong-shape');
  });

  test('reads it as JSON without a label', async () => {
    expectRefusal(await send(line, { body: '[]' }), 'body/wrong-shape');
  });

  test.each([
    ['that is not there', undefined],
    ['of no length', ''],
    ['of spaces', '  '],
    ['in the form of its label', 'identities=alice'],
    ['that is cut off', '{"identities":["alice"'],
    ['in two pieces of JSON', '{}{}'],
  ])('refuses one %s: it is no JSON', async (_name, body) => {
    expectRefusal(await send(line, { label: 'application/x-www-form-urlencoded', body }), 'body/not-json');
  });

  test.each(['[]', 'null', '5', '"text"', 'false', '[{}]'])('refuses JSON that is no object: %s', async (body) => {
    expectRefusal(await send(line, { body }), 'body/wrong-shape');
  });

  test.each([
    ['Latin-1', [0xe9]],
    ['half of a pair', [0xed, 0xa0, 0x80]],
    ['a zero in two bytes, as Java has it', [0xc0, 0x80]],
    ['a character cut off', [0xf0, 0x9f, 0x94]],
  ])('refuses bytes that are no UTF-8, which lenient decoding makes one of two: %s', async (_name, bytes) => {
    const body = concatBytes(utf8ToBytes('{"identities":["'), Uint8Array.from(bytes), utf8ToBytes('"]}'));
    expectRefusal(await send(line, { body }), 'body/not-utf8');
  });
});

describe.each(operations.filter(([, { isNeeded }]) => !isNeeded))('%s, which needs no body,', (_, { line }) => {
  test('answers alike with any and with none, under any label and under none', async () => {
    const bare = await send(line);
    expect(bare.body.code).not.toBe(70008);
    for (const label of [undefined, ...LABELS.map(([, label]) => label)]) {
      for (const body of [undefined, '', '{}', 'null', 'no json']) {
        const { status, body: answer } = await send(line, { ...(label === undefined ? {} : { label }), body });
        expect({ status, answer }).toEqual({ status: bare.status, answer: bare.body });
      }
    }
  });
});

describe('a list of thousands is refused, and one more than is taken', () => {
  const signature = { signer: 'self', signature: 'AAAA' };
  const search = 'POST /card/v5/actions/search';

  test.each<[string, number, string, (count: number) => object]>([
    ['identities', LIMITS.identitiesPerSearch, search, (count) => ({ identities: fill(count, 'nobody') })],
    ['card_types', LIMITS.cardTypesPerSearch, search, (count) => ({ identities: ['a'], card_types: fill(count, 'b') })],
    [
      'card_ids',
      LIMITS.cardIdsPerRequest,
      'POST /card/v5/actions/outdated',
      (count) => ({ card_ids: fill(count, 'ab'.repeat(32)) }),
    ],
    [
      'signatures',
      LIMITS.signaturesPerCard,
      'POST /card/v5',
      (count) => ({ content_snapshot: '', signatures: fill(count, signature) }),
    ],
  ])('%s, of which %i are taken', async (_, limit, line, make) => {
    expect((await send(line, { body: JSON.stringify(make(limit)) })).body.code).not.toBe(70009);
    for (const count of [limit + 1, 5000, 10_000]) {
      expectRefusal(await send(line, { body: JSON.stringify(make(count)) }), 'body/wrong-shape');
    }
  });

  function fill<T>(count: number, value: T): T[] {
    return new Array<T>(count).fill(value);
  }
});

describe('a text that not every database keeps as it is, is refused and never cut', () => {
  const card = (change: object) => ({
    content_snapshot: 'e30=',
    signatures: [{ signer: 'self', signature: '' }],
    ...change,
  });

  test.each<[string, string, (text: string) => object]>([
    ['an identity', 'POST /card/v5/actions/search', (text) => ({ identities: [text] })],
    ['a type', 'POST /card/v5/actions/search', (text) => ({ identities: ['alice'], card_types: [text] })],
    ['an id', 'POST /card/v5/actions/outdated', (text) => ({ card_ids: [text] })],
    ['a snapshot', 'POST /card/v5', (text) => card({ content_snapshot: text })],
    ['a signer', 'POST /card/v5', (text) => card({ signatures: [{ signer: text, signature: '' }] })],
    ['a signature', 'POST /card/v5', (text) => card({ signatures: [{ signer: 'self', signature: text }] })],
    [
      'the snapshot of a signature',
      'POST /card/v5',
      (text) => card({ signatures: [{ signer: 'self', signature: '', snapshot: text }] }),
    ],
  ])('%s', async (_, line, make) => {
    for (const text of ['a\0b', '\0', 'a\ud800b', '\udc00', 'alice\ud83d']) {
      expectRefusal(await send(line, { body: JSON.stringify(make(text)) }), 'body/wrong-shape');
    }
  });
});

test('a client that asks before it sends is told to go on', async () => {
  const headers = [authorization, 'Expect: 100-continue'];
  const request = toWire({ line: 'POST /card/v5/actions/search', headers, body: '{"identities":["nobody"]}' });
  const answer = await sendRaw(world.service.port, request);
  expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  expect(fromWire(answer).body).toEqual([]);
});
