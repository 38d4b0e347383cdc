import {
  base64ToBytes,
  bytesToBase64,
  checkSignature,
  concatBytes,
  generateKeyPair,
  importPublicKey,
  parseCard,
  signCard,
  utf8ToBytes,
  verifyCard,
  type KeyPair,
  type KeyType,
  type RawCard,
} from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAppKey, createApplication } from '../domain/applications.ts';
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

const SUPERSEDED = 'X-Virgil-Is-Superseeded';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

let users = 0;

/** An identity that no other test uses. */
function newIdentity(): string {
  return `user-${++users}`;
}

async function publishNew(identity: string, options: { previousCardId?: string } = {}): Promise<RawCard> {
  const { raw } = await createCard(identity, options);
  const answer = await world.publish(raw, identity);
  expect(answer.status).toBe(200);
  return answer.body as RawCard;
}

/** Three cards of one identity, each replacing the one before it; their ids, oldest first. */
async function publishChain(identity: string): Promise<[string, string, string]> {
  const first = idOf(await publishNew(identity));
  const second = idOf(await publishNew(identity, { previousCardId: first }));
  const third = idOf(await publishNew(identity, { previousCardId: second }));
  return [first, second, third];
}

async function post(path: string, body: unknown, identity = 'somebody'): Promise<Answer> {
  return world.call({ method: 'POST', path, token: await world.token({ identity }), body });
}

async function get(id: string, identity = 'somebody'): Promise<Answer> {
  return world.call({ path: `/card/v5/${id}`, token: await world.token({ identity }) });
}

async function revoke(id: string, identity: string): Promise<Answer> {
  return post(`/card/v5/actions/revoke/${id}`, undefined, identity);
}

async function searchIds(identities: readonly string[], cardTypes?: readonly string[]): Promise<string[]> {
  const { status, body } = await post('/card/v5/actions/search', { identities, card_types: cardTypes });
  expect(status).toBe(200);
  return (body as RawCard[]).map(idOf);
}

async function outdated(cardIds: readonly string[]): Promise<string[]> {
  const { status, body } = await post('/card/v5/actions/outdated', { card_ids: cardIds });
  expect(status).toBe(200);
  return body as string[];
}

/** A card over a snapshot of the test's own making, properly signed. */
async function signedSnapshot(snapshot: string | Uint8Array, keyPair?: KeyPair): Promise<RawCard> {
  const { privateKey } = keyPair ?? (await generateKeyPair(nodeProvider));
  const bytes = typeof snapshot === 'string' ? utf8ToBytes(snapshot) : snapshot;
  return signCard(
    nodeProvider,
    { content_snapshot: bytesToBase64(bytes), signatures: [] },
    { signer: 'self', privateKey },
  );
}

async function cardWithContent(content: Record<string, unknown>, type: KeyType = 'ED25519'): Promise<RawCard> {
  const keyPair = await generateKeyPair(nodeProvider, type);
  const snapshot = { public_key: spki(keyPair), version: '5.0', created_at: 1_700_000_000, ...content };
  return signedSnapshot(JSON.stringify(snapshot), keyPair);
}

describe('publish', () => {
  test('answers with the card as it was sent and the signature of the service', async () => {
    const identity = newIdentity();
    const { raw } = await createCard(identity);
    const answer = await world.publish(raw, identity);
    expect(answer.status).toBe(200);
    expect(answer.body.content_snapshot).toBe(raw.content_snapshot);
    expect(answer.body.signatures.slice(0, -1)).toEqual(raw.signatures);
    const servicePublicKey = importPublicKey(base64ToBytes(world.service.servicePublicKey));
    await expect(verifyCard(nodeProvider, parseCard(answer.body), { servicePublicKey })).resolves.toBeUndefined();
  });

  test('keeps the bytes of a snapshot whatever their order and spacing', async () => {
    const identity = newIdentity();
    const keyPair = await generateKeyPair(nodeProvider);
    const snapshot = `{ "version" : "5.0",\n  "created_at": 1700000000, "public_key":"${spki(keyPair)}", "other": {"a": [1]},
      "identity": "${identity}" }`;
    const raw = await signedSnapshot(snapshot, keyPair);
    expect((await world.publish(raw, identity)).status).toBe(200);
    const { body } = await get(idOf(raw));
    expect(body.content_snapshot).toBe(raw.content_snapshot);
  });

  test('stores the signatures of others as they come, with their snapshots', async () => {
    const identity = newIdentity();
    const { raw, keyPair } = await createCard(identity);
    const extraFields = { device: 'phone' };
    const signed = await signCard(nodeProvider, raw, {
      signer: 'backend',
      privateKey: keyPair.privateKey,
      extraFields,
    });
    const foreign = { signer: 'auditor', signature: bytesToBase64(utf8ToBytes('nothing the service could check')) };
    const sent = { ...signed, signatures: [...signed.signatures, foreign] };
    expect((await world.publish(sent, identity)).status).toBe(200);
    const { body } = await get(idOf(raw));
    expect(body.signatures.slice(0, -1)).toEqual(sent.signatures);
  });

  test('checks the self signature over its own snapshot too, and sends that back', async () => {
    const identity = newIdentity();
    const { raw, keyPair } = await createCard(identity);
    const unsigned = { ...raw, signatures: [] };
    const signed = await signCard(nodeProvider, unsigned, {
      signer: 'self',
      privateKey: keyPair.privateKey,
      extraFields: { device: 'phone' },
    });
    const answer = await world.publish(signed, identity);
    expect(answer.body.signatures[0]).toEqual(signed.signatures[0]);
  });

  test('keeps a snapshot with members that it does not know, however deep', async () => {
    const identity = newIdentity();
    const keyPair = await generateKeyPair(nodeProvider);
    const known = JSON.stringify({ identity, public_key: spki(keyPair), version: '5.0', created_at: 1_700_000_000 });
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const raw = await signedSnapshot(`${known.slice(0, -1)},"other":${deep}}`, keyPair);
    expect((await world.publish(raw, identity)).status).toBe(200);
    expect((await get(idOf(raw))).body.content_snapshot).toBe(raw.content_snapshot);
  });

  test('takes null for absent members, as Swift sends them', async () => {
    const identity = newIdentity();
    const raw = await cardWithContent({ identity, previous_card_id: null, card_type: null });
    const sent = { ...raw, signatures: raw.signatures.map((signature) => ({ ...signature, snapshot: null })) };
    const { status, body } = await post('/card/v5', sent, identity);
    expect(status).toBe(200);
    expect(body.signatures[0]).toEqual(raw.signatures[0]);
  });

  test('takes every key that can sign', async () => {
    for (const type of ['ED25519', 'CURVE25519_ED25519', 'SECP256R1', 'RSA_2048'] as const) {
      const identity = newIdentity();
      const raw = await cardWithContent({ identity }, type);
      expect((await world.publish(raw, identity)).status, type).toBe(200);
    }
  });

  test('takes the clock of a phone as it is', async () => {
    for (const created_at of [0, 1_700_000_000, 4_000_000_000]) {
      const identity = newIdentity();
      expect((await world.publish(await cardWithContent({ identity, created_at }), identity)).status).toBe(200);
    }
  });

  test('allows several current cards of one identity', async () => {
    const identity = newIdentity();
    const ids = [idOf(await publishNew(identity)), idOf(await publishNew(identity))];
    expect((await searchIds([identity])).sort()).toEqual(ids.sort());
    expect(await outdated(ids)).toEqual([]);
  });

  test('takes identities in any script, to the byte', async () => {
    const identity = `grüße-👋-${newIdentity()}`;
    const composed = `é-${newIdentity()}`;
    const decomposed = composed.replace('é', 'e\u0301');
    for (const name of [identity, composed, decomposed]) expect(await publishNew(name)).toBeDefined();
    expect(await searchIds([composed])).toHaveLength(1);
    expect(await searchIds([identity.toUpperCase()])).toEqual([]);
  });

  describe('refuses', () => {
    test('a card of another identity than the token', async () => {
      const { raw } = await createCard(newIdentity());
      expectRefusal(await world.publish(raw, newIdentity()), 'card/identity-mismatch');
    });

    test('a card without a self signature', async () => {
      const identity = newIdentity();
      const { raw } = await createCard(identity);
      expectRefusal(await world.publish({ ...raw, signatures: [] }, identity), 'card/missing-self-signature');
    });

    test('a self signature by another key', async () => {
      const identity = newIdentity();
      const { raw } = await createCard(identity);
      const { privateKey } = await generateKeyPair(nodeProvider);
      const forged = await signCard(nodeProvider, { ...raw, signatures: [] }, { signer: 'self', privateKey });
      expectRefusal(await world.publish(forged, identity), 'card/bad-self-signature');
    });

    test('a self signature over other bytes', async () => {
      const identity = newIdentity();
      const { raw } = await createCard(identity);
      const { raw: other } = await createCard(identity);
      const swapped = { content_snapshot: raw.content_snapshot, signatures: other.signatures };
      expectRefusal(await world.publish(swapped, identity), 'card/bad-self-signature');
    });

    test('a self signature that is no signature', async () => {
      const identity = newIdentity();
      const { raw } = await createCard(identity);
      const broken = { ...raw, signatures: [{ signer: 'self', signature: bytesToBase64(new Uint8Array(83)) }] };
      expectRefusal(await world.publish(broken, identity), 'card/bad-self-signature');
    });

    test('a signature in the name of the service', async () => {
      const identity = newIdentity();
      const { raw, keyPair } = await createCard(identity);
      const signed = await signCard(nodeProvider, raw, { signer: 'virgil', privateKey: keyPair.privateKey });
      expectRefusal(await world.publish(signed, identity), 'card/reserved-signer');
    });

    test('two signatures of one signer', async () => {
      const identity = newIdentity();
      const { raw } = await createCard(identity);
      const doubled = { ...raw, signatures: [...raw.signatures, ...raw.signatures] };
      expectRefusal(await world.publish(doubled, identity), 'card/duplicate-signer');
    });

    test('a key that only encrypts, whatever the signature', async () => {
      const identity = newIdentity();
      const [{ publicKey }, { privateKey }] = await Promise.all([
        generateKeyPair(nodeProvider, 'CURVE25519'),
        generateKeyPair(nodeProvider),
      ]);
      const content = { identity, public_key: bytesToBase64(publicKey.exportDer()), version: '5.0', created_at: 1 };
      const raw = await signedSnapshot(JSON.stringify(content), { privateKey, publicKey: privateKey.publicKey });
      expectRefusal(await world.publish(raw, identity), 'card/cannot-sign');
    });

    test.each([
      ['a snapshot that is no base64', { content_snapshot: '%%%' }],
      ['a snapshot without padding', { content_snapshot: 'e30' }],
      ['an empty snapshot', { content_snapshot: '' }],
      ['a snapshot that is an array', { content_snapshot: bytesToBase64(utf8ToBytes('[]')) }],
      ['a snapshot that is null', { content_snapshot: bytesToBase64(utf8ToBytes('null')) }],
      ['a snapshot that is no JSON', { content_snapshot: bytesToBase64(utf8ToBytes('{')) }],
    ])('%s', async (_, change) => {
      const identity = newIdentity();
      const { raw } = await createCard(identity);
      expectRefusal(await world.publish({ ...raw, ...change }, identity), 'card/malformed');
    });

    test('a snapshot that is no UTF-8', async () => {
      const identity = newIdentity();
      const { keyPair } = await createCard(identity);
      const text = JSON.stringify({ identity: '#', public_key: spki(keyPair), version: '5.0', created_at: 1 });
      const cut = text.indexOf('#');
      const bytes = concatBytes(utf8ToBytes(text.slice(0, cut)), Uint8Array.of(0xe9), utf8ToBytes(text.slice(cut + 1)));
      expectRefusal(await world.publish(await signedSnapshot(bytes, keyPair), identity), 'card/malformed');
    });

    test.each([
      ['version 4', { version: '4.0' }],
      ['no version', { version: undefined }],
      ['a number for an identity', { identity: 5 }],
      ['no key', { public_key: undefined }],
      ['a key that cannot be read', { public_key: 'AAAA' }],
      ['a date in words', { created_at: 'yesterday' }],
      ['a previous id that is none', { previous_card_id: 'abc' }],
      ['a number for a type', { card_type: 5 }],
    ])('a snapshot with %s', async (_, change) => {
      const identity = newIdentity();
      expectRefusal(await world.publish(await cardWithContent({ identity, ...change }), identity), 'card/malformed');
    });

    test.each([
      ['a zero byte', 'a\0b'],
      ['half a character', 'a\ud800b'],
      ['more than 2048 bytes', 'ü'.repeat(1025)],
    ])('an identity with %s, also when the token has the same', async (_, identity) => {
      expectRefusal(await world.publish(await cardWithContent({ identity }), identity), 'card/wrong-identity');
    });

    test('a key of no kind that is known', async () => {
      const identity = newIdentity();
      // Ed448 (RFC 8410), 57 bytes of key.
      const der = concatBytes(base64ToBytes('MEMwBQYDK2VxAzoA'), new Uint8Array(57));
      const raw = await cardWithContent({ identity, public_key: bytesToBase64(der) });
      expectRefusal(await world.publish(raw, identity), 'card/unsupported-key');
    });

    test.each([
      ['signatures that are none', { content_snapshot: 'e30=', signatures: 'self' }],
      ['no signatures', { content_snapshot: 'e30=' }],
      ['a signature that is a number', { content_snapshot: 'e30=', signatures: [5] }],
      ['more signatures than can be', { content_snapshot: 'e30=', signatures: manySignatures(101) }],
      ['no snapshot', { signatures: [] }],
    ])('%s', async (_, body) => {
      expectRefusal(await post('/card/v5', body), 'body/wrong-shape');
    });
  });

  test('again refuses the same card, with a code of its own, and changes nothing', async () => {
    const identity = newIdentity();
    const { raw } = await createCard(identity);
    await world.publish(raw, identity);
    expectRefusal(await world.publish(raw, identity), 'card/id-taken');
    expect(await searchIds([identity])).toEqual([idOf(raw)]);
    expect((await get(idOf(raw))).headers.get(SUPERSEDED)).toBeNull();
  });

  test('again refuses a replacement by the id that is taken, not by the card it replaced itself', async () => {
    const identity = newIdentity();
    const previousCardId = idOf(await publishNew(identity));
    const { raw } = await createCard(identity, { previousCardId });
    await world.publish(raw, identity);
    expectRefusal(await world.publish(raw, identity), 'card/id-taken');
  });

  test('keeps an id taken when its card is revoked', async () => {
    const identity = newIdentity();
    const { raw } = await createCard(identity);
    await world.publish(raw, identity);
    await revoke(idOf(raw), identity);
    expectRefusal(await world.publish(raw, identity), 'card/id-taken');
  });
});

describe('replacing a card', () => {
  test('marks the one before as superseded and the new one not', async () => {
    const identity = newIdentity();
    const [first, second, third] = await publishChain(identity);
    expect((await get(first)).headers.get(SUPERSEDED)).toBe('true');
    expect((await get(second)).headers.get(SUPERSEDED)).toBe('true');
    expect((await get(third)).headers.get(SUPERSEDED)).toBeNull();
  });

  test('is refused for a card that does not exist', async () => {
    const identity = newIdentity();
    const { raw } = await createCard(identity, { previousCardId: 'ab'.repeat(32) });
    expectRefusal(await world.publish(raw, identity), 'card/previous-unknown');
  });

  test('is refused for a card of another identity', async () => {
    const identity = newIdentity();
    const previousCardId = idOf(await publishNew(newIdentity()));
    const { raw } = await createCard(identity, { previousCardId });
    expectRefusal(await world.publish(raw, identity), 'card/previous-not-own');
  });

  test('is refused for a card that was replaced', async () => {
    const identity = newIdentity();
    const [first] = await publishChain(identity);
    const { raw } = await createCard(identity, { previousCardId: first });
    expectRefusal(await world.publish(raw, identity), 'card/previous-replaced');
    expect(await searchIds([identity])).not.toContain(idOf(raw));
  });

  test('is refused for a card that was revoked', async () => {
    const identity = newIdentity();
    const previousCardId = idOf(await publishNew(identity));
    await revoke(previousCardId, identity);
    const { raw } = await createCard(identity, { previousCardId });
    expectRefusal(await world.publish(raw, identity), 'card/previous-revoked');
  });

  test('by many at one time is won by exactly one', async () => {
    const identity = newIdentity();
    const previousCardId = idOf(await publishNew(identity));
    const rivals = await Promise.all(Array.from({ length: 20 }, () => createCard(identity, { previousCardId })));
    const answers = await Promise.all(rivals.map(({ raw }) => world.publish(raw, identity)));
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    for (const answer of answers) if (answer !== winners[0]) expectRefusal(answer, 'card/previous-replaced');
    expect((await searchIds([identity])).sort()).toEqual([previousCardId, idOf(winners[0]?.body as RawCard)].sort());
  });

  test('and revoking it at one time end as if one had come after the other', async () => {
    const identity = newIdentity();
    const previousCardId = idOf(await publishNew(identity));
    const { raw } = await createCard(identity, { previousCardId });
    const [published, revoked] = await Promise.all([world.publish(raw, identity), revoke(previousCardId, identity)]);
    expect(revoked.status).toBe(200);
    if (published.status !== 200) expectRefusal(published, 'card/previous-revoked');
    expect(await searchIds([identity])).toEqual([]);
  });
});

describe('get', () => {
  test('gives any user of the application the card with the signature of the service', async () => {
    const published = await publishNew(newIdentity());
    const answer = await get(idOf(published), newIdentity());
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(published);
  });

  test.each(['ab'.repeat(32), 'abc', 'actions', '%00', '%zz', `${'ab'.repeat(32)}%00`, 'AB'.repeat(32)])(
    'knows no card %s',
    async (id) => {
      expectRefusal(await get(id), 'entity/unknown');
    },
  );
});

describe('search', () => {
  test('finds superseded cards too, so that clients can chain them', async () => {
    const identity = newIdentity();
    const ids = await publishChain(identity);
    expect((await searchIds([identity])).sort()).toEqual([...ids].sort());
  });

  test('finds the cards of many identities, each once however often its name is given', async () => {
    const identities = [newIdentity(), newIdentity(), newIdentity()];
    const ids = [];
    for (const identity of identities) ids.push(idOf(await publishNew(identity)));
    expect((await searchIds([...identities, ...identities])).sort()).toEqual(ids.sort());
  });

  test('finds nothing for a stranger', async () => {
    expect(await searchIds([newIdentity()])).toEqual([]);
  });

  test('takes a thousand identities', async () => {
    const identity = newIdentity();
    const id = idOf(await publishNew(identity));
    expect(await searchIds([...Array.from({ length: 999 }, (_, index) => `nobody-${index}`), identity])).toEqual([id]);
  });

  test('narrows by type where types are given, and leaves out cards without one', async () => {
    const identity = newIdentity();
    const plain = idOf(await publishNew(identity));
    const phone = await cardWithContent({ identity, card_type: 'phone' });
    await world.publish(phone, identity);
    expect(await searchIds([identity], ['phone'])).toEqual([idOf(phone)]);
    expect(await searchIds([identity], ['tablet'])).toEqual([]);
    expect((await searchIds([identity], [])).sort()).toEqual([plain, idOf(phone)].sort());
    expect(await searchIds([identity])).toHaveLength(2);
  });

  test.each([
    ['no identities', {}],
    ['an empty list', { identities: [] }],
    ['a number in the list', { identities: ['alice', 5] }],
    ['null in the list', { identities: [null] }],
    ['a text for a list', { identities: 'alice' }],
    ['null for a list', { identities: null }],
    ['a thousand and one identities', { identities: new Array(1001).fill('alice') }],
    ['a zero byte', { identities: ['a\0b'] }],
    ['half a character', { identities: ['a\ud800'] }],
    ['a type that is a number', { identities: ['alice'], card_types: [5] }],
  ])('refuses %s', async (_, body) => {
    expectRefusal(await post('/card/v5/actions/search', body), 'body/wrong-shape');
  });
});

describe('outdated', () => {
  test('names those that were replaced or revoked, and no unknown ones', async () => {
    const [first, second, third] = await publishChain(newIdentity());
    const identity = newIdentity();
    const revoked = idOf(await publishNew(identity));
    await revoke(revoked, identity);
    const answer = await outdated([third, first, second, revoked, 'ab'.repeat(32), 'no id']);
    expect(answer.sort()).toEqual([first, second, revoked].sort());
  });

  test('names nothing for nothing', async () => {
    expect(await outdated([])).toEqual([]);
  });

  test('takes a thousand ids and no more', async () => {
    expect(await outdated(new Array<string>(1000).fill('ab'.repeat(32)))).toEqual([]);
    const body = { card_ids: new Array<string>(1001).fill('ab'.repeat(32)) };
    expectRefusal(await post('/card/v5/actions/outdated', body), 'body/wrong-shape');
  });

  test.each([{}, { card_ids: null }, { card_ids: 'abc' }, { card_ids: [5] }])('refuses %j', async (body) => {
    expectRefusal(await post('/card/v5/actions/outdated', body), 'body/wrong-shape');
  });
});

describe('revoke', () => {
  test.each([0, 1, 2])('takes the whole chain out of search when its card %i is named', async (index) => {
    const identity = newIdentity();
    const ids = await publishChain(identity);
    expect((await revoke(ids[index] ?? '', identity)).status).toBe(200);
    expect(await searchIds([identity])).toEqual([]);
    expect((await outdated(ids)).sort()).toEqual([...ids].sort());
  });

  test('leaves other chains of the identity alone', async () => {
    const identity = newIdentity();
    const [, , revoked] = await publishChain(identity);
    const other = idOf(await publishNew(identity));
    await revoke(revoked, identity);
    expect(await searchIds([identity])).toEqual([other]);
  });

  test('leaves the card to be got, as superseded', async () => {
    const identity = newIdentity();
    const published = await publishNew(identity);
    await revoke(idOf(published), identity);
    const answer = await get(idOf(published));
    expect(answer).toMatchObject({ status: 200, body: published });
    expect(answer.headers.get(SUPERSEDED)).toBe('true');
  });

  test('does not send the superseded header, ever', async () => {
    const identity = newIdentity();
    const [first] = await publishChain(identity);
    for (let round = 0; round < 2; round++) {
      const answer = await revoke(first, identity);
      expect(answer.status).toBe(200);
      expect(answer.headers.get(SUPERSEDED)).toBeNull();
    }
  });

  test('again is fine, since clients repeat a request whose answer was lost', async () => {
    const identity = newIdentity();
    const id = idOf(await publishNew(identity));
    expect((await revoke(id, identity)).status).toBe(200);
    expect((await revoke(id, identity)).status).toBe(200);
  });

  test.each([
    ['no body', undefined],
    ['an empty object', '{}'],
    ['an empty text', ''],
    ['anything else', 'not json'],
  ])('takes %s', async (_, body) => {
    const identity = newIdentity();
    const id = idOf(await publishNew(identity));
    expect((await post(`/card/v5/actions/revoke/${id}`, body, identity)).status).toBe(200);
  });

  test('is refused to anybody but the owner', async () => {
    const identity = newIdentity();
    const id = idOf(await publishNew(identity));
    expectRefusal(await revoke(id, newIdentity()), 'card/not-owner');
    expect(await searchIds([identity])).toEqual([id]);
  });

  test.each(['ab'.repeat(32), 'abc'])('knows no card %s', async (id) => {
    expectRefusal(await revoke(id, newIdentity()), 'entity/unknown');
  });
});

test('what is stored under one application does not exist for another', async () => {
  const identity = newIdentity();
  const { raw } = await createCard(identity);
  await world.publish(raw, identity);
  const { store } = world.service;
  const { appId } = await createApplication(store, { name: 'another' });
  const appKey = await generateKeyPair(nodeProvider);
  const { appKeyId } = await createAppKey(store, { appId, name: 'key', publicKey: spki(appKey) });
  const token = await world.token({ identity, appId, appKeyId, appKey });
  const call = (path: string, body: unknown) => world.call({ method: 'POST', path, token, body });

  expectRefusal(await world.call({ path: `/card/v5/${idOf(raw)}`, token }), 'entity/unknown');
  expectRefusal(await call(`/card/v5/actions/revoke/${idOf(raw)}`, {}), 'entity/unknown');
  expect((await call('/card/v5/actions/search', { identities: [identity] })).body).toEqual([]);
  expect((await call('/card/v5/actions/outdated', { card_ids: [idOf(raw)] })).body).toEqual([]);
  const { raw: replacement } = await createCard(identity, { previousCardId: idOf(raw) });
  expectRefusal(await call('/card/v5', replacement), 'card/previous-unknown');
  expect((await call('/card/v5', raw)).status).toBe(200);
  expect(await searchIds([identity])).toEqual([idOf(raw)]);
});

test('the signature of the service is over the snapshot alone', async () => {
  const published = await publishNew(newIdentity());
  expect(published.signatures.at(-1)).toEqual({ signer: 'virgil', signature: expect.any(String) });
  const publicKey = importPublicKey(base64ToBytes(world.service.servicePublicKey));
  const outcome = await checkSignature(nodeProvider, parseCard(published), { signer: 'virgil', publicKey });
  expect(outcome).toBe('valid');
});

describe('a post-quantum compound of an official client', () => {
  test('is taken when the Ed25519 half of its signature is right, and given back', async () => {
    const identity = newIdentity();
    const { raw } = await createCompoundCard(identity);
    expect((await world.publish(raw, identity)).status).toBe(200);
    expect((await get(idOf(raw))).body.content_snapshot).toBe(raw.content_snapshot);
  });

  test('is refused when that half is wrong', async () => {
    const identity = newIdentity();
    const { raw } = await createCompoundCard(identity, { signedText: 'something else' });
    expectRefusal(await world.publish(raw, identity), 'card/bad-self-signature');
  });
});

function manySignatures(count: number): unknown[] {
  return Array.from({ length: count }, (_, index) => ({ signer: `signer-${index}`, signature: 'AAAA' }));
}
