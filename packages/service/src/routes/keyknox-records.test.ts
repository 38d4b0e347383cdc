import { bytesToBase64, utf8ToBytes } from '@sotto/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, expectRefusal, type Answer, type World } from '../test-kit.ts';

const HASH = 'Virgil-Keyknox-Hash';
const KEYS = '/keyknox/v2/keys';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

let users = 0;

/** Identities that no other test uses. */
function newIdentities(): [string, string, string] {
  users++;
  return [`alice-${users}`, `bob-${users}`, `carol-${users}`];
}

const NAMES = { root: 'group-sessions', path: 'a path', key: '0' };

function content(text: string) {
  return { meta: bytesToBase64(utf8ToBytes(`meta of ${text}`)), value: bytesToBase64(utf8ToBytes(text)) };
}

async function post(path: string, identity: string, body: object, headers = {}): Promise<Answer> {
  const token = await world.token({ identity });
  const answer = await world.call({ method: 'POST', path, token, body, headers });
  if (answer.status === 200 && path !== KEYS) expect(answer.headers.get(HASH)).toMatch(/^[A-Za-z0-9+/]+=*$/);
  return answer;
}

const pull = (identity: string, body: object = {}) => post('/keyknox/v2/pull', identity, { ...NAMES, ...body });
const reset = (identity: string, body: object) => post('/keyknox/v2/reset', identity, body);
const keys = async (identity: string, body: object) => (await post(KEYS, identity, body)).body as unknown;

async function push(identity: string, body: object, previousHash?: string): Promise<Answer> {
  const headers = previousHash === undefined ? {} : { 'Virgil-Keyknox-Previous-Hash': previousHash };
  return post('/keyknox/v2/push', identity, { ...NAMES, ...body }, headers);
}

/** Pushes, which has to succeed, and gives the hash. */
async function pushed(identity: string, body: object, previousHash?: string): Promise<string> {
  const answer = await push(identity, body, previousHash);
  expect(answer.status).toBe(200);
  return hashOf(answer);
}

function hashOf({ headers }: Answer): string {
  return headers.get(HASH) ?? '';
}

function emptyRecord(owner: string, names: object = NAMES) {
  return { owner, root: '', path: '', key: '', ...names, identities: [], meta: '', value: '' };
}

async function expectNothing(reader: string, owner: string, names: object = NAMES): Promise<void> {
  const { status, body } = await pull(reader, { ...names, identity: owner });
  expect({ status, body }).toEqual({ status: 200, body: emptyRecord(owner, { ...NAMES, ...names }) });
}

describe('push', () => {
  test('answers with the record, and every participant pulls the same with the same hash', async () => {
    const [alice, bob] = newIdentities();
    const answer = await push(alice, { identities: [bob, alice], ...content('a') });
    expect(answer.body).toEqual({ owner: alice, ...NAMES, identities: [alice, bob], ...content('a') });
    for (const reader of [alice, bob]) {
      const pulled = await pull(reader, { identity: alice });
      expect(pulled.body).toEqual(answer.body);
      expect(hashOf(pulled)).toBe(hashOf(answer));
    }
  });

  test('adds the identities to the participants, each once, and takes none away', async () => {
    const [alice, bob, carol] = newIdentities();
    const first = await pushed(alice, { identities: [alice, bob], ...content('a') });
    const answer = await push(alice, { identities: [carol, carol, alice], ...content('b') }, first);
    expect(answer.body.identities).toEqual([alice, bob, carol]);
    expect((await pull(carol, { identity: alice })).body.identities).toEqual([alice, bob, carol]);
  });

  test('leaves those who are not named the copy that they have', async () => {
    const [alice, bob, carol] = newIdentities();
    const first = await pushed(alice, { identities: [alice, bob], ...content('for bob') });
    const second = await pushed(alice, { identities: [carol], ...content('for carol') }, first);
    const copy = await pull(bob, { identity: alice });
    expect(copy.body).toMatchObject(content('for bob'));
    expect(hashOf(copy)).toBe(first);
    expect((await pull(carol, { identity: alice })).body).toMatchObject(content('for carol'));
    expect(hashOf(await pull(alice))).toBe(second);
  });

  test('replaces the copy of the owner who takes part, named or not', async () => {
    const [alice, bob] = newIdentities();
    const first = await pushed(alice, { identities: [alice], ...content('a') });
    await pushed(alice, { identities: [bob], ...content('b') }, first);
    expect((await pull(alice)).body).toMatchObject(content('b'));
  });

  test('of an owner who does not take part gives it no copy, and goes by the last hash', async () => {
    const [alice, bob, carol] = newIdentities();
    const first = await pushed(alice, { identities: [bob], ...content('a') });
    await expectNothing(alice, alice);
    expectRefusal(await push(alice, { identities: [carol], ...content('b') }), 'keyknox/wrong-previous-hash');
    const second = await push(alice, { identities: [carol], ...content('b') }, first);
    expect(second.body.identities).toEqual([bob, carol]);
    expect((await pull(bob, { identity: alice })).body).toMatchObject(content('a'));
  });

  test('over nothing takes the hash that a pull of nothing gave, or none, and no other', async () => {
    const [alice, bob, carol] = newIdentities();
    await pushed(alice, { identities: [alice], ...content('a') }, hashOf(await pull(alice)));
    await pushed(bob, { identities: [bob], ...content('a') });
    const wrong = await push(carol, { identities: [carol], ...content('a') }, 'b3RoZXI=');
    expectRefusal(wrong, 'keyknox/wrong-previous-hash');
    await expectNothing(carol, carol);
  });

  test.each([
    ['missing', undefined],
    ['another', 'b3RoZXI='],
    ['that of nothing', 'empty'],
    ['an earlier one', 'first'],
  ])('over something is refused when the previous hash is %s, and changes nothing', async (_, which) => {
    const [alice, bob] = newIdentities();
    const empty = hashOf(await pull(alice));
    const first = await pushed(alice, { identities: [alice], ...content('a') });
    await pushed(alice, { identities: [alice], ...content('b') }, first);
    const given = which === 'empty' ? empty : which === 'first' ? first : which;
    const answer = await push(alice, { identities: [alice, bob], ...content('c') }, given);
    expectRefusal(answer, 'keyknox/wrong-previous-hash');
    expect((await pull(alice)).body).toMatchObject({ identities: [alice], ...content('b') });
    await expectNothing(bob, alice);
  });

  test('has its own record for every name and every owner, however the names are cut', async () => {
    const [alice, bob] = newIdentities();
    const names = [
      { root: 'a', path: 'b', key: 'c' },
      { root: 'a', path: 'b', key: 'd' },
      { root: 'a', path: 'bc', key: 'c' },
      { root: 'ab', path: 'c', key: 'c' },
      { root: 'a","b', path: 'c', key: 'c' },
    ];
    for (const owner of [alice, bob]) {
      for (const name of names) {
        await pushed(owner, { ...name, identities: [owner], ...content(`${owner} ${JSON.stringify(name)}`) });
      }
    }
    for (const name of names) {
      expect((await pull(alice, name)).body).toMatchObject(content(`${alice} ${JSON.stringify(name)}`));
    }
  });

  test.each(['absent', 'null', 'empty'])('is refused when identities are %s', async (how) => {
    const [alice] = newIdentities();
    const identities = { absent: undefined, null: null, empty: [] }[how];
    expectRefusal(await push(alice, { identities, ...content('a') }), 'keyknox/no-identities');
  });

  test.each([
    ['root', { root: undefined }],
    ['path', { path: undefined }],
    ['key', { key: undefined }],
    ['an empty key', { key: '' }],
    ['meta', { meta: undefined }],
    ['an empty meta', { meta: '' }],
    ['value', { value: undefined }],
    ['an empty value', { value: '' }],
    ['a name of 2049 bytes', { path: 'ü'.repeat(1024) + 'u' }],
    ['an identity of 2049 bytes', { identities: ['x'.repeat(2049)] }],
    ['an empty identity', { identities: [''] }],
    ['an identity that is no text', { identities: [5] }],
    ['more identities than a request may have', { identities: Array.from({ length: 1001 }, (_, i) => `u${i}`) }],
  ])('is refused for the want or the form of: %s', async (_, change) => {
    const [alice] = newIdentities();
    expectRefusal(await push(alice, { identities: [alice], ...content('a'), ...change }), 'body/wrong-shape');
  });

  test('is refused when meta or value are not base64', async () => {
    const [alice] = newIdentities();
    for (const change of [{ meta: 'A' }, { value: 'AB==' }]) {
      expectRefusal(await push(alice, { identities: [alice], ...content('a'), ...change }), 'body/not-base64');
    }
  });

  test('is refused for an owner that no database can index', async () => {
    const owner = 'x'.repeat(2049);
    expectRefusal(await push(owner, { identities: ['bob'], ...content('a') }), 'identity/wrong');
    expect((await pull(owner)).body.identities).toEqual([]);
  });

  test('of many at one time with one hash exactly one succeeds', async () => {
    const [alice, bob] = newIdentities();
    const first = await pushed(alice, { identities: [alice, bob], ...content('a') });
    const texts = Array.from({ length: 20 }, (_, index) => `number ${index}`);
    const answers = await Promise.all(
      texts.map((text) => push(alice, { identities: [alice, bob], ...content(text) }, first)),
    );
    const winners = texts.filter((_, index) => answers[index]?.status === 200);
    expect(winners).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expectRefusal(answer, 'keyknox/wrong-previous-hash');
    }
    for (const reader of [alice, bob]) {
      expect((await pull(reader, { identity: alice })).body).toMatchObject(content(winners[0] ?? ''));
    }
  });

  test('and pull of the fifty keys of a path go side by side', async () => {
    const [alice, bob] = newIdentities();
    const epochs = Array.from({ length: 50 }, (_, index) => `${index}`);
    await Promise.all(epochs.map((key) => pushed(alice, { key, identities: [alice, bob], ...content(key) })));
    const pulled = await Promise.all(epochs.map((key) => pull(bob, { key, identity: alice })));
    expect(pulled.map(({ body }) => body.value)).toEqual(epochs.map((key) => content(key).value));
  });
});

describe('pull', () => {
  test('of nothing is an empty record with the names that were asked for, and one hash', async () => {
    const [alice, bob] = newIdentities();
    await expectNothing(alice, alice);
    await expectNothing(alice, bob);
    expect(hashOf(await pull(alice))).toBe(hashOf(await pull(bob, { key: 'another' })));
  });

  test('by a stranger does not tell whether there is a record', async () => {
    const [alice, bob, carol] = newIdentities();
    const empty = hashOf(await pull(carol, { identity: alice }));
    await pushed(alice, { identities: [alice, bob], ...content('a') });
    await expectNothing(carol, alice);
    expect(hashOf(await pull(carol, { identity: alice }))).toBe(empty);
  });

  test('takes null for the owner that is left out', async () => {
    const [alice] = newIdentities();
    await pushed(alice, { identities: [alice], ...content('a') });
    expect((await pull(alice, { identity: null })).body).toMatchObject({ owner: alice, ...content('a') });
  });

  test.each(['root', 'path', 'key'])('is refused without %s', async (name) => {
    const [alice] = newIdentities();
    for (const value of [undefined, null, '']) {
      expectRefusal(await pull(alice, { [name]: value }), 'body/wrong-shape');
    }
  });

  test('does not reach into another application', async () => {
    const [alice, bob] = newIdentities();
    await pushed(alice, { identities: [alice, bob], ...content('a') });
    const other = await world.otherApplication();
    for (const identity of [alice, bob]) {
      const call = { method: 'POST', token: await other.token({ identity }) };
      const pulled = await world.call({ ...call, path: '/keyknox/v2/pull', body: { ...NAMES, identity: alice } });
      expect(pulled.body.identities).toEqual([]);
      await world.call({ ...call, path: '/keyknox/v2/reset', body: {} });
    }
    expect((await pull(alice)).body).toMatchObject(content('a'));
  });
});

describe('keys', () => {
  test('of a path are those of records in which the caller takes part', async () => {
    const [alice, bob, carol] = newIdentities();
    await pushed(alice, { key: '1', identities: [alice, bob], ...content('a') });
    await pushed(alice, { key: '0', identities: [alice], ...content('a') });
    await pushed(alice, { path: 'another', key: '2', identities: [alice, bob], ...content('a') });
    await pushed(bob, { key: '3', identities: [alice, bob], ...content('a') });
    const path = { root: NAMES.root, path: NAMES.path, identity: alice };
    expect(await keys(alice, path)).toEqual(['0', '1']);
    expect(await keys(alice, { ...path, identity: undefined })).toEqual(['0', '1']);
    expect(await keys(bob, path)).toEqual(['1']);
    expect(await keys(carol, path)).toEqual([]);
    expect(await keys(alice, { ...path, path: 'no such' })).toEqual([]);
  });

  test('without a path are the paths of a root, and without a root the roots', async () => {
    const [alice, bob] = newIdentities();
    for (const [root, path, key] of [
      ['r', 'q', '1'],
      ['r', 'p', '1'],
      ['r', 'p', '2'],
      ['s', 'x', '1'],
    ]) {
      await pushed(alice, { root, path, key, identities: [alice], ...content('a') });
    }
    expect(await keys(alice, { root: 'r' })).toEqual(['p', 'q']);
    expect(await keys(alice, {})).toEqual(['r', 's']);
    expect(await keys(alice, { root: null, path: null, identity: null })).toEqual(['r', 's']);
    expect(await keys(bob, { identity: alice })).toEqual([]);
  });
});

describe('reset without an identity', () => {
  async function pushFour(owner: string): Promise<void> {
    for (const [root, path, key] of [
      ['r', 'p', '1'],
      ['r', 'p', '2'],
      ['r', 'q', '1'],
      ['s', 'p', '1'],
    ]) {
      await pushed(owner, { root, path, key, identities: [owner], ...content('a') });
    }
  }

  test.each([
    [{}, []],
    [{ root: 'r' }, ['s/p/1']],
    [{ root: 'r', path: 'p' }, ['r/q/1', 's/p/1']],
    [{ root: 'r', path: 'p', key: '2' }, ['r/p/1', 'r/q/1', 's/p/1']],
    [{ root: null, path: '', key: '1' }, ['r/p/2']],
    [{ root: 'none' }, ['r/p/1', 'r/p/2', 'r/q/1', 's/p/1']],
  ])('deletes the own records that match %j, and no others', async (names, rest) => {
    const [alice, bob] = newIdentities();
    await pushFour(alice);
    await pushFour(bob);
    const { body } = await reset(alice, names);
    const given = Object.fromEntries(Object.entries(names).filter(([, name]) => name));
    expect(body).toEqual(emptyRecord(alice, given));
    expect(await allOf(alice)).toEqual(rest);
    expect(await allOf(bob)).toHaveLength(4);
  });

  test('takes them from everybody, and a push begins anew', async () => {
    const [alice, bob] = newIdentities();
    await pushed(alice, { identities: [alice, bob], ...content('a') });
    await reset(alice, NAMES);
    await expectNothing(bob, alice);
    const answer = await push(alice, { identities: [alice], ...content('b') });
    expect(answer.body.identities).toEqual([alice]);
  });

  test('leaves records of others alone in which the caller takes part', async () => {
    const [alice, bob] = newIdentities();
    await pushed(alice, { identities: [alice, bob], ...content('a') });
    await reset(bob, {});
    expect((await pull(bob, { identity: alice })).body).toMatchObject(content('a'));
  });

  /** As `root/path/key`. */
  async function allOf(owner: string): Promise<string[]> {
    const found: string[] = [];
    for (const root of (await keys(owner, {})) as string[]) {
      for (const path of (await keys(owner, { root })) as string[]) {
        for (const key of (await keys(owner, { root, path })) as string[]) found.push(`${root}/${path}/${key}`);
      }
    }
    return found;
  }
});

describe('reset with an identity', () => {
  test('removes that participant and does not change the hash', async () => {
    const [alice, bob, carol] = newIdentities();
    const hash = await pushed(alice, { identities: [alice, bob, carol], ...content('a') });
    const { body, ...answer } = await reset(alice, { ...NAMES, identity: bob });
    expect(body).toEqual(emptyRecord(alice));
    expect(hashOf({ body, ...answer })).toBe(hashOf(await pull(bob)));
    await expectNothing(bob, alice);
    expect(await keys(bob, { root: NAMES.root, path: NAMES.path, identity: alice })).toEqual([]);
    const own = await pull(alice);
    expect(own.body.identities).toEqual([alice, carol]);
    expect(hashOf(own)).toBe(hash);
    await pushed(alice, { identities: [bob], ...content('again') }, hash);
  });

  test('removes it from every record of a path', async () => {
    const [alice, bob, carol] = newIdentities();
    for (const key of ['0', '1']) await pushed(alice, { key, identities: [alice, bob, carol], ...content(key) });
    await pushed(alice, { path: 'another', identities: [alice, bob], ...content('a') });
    await reset(alice, { root: NAMES.root, path: NAMES.path, identity: bob });
    expect(await keys(bob, { root: NAMES.root, identity: alice })).toEqual(['another']);
    expect(await keys(carol, { root: NAMES.root, identity: alice })).toEqual([NAMES.path]);
  });

  test('of the owner empties the record for everybody', async () => {
    const [alice, bob] = newIdentities();
    await pushed(alice, { identities: [alice, bob], ...content('a') });
    const { body } = await reset(alice, { ...NAMES, identity: alice });
    expect(body.identities).toEqual([]);
    await expectNothing(alice, alice);
    await expectNothing(bob, alice);
    await pushed(alice, { identities: [alice], ...content('b') });
  });

  test('of the last participant empties the record', async () => {
    const [alice, bob, carol] = newIdentities();
    await pushed(alice, { identities: [bob, carol], ...content('a') });
    await reset(alice, { ...NAMES, identity: bob });
    expectRefusal(await push(alice, { identities: [bob], ...content('b') }), 'keyknox/wrong-previous-hash');
    await reset(alice, { ...NAMES, identity: carol });
    await pushed(alice, { identities: [bob], ...content('b') });
  });

  test('of somebody who does not take part, or of nothing, is fine', async () => {
    const [alice, bob] = newIdentities();
    expect((await reset(alice, { ...NAMES, identity: bob })).status).toBe(200);
    await pushed(alice, { identities: [alice], ...content('a') });
    expect((await reset(alice, { ...NAMES, identity: bob })).status).toBe(200);
    expect((await pull(alice)).body).toMatchObject(content('a'));
  });

  test('does nothing to records of others', async () => {
    const [alice, bob, carol] = newIdentities();
    await pushed(alice, { identities: [alice, bob, carol], ...content('a') });
    await reset(bob, { ...NAMES, identity: carol });
    expect((await pull(carol, { identity: alice })).body).toMatchObject(content('a'));
  });
});
