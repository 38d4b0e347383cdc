import { bytesToBase64, utf8ToBytes } from '@sotto/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, expectRefusal, type Answer, type World } from '../test-kit.ts';

const HASH = 'Virgil-Keyknox-Hash';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

let users = 0;

function newIdentity(): string {
  return `user-${++users}`;
}

function content(text: string) {
  return { meta: bytesToBase64(utf8ToBytes(`meta of ${text}`)), value: bytesToBase64(utf8ToBytes(text)) };
}

async function call(method: string, path: string, identity: string, more: object = {}): Promise<Answer> {
  const answer = await world.call({ method, path, token: await world.token({ identity }), ...more });
  if (answer.status === 200) expect(answer.headers.get(HASH)).toMatch(/^[A-Za-z0-9+/]+=*$/);
  return answer;
}

const get = (identity: string) => call('GET', '/keyknox/v1', identity);
const reset = (identity: string) => call('POST', '/keyknox/v1/reset', identity);

async function put(identity: string, body: unknown, previousHash?: string): Promise<Answer> {
  const headers = previousHash === undefined ? {} : { 'Virgil-Keyknox-Previous-Hash': previousHash };
  return call('PUT', '/keyknox/v1', identity, { body, headers });
}

function hashOf({ headers }: Answer): string {
  return headers.get(HASH) ?? '';
}

async function putFirst(identity: string): Promise<Answer> {
  const answer = await put(identity, content('first'));
  expect(answer.status).toBe(200);
  return answer;
}

describe('nothing stored', () => {
  test('is an empty value of version 1.0, with a hash', async () => {
    const { status, body } = await get(newIdentity());
    expect({ status, body }).toEqual({ status: 200, body: { meta: '', value: '', version: '1.0' } });
  });

  test('has one hash, whoever asks', async () => {
    expect(hashOf(await get(newIdentity()))).toBe(hashOf(await get(newIdentity())));
  });

  test('stays so when it is reset', async () => {
    const identity = newIdentity();
    const { body } = await reset(identity);
    expect(body).toEqual({ meta: '', value: '', version: '1.0' });
    expect((await putFirst(identity)).body.version).toBe('1.0');
  });
});

describe('put', () => {
  test('takes a first value with the hash of nothing, and without one', async () => {
    const [careful, careless] = [newIdentity(), newIdentity()];
    expect((await put(careful, content('a'), hashOf(await get(careful)))).status).toBe(200);
    expect((await put(careless, content('a'))).status).toBe(200);
  });

  test('answers with the value, and get gives the same with the same hash', async () => {
    const identity = newIdentity();
    const answer = await put(identity, content('first'));
    expect(answer.body).toEqual({ ...content('first'), version: '1.0' });
    const got = await get(identity);
    expect(got.body).toEqual(answer.body);
    expect(hashOf(got)).toBe(hashOf(answer));
  });

  test('counts the versions', async () => {
    const identity = newIdentity();
    let answer = await putFirst(identity);
    for (const version of ['2.0', '3.0', '4.0']) {
      answer = await put(identity, content(version), hashOf(answer));
      expect(answer.body).toEqual({ ...content(version), version });
    }
  });

  test('takes a value of a mebibyte', async () => {
    const identity = newIdentity();
    const value = bytesToBase64(new Uint8Array(1024 * 1024).fill(7));
    expect((await put(identity, { meta: 'AAAA', value })).status).toBe(200);
    expect((await get(identity)).body).toEqual({ meta: 'AAAA', value, version: '1.0' });
  });

  test.each([
    ['missing', undefined],
    ['blank', ' '],
    ['that of nothing', 'empty'],
    ['another', 'b3RoZXI='],
  ])('over a value is refused when the previous hash is %s, and changes nothing', async (_, previousHash) => {
    const identity = newIdentity();
    const empty = hashOf(await get(identity));
    const first = await putFirst(identity);
    const given = previousHash === 'empty' ? empty : previousHash;
    expectRefusal(await put(identity, content('second'), given), 'keyknox/wrong-previous-hash');
    expect((await get(identity)).body).toEqual(first.body);
  });

  test('over nothing is refused with the hash of something', async () => {
    expectRefusal(await put(newIdentity(), content('a'), 'b3RoZXI='), 'keyknox/wrong-previous-hash');
  });

  test('of what is there already is a change too', async () => {
    const identity = newIdentity();
    const first = await putFirst(identity);
    const again = await put(identity, content('first'), hashOf(first));
    expect(again.body.version).toBe('2.0');
    expect(hashOf(again)).toBe(hashOf(first));
  });

  test('of meta and value that only together are the same bytes has another hash', async () => {
    const hashes = await Promise.all(
      [
        { meta: 'AAAA', value: 'AAAAAAAA' },
        { meta: 'AAAAAAAA', value: 'AAAA' },
      ].map(async (body) => hashOf(await put(newIdentity(), body))),
    );
    expect(new Set(hashes).size).toBe(2);
  });

  test.each([
    ['without meta', { value: 'AAAA' }],
    ['without value', { meta: 'AAAA' }],
    ['with empty meta', { meta: '', value: 'AAAA' }],
    ['with empty value', { meta: 'AAAA', value: '' }],
    ['with null', { meta: 'AAAA', value: null }],
  ])('is refused %s', async (_, body) => {
    expectRefusal(await put(newIdentity(), body), 'body/wrong-shape');
  });

  test.each(['A', 'AAA', 'AA=A', 'AB==', 'A_A=', 'AAAA\n', ' AAAA', '====', 'not base64'])(
    'is refused when the value is not base64: %j',
    async (value) => {
      expectRefusal(await put(newIdentity(), { meta: 'AAAA', value }), 'body/not-base64');
      expectRefusal(await put(newIdentity(), { meta: value, value: 'AAAA' }), 'body/not-base64');
    },
  );

  test('of many at one time with one hash exactly one succeeds', async () => {
    const identity = newIdentity();
    const first = hashOf(await putFirst(identity));
    const names = Array.from({ length: 20 }, (_, index) => `number ${index}`);
    const answers = await Promise.all(names.map((name) => put(identity, content(name), first)));
    const winners = names.filter((_, index) => answers[index]?.status === 200);
    expect(winners).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expectRefusal(answer, 'keyknox/wrong-previous-hash');
    }
    expect((await get(identity)).body).toEqual({ ...content(winners[0] ?? ''), version: '2.0' });
  });

  test('of many first ones exactly one succeeds', async () => {
    const identity = newIdentity();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => put(identity, content(`${index}`))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe('reset', () => {
  test('empties the value, counts as a change, and once more changes nothing', async () => {
    const identity = newIdentity();
    const empty = await get(identity);
    await putFirst(identity);
    for (const answer of [await reset(identity), await reset(identity), await get(identity)]) {
      expect(answer.body).toEqual({ meta: '', value: '', version: '2.0' });
      expect(hashOf(answer)).toBe(hashOf(empty));
    }
  });

  test.each(['with the hash that it answered', 'without a hash'])('leaves a value that can be put %s', async (how) => {
    const identity = newIdentity();
    await putFirst(identity);
    const emptied = hashOf(await reset(identity));
    const answer = await put(identity, content('new'), how === 'without a hash' ? undefined : emptied);
    expect(answer.body).toEqual({ ...content('new'), version: '3.0' });
  });

  test('makes the hash from before it a wrong one', async () => {
    const identity = newIdentity();
    const first = hashOf(await putFirst(identity));
    await reset(identity);
    expectRefusal(await put(identity, content('new'), first), 'keyknox/wrong-previous-hash');
  });

  test('comes as a form without a body', async () => {
    const identity = newIdentity();
    await putFirst(identity);
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect((await call('POST', '/keyknox/v1/reset', identity, { headers })).body.version).toBe('2.0');
  });
});

describe('a value is of its identity alone', () => {
  test('in its application', async () => {
    const identity = newIdentity();
    await putFirst(identity);
    expect((await get(newIdentity())).body.value).toBe('');
    const other = await world.otherApplication();
    const token = await other.token({ identity });
    expect((await world.call({ path: '/keyknox/v1', token })).body.value).toBe('');
  });

  test('and cannot be kept for one that no database can index', async () => {
    expectRefusal(await put('x'.repeat(2049), content('a')), 'identity/wrong');
    expect((await get('x'.repeat(2049))).body.value).toBe('');
  });
});
