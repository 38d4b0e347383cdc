import { createHash, randomBytes } from 'node:crypto';
import {
  base64ToBytes,
  bytesToBase64,
  generateKeyPair,
  issueCard,
  sign,
  type KeyPair,
  type KeyType,
} from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createCard,
  createCompoundCard,
  createWorld,
  expectRefusal,
  idOf,
  spki,
  type Answer,
  type World,
} from '../test-kit.ts';

const KEYS = '/pfs/v3/keys';
const PICK_ONE = '/pfs/v3/keys/actions/pick-one';
const PICK_BATCH = '/pfs/v3/keys/actions/pick-batch';
const VALIDATE = '/pfs/v3/keys/actions/validate';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

let users = 0;

function newIdentity(): string {
  return `user-${++users}`;
}

/** A user with a card, who has not uploaded anything. */
interface User {
  readonly identity: string;
  readonly cardId: string;
  readonly keyPair: KeyPair;
}

async function createUser(type: KeyType = 'ED25519', identity = newIdentity()): Promise<User> {
  const keyPair = await generateKeyPair(nodeProvider, type);
  const { raw } = await createCard(identity, { keyPair });
  expect((await world.publish(raw, identity)).status).toBe(200);
  return { identity, cardId: idOf(raw), keyPair };
}

/** A public key as clients upload it. */
async function newKey(): Promise<string> {
  return spki(await generateKeyPair(nodeProvider, 'CURVE25519'));
}

async function newKeys(count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, newKey));
}

async function signedKey({ keyPair }: User, key?: string): Promise<{ public_key: string; signature: string }> {
  const public_key = key ?? (await newKey());
  const signature = await sign(nodeProvider, keyPair.privateKey, base64ToBytes(public_key));
  return { public_key, signature: bytesToBase64(signature) };
}

function keyId(key: string): string {
  return bytesToBase64(createHash('sha512').update(base64ToBytes(key)).digest().subarray(0, 8));
}

/** Over the last 32 bytes of the key, as clients for Android take it. */
function shortKeyId(key: string): string {
  return keyId(bytesToBase64(base64ToBytes(key).slice(-32)));
}

async function call(method: string, path: string, identity: string, body?: object): Promise<Answer> {
  return world.call({ method, path, token: await world.token({ identity }), body });
}

const upload = ({ identity }: Pick<User, 'identity'>, body: object) => call('PUT', KEYS, identity, body);
const pick = (identity: string, caller = 'somebody') => call('POST', PICK_ONE, caller, { identity });
const validate = ({ identity }: User, body: object) => call('POST', VALIDATE, identity, body);

/** Uploads a long-term key and so many one-time keys, which has to succeed. */
async function uploadFirst(user: User, count = 0) {
  const longTermKey = await signedKey(user);
  const oneTimeKeys = await newKeys(count);
  const body = { identity_card_id: user.cardId, long_term_key: longTermKey, one_time_keys: oneTimeKeys };
  const answer = await upload(user, body);
  expect({ status: answer.status, body: answer.body }).toEqual({ status: 200, body: {} });
  return { longTermKey, oneTimeKeys };
}

describe('pick-one', () => {
  test('gives the key of the card, the long-term key, and each one-time key once', async () => {
    const user = await createUser();
    const { longTermKey, oneTimeKeys } = await uploadFirst(user, 3);
    const picked: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      const { body } = await pick(user.identity);
      expect(body).toMatchObject({ identity_key: spki(user.keyPair), long_term_key: longTermKey });
      picked.push(body.one_time_key);
    }
    expect(picked.sort()).toEqual(oneTimeKeys.sort());
  });

  test('goes on without a one-time key when none is left, and does not write an empty one', async () => {
    const user = await createUser();
    const { longTermKey } = await uploadFirst(user);
    const { status, body } = await pick(user.identity);
    expect(status).toBe(200);
    expect(body).toEqual({ identity_key: spki(user.keyPair), long_term_key: longTermKey });
  });

  test('two hundred at one time get each key exactly once', async () => {
    const user = await createUser();
    const { oneTimeKeys } = await uploadFirst(user, 150);
    const answers = await Promise.all(Array.from({ length: 200 }, () => pick(user.identity)));
    expect(answers.map(({ status }) => status)).toEqual(new Array(200).fill(200));
    const picked = answers.flatMap(({ body }) => (body.one_time_key === undefined ? [] : [body.one_time_key]));
    expect(picked.sort()).toEqual(oneTimeKeys.sort());
  });

  test('of a user whose first uploads came at one time gives every key that was taken', async () => {
    const user = await createUser();
    const uploads = await Promise.all(Array.from({ length: 8 }, () => uploadFirst(user, 2)));
    const answers = await Promise.all(Array.from({ length: 16 }, () => pick(user.identity)));
    const picked = answers.map(({ body }) => body.one_time_key as string);
    expect(picked.sort()).toEqual(uploads.flatMap(({ oneTimeKeys }) => oneTimeKeys).sort());
  });

  test.each(['of nobody', 'of a user who has a card alone', 'without a card'])(
    '%s says that there are none',
    async (who) => {
      const identity = who === 'of a user who has a card alone' ? (await createUser()).identity : newIdentity();
      expectRefusal(await pick(identity), 'ratchet-keys/none');
    },
  );

  test('is refused without an identity', async () => {
    for (const identity of [undefined, null, '', 5]) {
      expectRefusal(await call('POST', PICK_ONE, 'somebody', { identity }), 'body/wrong-shape');
    }
  });

  test('does not reach into another application', async () => {
    const user = await createUser();
    await uploadFirst(user, 1);
    const { token } = await world.otherApplication();
    const asked = { method: 'POST', path: PICK_ONE, token: await token({ identity: 'bob' }), body: user };
    expectRefusal(await world.call(asked), 'ratchet-keys/none');
  });
});

describe('pick-batch', () => {
  const batch = (identities: unknown) => call('POST', PICK_BATCH, 'somebody', { identities });

  test('gives the same for each identity that has keys, once, in the order of the question', async () => {
    const [first, second] = [await createUser(), await createUser()];
    const withOne = await uploadFirst(first, 1);
    const withNone = await uploadFirst(second);
    const { status, body } = await batch([second.identity, 'nobody', first.identity, second.identity]);
    expect(status).toBe(200);
    expect(body).toEqual([
      { identity: second.identity, identity_key: spki(second.keyPair), long_term_key: withNone.longTermKey },
      {
        identity: first.identity,
        identity_key: spki(first.keyPair),
        long_term_key: withOne.longTermKey,
        one_time_key: withOne.oneTimeKeys[0],
      },
    ]);
    expect((await pick(first.identity)).body.one_time_key).toBeUndefined();
  });

  test('many at one time get each key exactly once', async () => {
    const chosen = [await createUser(), await createUser()];
    const uploaded = [await uploadFirst(chosen[0]!, 20), await uploadFirst(chosen[1]!, 20)];
    const identities = chosen.map(({ identity }) => identity);
    const answers = await Promise.all(
      Array.from({ length: 25 }, (_, index) => batch(index % 2 === 0 ? identities : [...identities].reverse())),
    );
    const entries = answers.flatMap(({ body }) => body as { one_time_key?: string }[]);
    const picked = entries.flatMap(({ one_time_key }) => one_time_key ?? []);
    expect(picked.sort()).toEqual(uploaded.flatMap(({ oneTimeKeys }) => oneTimeKeys).sort());
  });

  test.each([
    ['no list', undefined],
    ['null', null],
    ['an empty list', []],
    ['something that is no text', ['a', 5]],
    ['more than two hundred', Array.from({ length: 201 }, (_, index) => `user ${index}`)],
  ])('is refused for %s', async (_, identities) => {
    expectRefusal(await batch(identities), 'body/wrong-shape');
  });
});

describe('upload', () => {
  test('adds one-time keys, and replaces the long-term key, each without the other', async () => {
    const user = await createUser();
    const { oneTimeKeys } = await uploadFirst(user, 1);
    const [another] = await newKeys(1);
    expect((await upload(user, { one_time_keys: [another] })).status).toBe(200);
    const longTermKey = await signedKey(user);
    expect((await upload(user, { long_term_key: longTermKey, one_time_keys: null })).status).toBe(200);
    const picks = [await pick(user.identity), await pick(user.identity)];
    expect(picks.map(({ body }) => body.one_time_key).sort()).toEqual([...oneTimeKeys, another].sort());
    expect(picks[0]?.body.long_term_key).toEqual(longTermKey);
  });

  test('of nothing is fine when there is something', async () => {
    const user = await createUser();
    await uploadFirst(user);
    expect((await upload(user, {})).status).toBe(200);
  });

  test('again changes nothing, and does not bring back a key that was handed out', async () => {
    const user = await createUser();
    const { oneTimeKeys } = await uploadFirst(user, 2);
    const { body } = await pick(user.identity);
    for (let i = 0; i < 2; i++) expect((await upload(user, { one_time_keys: oneTimeKeys })).status).toBe(200);
    const rest = oneTimeKeys.filter((key) => key !== body.one_time_key);
    expect((await pick(user.identity)).body.one_time_key).toBe(rest[0]);
    expect((await pick(user.identity)).body.one_time_key).toBeUndefined();
  });

  test.each<KeyType>(['ED25519', 'CURVE25519_ED25519', 'SECP256R1', 'RSA_2048'])(
    'takes a long-term key signed by a card of type %s, and no other',
    async (type) => {
      const user = await createUser(type);
      await uploadFirst(user);
      const other = { ...user, keyPair: await generateKeyPair(nodeProvider, type) };
      const body = { identity_card_id: user.cardId, long_term_key: await signedKey(other) };
      expectRefusal(await upload(user, body), 'ratchet-keys/bad-signature');
    },
  );

  test('checks the Ed25519 half of a signature by a post-quantum compound', async () => {
    const identity = newIdentity();
    const { raw, publicKey, sign: signBoth } = await createCompoundCard(identity);
    expect((await world.publish(raw, identity)).status).toBe(200);
    const public_key = await newKey();
    const uploadSigned = async (signed: string) => {
      const signature = await signBoth(base64ToBytes(signed));
      return upload({ identity }, { identity_card_id: idOf(raw), long_term_key: { public_key, signature } });
    };
    expectRefusal(await uploadSigned(await newKey()), 'ratchet-keys/bad-signature');
    expect((await uploadSigned(public_key)).status).toBe(200);
    expect((await pick(identity)).body.identity_key).toBe(publicKey);
  });

  test.each([
    ['of another key', async (user: User) => ({ ...(await signedKey(user)), public_key: await newKey() })],
    ['that is none', async (user: User) => ({ ...(await signedKey(user)), signature: 'AAAA' })],
  ])('is refused with a signature %s', async (_, makeKey) => {
    const user = await createUser();
    const body = { identity_card_id: user.cardId, long_term_key: await makeKey(user) };
    expectRefusal(await upload(user, body), 'ratchet-keys/bad-signature');
    expectRefusal(await pick(user.identity), 'ratchet-keys/none');
  });

  test('is refused without a card the first time', async () => {
    const user = await createUser();
    for (const identity_card_id of [undefined, null]) {
      const body = { identity_card_id, long_term_key: await signedKey(user) };
      expectRefusal(await upload(user, body), 'ratchet-keys/no-identity-card');
    }
    expectRefusal(await upload(user, {}), 'ratchet-keys/no-identity-card');
  });

  test('is refused for one-time keys before any long-term key', async () => {
    const user = await createUser();
    const body = { identity_card_id: user.cardId, one_time_keys: await newKeys(1) };
    expectRefusal(await upload(user, body), 'ratchet-keys/no-long-term-key');
  });

  test.each(['ab'.repeat(32), 'no id at all', ''])('is refused for a card that is not there: %j', async (id) => {
    const user = await createUser();
    const body = { identity_card_id: id, long_term_key: await signedKey(user) };
    expectRefusal(await upload(user, body), 'ratchet-keys/card-unknown');
  });

  test('is refused for a card of somebody else', async () => {
    const [user, other] = [await createUser(), await createUser()];
    const body = { identity_card_id: other.cardId, long_term_key: await signedKey(other) };
    expectRefusal(await upload(user, body), 'ratchet-keys/card-not-own');
  });

  test('is refused for keys that are not base64, empty or too long', async () => {
    const user = await createUser();
    await uploadFirst(user);
    expectRefusal(await upload(user, { one_time_keys: ['AAAA', 'A'] }), 'body/not-base64');
    expectRefusal(await upload(user, { long_term_key: { public_key: 'A', signature: 'AAAA' } }), 'body/not-base64');
    expectRefusal(await upload(user, { one_time_keys: [''] }), 'body/wrong-shape');
    expectRefusal(await upload(user, { one_time_keys: ['A'.repeat(14_004)] }), 'body/wrong-shape');
    expectRefusal(await upload(user, { long_term_key: { public_key: 'AAAA' } }), 'body/wrong-shape');
  });

  test('is refused whole when there would be more one-time keys than one may have', async () => {
    const user = await createUser();
    await uploadFirst(user);
    const keys = Array.from({ length: 1000 }, () => bytesToBase64(randomBytes(44)));
    expect((await upload(user, { one_time_keys: keys })).status).toBe(200);
    const [another] = await newKeys(1);
    const refused = await upload(user, { long_term_key: await signedKey(user), one_time_keys: [another] });
    expectRefusal(refused, 'ratchet-keys/too-many');
    expect(refused.body.message).toContain('(at most 1000)');
    expect((await upload(user, { one_time_keys: keys.slice(0, 500) })).status).toBe(200);
    await pick(user.identity);
    expect((await upload(user, { one_time_keys: [another] })).status).toBe(200);
  });
});

describe('a new card', () => {
  test('with another key drops all keys of the old one', async () => {
    const old = await createUser();
    await uploadFirst(old, 2);
    const user = await createUser('ED25519', old.identity);
    const withoutKey = { identity_card_id: user.cardId, one_time_keys: await newKeys(1) };
    expectRefusal(await upload(user, withoutKey), 'ratchet-keys/no-long-term-key');
    const { longTermKey, oneTimeKeys } = await uploadFirst(user, 1);
    const { body } = await pick(user.identity);
    expect(body).toEqual({
      identity_key: spki(user.keyPair),
      long_term_key: longTermKey,
      one_time_key: oneTimeKeys[0],
    });
    expect((await pick(user.identity)).body.one_time_key).toBeUndefined();
  });

  test('with the same key keeps them', async () => {
    const user = await createUser();
    const { longTermKey, oneTimeKeys } = await uploadFirst(user, 1);
    const raw = await issueCard(nodeProvider, {
      identity: user.identity,
      privateKey: user.keyPair.privateKey,
      createdAt: 1,
    });
    await world.publish(raw, user.identity);
    expect((await upload(user, { identity_card_id: idOf(raw) })).status).toBe(200);
    const { body } = await pick(user.identity);
    expect(body).toMatchObject({ long_term_key: longTermKey, one_time_key: oneTimeKeys[0] });
  });

  test('that replaces the one of the keys does not yet take them away', async () => {
    const user = await createUser();
    await uploadFirst(user, 1);
    const { raw } = await createCard(user.identity, { previousCardId: user.cardId });
    expect((await world.publish(raw, user.identity)).status).toBe(200);
    expect((await pick(user.identity)).body.identity_key).toBe(spki(user.keyPair));
  });
});

describe('a revoked card', () => {
  test('has no keys to hand out, and takes none', async () => {
    const user = await createUser();
    await uploadFirst(user, 1);
    await call('POST', `/card/v5/actions/revoke/${user.cardId}`, user.identity);
    expectRefusal(await pick(user.identity), 'ratchet-keys/none');
    expect((await call('POST', PICK_BATCH, 'somebody', { identities: [user.identity] })).body).toEqual([]);
    for (const identity_card_id of [user.cardId, undefined]) {
      const body = { identity_card_id, long_term_key: await signedKey(user) };
      expectRefusal(await upload(user, body), 'ratchet-keys/card-revoked');
    }
  });
});

describe('validate', () => {
  test('gives back the ids of keys that are used or unknown', async () => {
    const user = await createUser();
    const { longTermKey, oneTimeKeys } = await uploadFirst(user, 3);
    const { body: picked } = await pick(user.identity);
    const unknown = keyId(await newKey());
    const { body } = await validate(user, {
      long_term_key_id: keyId(longTermKey.public_key),
      one_time_keys_ids: [...oneTimeKeys.map(keyId), unknown, 'no id'],
    });
    expect(body).toEqual({ used_one_time_keys_ids: [keyId(picked.one_time_key as string), unknown, 'no id'] });
  });

  test('takes ids over the last 32 bytes of a key, too', async () => {
    const user = await createUser();
    const { longTermKey, oneTimeKeys } = await uploadFirst(user, 3);
    const { body: picked } = await pick(user.identity);
    const { body } = await validate(user, {
      long_term_key_id: shortKeyId(longTermKey.public_key),
      one_time_keys_ids: oneTimeKeys.map(shortKeyId),
    });
    expect(body).toEqual({ used_one_time_keys_ids: [shortKeyId(picked.one_time_key as string)] });
  });

  test('calls a long-term key used that was replaced, or that never was', async () => {
    const user = await createUser();
    const { longTermKey } = await uploadFirst(user);
    const id = keyId(longTermKey.public_key);
    await upload(user, { long_term_key: await signedKey(user) });
    for (const who of [user, await createUser()]) {
      const { body } = await validate(who, { long_term_key_id: id, one_time_keys_ids: null });
      expect(body).toEqual({ used_long_term_key_id: id, used_one_time_keys_ids: [] });
    }
  });

  test('of nothing says that nothing is used', async () => {
    const user = await createUser();
    expect((await validate(user, {})).body).toEqual({ used_one_time_keys_ids: [] });
  });
});

describe('delete', () => {
  test('takes all keys away, and then says that there are none', async () => {
    const user = await createUser();
    const { oneTimeKeys } = await uploadFirst(user, 2);
    await pick(user.identity);
    const { status, body } = await call('DELETE', KEYS, user.identity);
    expect({ status, body }).toEqual({ status: 200, body: {} });
    expectRefusal(await pick(user.identity), 'ratchet-keys/none');
    expectRefusal(await call('DELETE', KEYS, user.identity), 'ratchet-keys/none');
    expect((await validate(user, { one_time_keys_ids: oneTimeKeys.map(keyId) })).body).toEqual({
      used_one_time_keys_ids: oneTimeKeys.map(keyId),
    });
  });

  test('leaves the keys of others alone', async () => {
    const [user, other] = [await createUser(), await createUser()];
    await uploadFirst(user, 1);
    await uploadFirst(other, 1);
    await call('DELETE', KEYS, user.identity);
    expect((await pick(other.identity)).body.one_time_key).toBeDefined();
  });

  test('does not make a key new that was handed out', async () => {
    const user = await createUser();
    const { oneTimeKeys } = await uploadFirst(user, 1);
    await pick(user.identity);
    await call('DELETE', KEYS, user.identity);
    await upload(user, {
      identity_card_id: user.cardId,
      long_term_key: await signedKey(user),
      one_time_keys: oneTimeKeys,
    });
    expect((await pick(user.identity)).body.one_time_key).toBeUndefined();
  });
});
