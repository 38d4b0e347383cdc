import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../encoding/bytes.ts';
import { base64ToBytes, bytesToBase64, bytesToHex } from '../encoding/text.ts';
import { isSdkError } from '../errors.ts';
import { generateKeyPair } from '../keys/generate.ts';
import type { KeyPair, KeyType } from '../keys/key.ts';
import { nobleProvider } from '../provider/noble.ts';
import { nodeProvider } from '../provider/node.ts';
import { type Card, linkCards, parseCard, type RawCard } from './card.ts';
import { issueCard, signCard } from './issue.ts';
import { checkSignature, isRotationOf, verifyCard, verifySelfSignature } from './verify.ts';

const SIGNING_TYPES: KeyType[] = ['ED25519', 'CURVE25519_ED25519', 'SECP256R1', 'RSA_2048'];
const CREATED_AT = 1_700_000_000;
const malformed = expect.objectContaining({ code: 'card/malformed' });

const pairs = new Map<KeyType, KeyPair>();
let alice: KeyPair;
let service: KeyPair;
let other: KeyPair;
let raw: RawCard;

beforeAll(async () => {
  for (const type of [...SIGNING_TYPES, 'CURVE25519'] as KeyType[])
    pairs.set(type, await generateKeyPair(nodeProvider, type));
  alice = pairs.get('ED25519')!;
  [service, other] = [await generateKeyPair(nodeProvider), await generateKeyPair(nodeProvider)];
  raw = await issueFor('alice', alice);
});

function issueFor(identity: string, { privateKey }: KeyPair, previousCardId?: string): Promise<RawCard> {
  return issueCard(nodeProvider, { identity, privateKey, createdAt: CREATED_AT, previousCardId });
}

function countersign(card: RawCard, { privateKey } = service, signer = 'virgil'): Promise<RawCard> {
  return signCard(nodeProvider, card, { signer, privateKey });
}

/** The same card with other fields in its snapshot, signatures as they were. */
function withFields(card: RawCard, change: (fields: Record<string, unknown>) => unknown): RawCard {
  const fields = JSON.parse(Buffer.from(base64ToBytes(card.content_snapshot)).toString()) as Record<string, unknown>;
  return { ...card, content_snapshot: bytesToBase64(utf8ToBytes(JSON.stringify(change(fields)))) };
}

describe('a card', () => {
  it.each(SIGNING_TYPES)('of a key of type %s is issued, read and verified', async (type) => {
    const pair = pairs.get(type)!;
    const card = parseCard(await countersign(await issueFor('alice', pair)));
    expect(card).toMatchObject({ identity: 'alice', version: '5.0', isOutdated: false, previousCardId: undefined });
    expect(card.createdAt).toEqual(new Date(CREATED_AT * 1000));
    expect(card.publicKey.exportDer()).toEqual(pair.publicKey.exportDer());
    expect(card.signatures.map(({ signer }) => signer)).toEqual(['self', 'virgil']);
    for (const provider of [nodeProvider, nobleProvider]) {
      await verifyCard(provider, card, { servicePublicKey: service.publicKey });
      await expect(verifyCard(provider, card, { servicePublicKey: other.publicKey })).rejects.toMatchObject({
        code: 'card/bad-service-signature',
      });
    }
  });

  it('cannot be issued for a key that only agrees on secrets', async () => {
    await expect(issueFor('alice', pairs.get('CURVE25519')!)).rejects.toMatchObject({ code: 'key/cannot-sign' });
  });

  it('carries extra fields that its signature covers', async () => {
    const card = await issueCard(nodeProvider, {
      identity: 'alice',
      privateKey: alice.privateKey,
      createdAt: CREATED_AT,
      extraFields: { device: 'phone' },
    });
    await verifySelfSignature(nodeProvider, parseCard(card));
    const [self] = card.signatures;
    const forged = { ...self!, snapshot: bytesToBase64(utf8ToBytes('{"device":"laptop"}')) };
    const attempt = verifySelfSignature(nodeProvider, parseCard({ ...card, signatures: [forged] }));
    await expect(attempt).rejects.toMatchObject({ code: 'card/bad-self-signature' });
  });

  it('is known by the hash of its snapshot alone', async () => {
    const signed = parseCard(await countersign(raw));
    expect(signed.id).toBe(parseCard(raw).id);
    expect(signed.id).toMatch(/^[0-9a-f]{64}$/);
    const another = withFields(raw, (fields) => ({ ...fields, created_at: CREATED_AT + 1 }));
    expect(parseCard(another).id).not.toBe(signed.id);
  });

  it('is signed once by each signer', async () => {
    const signed = await countersign(raw);
    await expect(countersign(signed)).rejects.toMatchObject({ code: 'card/malformed' });
    expect(() => parseCard({ ...signed, signatures: [...signed.signatures, signed.signatures[1]!] })).toThrow(
      malformed,
    );
  });

  it('is not believed when it lacks the signature of the service, or its own', async () => {
    const servicePublicKey = service.publicKey;
    await expect(verifyCard(nodeProvider, parseCard(raw), { servicePublicKey })).rejects.toMatchObject({
      code: 'card/missing-service-signature',
    });
    const { content_snapshot } = raw;
    const withoutSelf = parseCard(await countersign({ content_snapshot, signatures: [] }));
    await expect(verifyCard(nodeProvider, withoutSelf, { servicePublicKey })).rejects.toMatchObject({
      code: 'card/bad-self-signature',
    });
  });

  it('is not believed when its service signs what its key did not', async () => {
    const changed = withFields(raw, (fields) => ({ ...fields, identity: 'mallory' }));
    const attempt = verifyCard(nodeProvider, parseCard(await countersign(changed)), {
      servicePublicKey: service.publicKey,
    });
    await expect(attempt).rejects.toMatchObject({ code: 'card/bad-self-signature' });
  });

  it('is not believed with a signature that is none', async () => {
    for (const signature of ['', 'AAAA', bytesToBase64(new Uint8Array(83))]) {
      const card = parseCard({ ...raw, signatures: [raw.signatures[0]!, { signer: 'virgil', signature }] });
      expect(await checkSignature(nodeProvider, card, { signer: 'virgil', publicKey: service.publicKey })).toBe(
        'invalid',
      );
      await expect(verifyCard(nodeProvider, card, { servicePublicKey: service.publicKey })).rejects.toMatchObject({
        code: 'card/bad-service-signature',
      });
    }
  });

  it('whose key only agrees on secrets is not believed, whoever signs it', async () => {
    const { publicKey } = pairs.get('CURVE25519')!;
    const changed = withFields(raw, (fields) => ({ ...fields, public_key: bytesToBase64(publicKey.exportDer()) }));
    const card = parseCard(await countersign(changed));
    await expect(verifyCard(nodeProvider, card, { servicePublicKey: service.publicKey })).rejects.toMatchObject({
      code: 'card/unsupported-key',
    });
    await expect(verifySelfSignature(nodeProvider, card)).rejects.toMatchObject({ code: 'card/bad-self-signature' });
  });

  it('may leave out what clients leave out, or write null', () => {
    const card = parseCard({
      ...withFields(raw, (fields) => ({ ...fields, previous_card_id: null, card_type: null, more: [1] })),
      signatures: [{ ...raw.signatures[0]!, snapshot: null } as never],
    });
    expect(card).toMatchObject({ previousCardId: undefined, cardType: undefined });
    expect(card.signatures[0]!.snapshot).toHaveLength(0);
  });

  it('keeps what it came with', () => {
    expect(parseCard(raw).raw).toBe(raw);
    expect(bytesToBase64(parseCard(raw).snapshot)).toBe(raw.content_snapshot);
  });
});

describe('a card is refused', () => {
  it.each<[string, (fields: Record<string, unknown>) => unknown]>([
    ['without identity', ({ identity: _, ...fields }) => fields],
    ['with an empty identity', (fields) => ({ ...fields, identity: '' })],
    ['with a number as identity', (fields) => ({ ...fields, identity: 7 })],
    ['without key', ({ public_key: _, ...fields }) => fields],
    ['with a key that is none', (fields) => ({ ...fields, public_key: 'AAAA' })],
    ['with a key that is not base64', (fields) => ({ ...fields, public_key: `${String(fields.public_key)}\n` })],
    ['of another version', (fields) => ({ ...fields, version: '4.0' })],
    ['with a number as version', (fields) => ({ ...fields, version: 5 })],
    ['without a date', ({ created_at: _, ...fields }) => fields],
    ['with a date in words', (fields) => ({ ...fields, created_at: '2023-11-14' })],
    ['with a date beyond all calendars', (fields) => ({ ...fields, created_at: 1e15 })],
    ['with a previous card in upper case', (fields) => ({ ...fields, previous_card_id: 'AB'.repeat(32) })],
    ['with a previous card that is too short', (fields) => ({ ...fields, previous_card_id: 'ab' })],
    ['with a number as previous card', (fields) => ({ ...fields, previous_card_id: 7 })],
    ['with a list as snapshot', (fields) => [fields]],
    ['with null as snapshot', () => null],
    ['with a text as snapshot', () => 'alice'],
  ])('%s', (_, change) => {
    expect(() => parseCard(withFields(raw, change))).toThrow(malformed);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a text', 'card'],
    ['an empty object', {}],
    ['no signatures', { content_snapshot: 'e30=' }],
    ['a snapshot that is not base64', { content_snapshot: 'e30', signatures: [] }],
    ['a snapshot that is not JSON', { content_snapshot: 'e30', signatures: [] }],
    [
      'a snapshot that is not UTF-8',
      { content_snapshot: bytesToBase64(Uint8Array.of(0x22, 0xff, 0x22)), signatures: [] },
    ],
    ['signatures that are no list', { content_snapshot: 'e30=', signatures: { length: 0 } }],
  ])('that is or has %s', (_, value) => {
    expect(() => parseCard(value as RawCard)).toThrow(malformed);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['no signer', { signature: '' }],
    ['no signature', { signer: 'self' }],
    ['a signature in base64url', { signer: 'self', signature: '-_-_' }],
    ['a number as snapshot', { signer: 'self', signature: '', snapshot: 7 }],
  ])('with a signature that is or has %s', (_, signature) => {
    expect(() => parseCard({ ...raw, signatures: [signature as never] })).toThrow(malformed);
  });

  it('with more signatures than anybody needs', () => {
    const signatures = Array.from({ length: 101 }, (_, index) => ({ signer: `app-${index}`, signature: '' }));
    expect(parseCard({ ...raw, signatures: signatures.slice(0, 100) }).signatures).toHaveLength(100);
    expect(() => parseCard({ ...raw, signatures })).toThrow(malformed);
  });

  it('with a kind of key that nobody here uses, by a code of its own', () => {
    const ed448 = Buffer.concat([Buffer.from('3043300506032b6571033a00', 'hex'), Buffer.alloc(57, 1)]);
    const card = withFields(raw, (fields) => ({ ...fields, public_key: bytesToBase64(new Uint8Array(ed448)) }));
    expect(() => parseCard(card)).toThrow(expect.objectContaining({ code: 'card/unsupported-key' }));
  });

  it('with a code, whatever it is', () => {
    const json = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.record({
        content_snapshot: fc.oneof(
          fc.jsonValue(),
          fc.json().map((text) => bytesToBase64(utf8ToBytes(text))),
        ),
        signatures: fc.oneof(
          fc.jsonValue(),
          fc.array(fc.record({ signer: fc.jsonValue(), signature: fc.jsonValue() })),
        ),
      }),
      fc
        .dictionary(
          fc.constantFrom('identity', 'public_key', 'version', 'created_at', 'previous_card_id'),
          fc.jsonValue(),
        )
        .map((change) => withFields(raw, (fields) => ({ ...fields, ...change }))),
    );
    fc.assert(
      fc.property(json, (value) => {
        try {
          parseCard(value as unknown as RawCard);
        } catch (error) {
          expect(isSdkError(error)).toBe(true);
          expect((error as { code: string }).code).toMatch(/^card\/(malformed|unsupported-key)$/);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a chain of cards', () => {
  const cardOf = async (identity: string, createdAt: number, previous?: Card): Promise<Card> =>
    parseCard(
      await issueCard(nodeProvider, {
        identity,
        privateKey: alice.privateKey,
        createdAt,
        previousCardId: previous?.id,
      }),
    );
  const idsOf = (cards: readonly Card[]) => cards.map(({ id }) => id);
  const pastOf = (card: Card) => {
    const past: Card[] = [];
    for (let older = card.previousCard; older; older = older.previousCard) past.push(older);
    return past;
  };

  it('is linked from its newest card, whatever the order', async () => {
    const first = await cardOf('alice', 1);
    const second = await cardOf('alice', 2, first);
    const third = await cardOf('alice', 3, second);
    for (const cards of [
      [first, second, third],
      [third, second, first],
      [second, third, first],
    ]) {
      const [head, ...others] = linkCards(cards);
      expect(others).toEqual([]);
      expect(head).toMatchObject({ id: third.id, isOutdated: false });
      expect(idsOf(pastOf(head!))).toEqual([second.id, first.id]);
      expect(pastOf(head!).map(({ isOutdated }) => isOutdated)).toEqual([true, true]);
    }
    expect(first).toMatchObject({ isOutdated: false }); // what came in is as it was
    expect(third.previousCard).toBeUndefined();
  });

  it('may have two heads, with one past', async () => {
    const first = await cardOf('alice', 1);
    const [left, right] = [await cardOf('alice', 2, first), await cardOf('alice', 3, first)];
    const heads = linkCards([right, first, left]);
    expect(idsOf(heads)).toEqual([right.id, left.id]);
    expect(heads.map((head) => idsOf(pastOf(head)))).toEqual([[first.id], [first.id]]);
  });

  it('begins where the card before it is not known', async () => {
    const first = await cardOf('alice', 1);
    const second = await cardOf('alice', 2, first);
    const third = await cardOf('alice', 3, second);
    const heads = linkCards([third, first]);
    expect(idsOf(heads)).toEqual([third.id, first.id]);
    expect(heads[0]!.previousCard).toBeUndefined();
  });

  it('does not lead to the card of another identity', async () => {
    const bob = await cardOf('bob', 1);
    const thief = await cardOf('alice', 2, bob);
    const heads = linkCards([bob, thief]);
    expect(idsOf(heads)).toEqual([bob.id, thief.id]);
    expect(heads.map(({ previousCard, isOutdated }) => [previousCard, isOutdated])).toEqual([
      [undefined, false],
      [undefined, false],
    ]);
  });

  it('counts a card that comes twice once', async () => {
    const first = await cardOf('alice', 1);
    const second = await cardOf('alice', 2, first);
    expect(idsOf(linkCards([second, first, second, first]))).toEqual([second.id]);
  });

  it('may be empty', () => {
    expect(linkCards([])).toEqual([]);
  });

  it('may be 10,000 long, and have as many heads', async () => {
    const template = await cardOf('alice', 1);
    const idOf = (index: number) => bytesToHex(utf8ToBytes(String(index))).padStart(64, '0');
    const make = (index: number, previous?: number): Card => ({
      ...template,
      id: idOf(index),
      previousCardId: previous === undefined ? undefined : idOf(previous),
    });
    const chain = Array.from({ length: 10_000 }, (_, index) => make(index, index === 0 ? undefined : index - 1));
    const [head] = linkCards(chain);
    expect(pastOf(head!)).toHaveLength(9_999);
    // Each would have a copy of the past of its own, were it not shared: a hundred million objects.
    const heads = linkCards([...chain, ...Array.from({ length: 10_000 }, (_, index) => make(20_000 + index, 9_999))]);
    expect(heads).toHaveLength(10_000);
    expect(pastOf(heads[0]!)).toHaveLength(10_000);
    expect(heads[1]!.previousCard).toBe(heads[0]!.previousCard);
  });
});

describe('a card that replaces another', () => {
  it('is a rotation with a signature by the key before it, and else a replacement', async () => {
    const previous = parseCard(raw);
    const issued = await issueFor('alice', other, previous.id);
    const rotated = parseCard(await countersign(issued, alice, 'sotto-previous'));
    expect(await isRotationOf(nodeProvider, rotated, previous)).toBe(true);
    expect(await isRotationOf(nobleProvider, rotated, previous)).toBe(true);
    expect(await isRotationOf(nodeProvider, parseCard(issued), previous)).toBe(false);
    const bySelf = parseCard(await countersign(issued, other, 'sotto-previous'));
    expect(await isRotationOf(nodeProvider, bySelf, previous)).toBe(false);
    const byName = parseCard(await countersign(issued, alice, 'sotto'));
    expect(await isRotationOf(nodeProvider, byName, previous)).toBe(false);
  });

  it('is no rotation of a card that it does not name, or of another identity', async () => {
    const previous = parseCard(raw);
    const unlinked = parseCard(await countersign(await issueFor('alice', other), alice, 'sotto-previous'));
    expect(await isRotationOf(nodeProvider, unlinked, previous)).toBe(false);
    const renamed = parseCard(await countersign(await issueFor('bob', other, previous.id), alice, 'sotto-previous'));
    expect(await isRotationOf(nodeProvider, renamed, previous)).toBe(false);
  });
});
