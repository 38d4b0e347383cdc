import { readFileSync } from 'node:fs';
import { parseCard, utf8ToBytes } from '@sotto/core';
import type { EThree, KeyChange } from '@sotto/e3kit';
import { startWorld, type World } from '@sotto/testing';
import type { CardManager } from 'virgil-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hex, official, officialSdk, POST_QUANTUM_TYPE, SIGNING_KEY_TYPES } from './official.ts';
import {
  cardCrypto,
  createCardManager,
  createSdkApplication,
  createVerifier,
  publicKeyOf,
  type SdkApplication,
} from './sdk-user.ts';

let world: World;
let app: SdkApplication;
let reader: EThree;

beforeAll(async () => {
  world = await startWorld();
  app = createSdkApplication(world);
  reader = await world.createClient('reader');
  await reader.register();
});

afterAll(async () => {
  await world.close();
});

/** An official user with a published card. */
async function publish(identity: string, type: string = 'ED25519') {
  const cards = createCardManager(app, identity);
  const pair = official.generateKeys(type as never);
  const card = await cards.publishCard({ identity, ...pair });
  return { cards, pair, card };
}

describe('cards of the official SDK', () => {
  it('are published, found and fetched, and bear the signature of our service', async () => {
    const { cards, pair, card } = await publish('sdk alice');
    expect(card.signatures.map(({ signer }) => signer)).toEqual(['self', 'virgil']);

    const [found, ...others] = await cards.searchCards('sdk alice');
    const fetched = await cards.getCard(card.id);

    expect(others).toEqual([]);
    for (const seen of [found!, fetched]) {
      expect(seen).toMatchObject({ id: card.id, identity: 'sdk alice', isOutdated: false, version: '5.0' });
      expect(seen.contentSnapshot).toBe(card.contentSnapshot);
      expect(hex(publicKeyOf(seen))).toBe(hex(official.exportPublicKey(pair.publicKey)));
    }
  });

  it('are refused by an SDK that expects another service key', async () => {
    await publish('sdk bob');
    const { publicKey } = official.generateKeys();
    const cardVerifier = createVerifier(official.exportPublicKey(publicKey).toString('base64'));
    const cards = createCardManager(app, 'sdk bob', { cardVerifier });
    await expect(cards.searchCards('sdk bob')).rejects.toMatchObject({ name: 'CardVerificationError' });
  });

  it.each(SIGNING_KEY_TYPES)(
    'are found and verified by our client, which trades messages with them: %s',
    async (type) => {
      const identity = `sdk user ${type}`;
      const { cards, pair, card } = await publish(identity, type);

      const found = await reader.findUsers(identity);
      expect(found).toMatchObject({ id: card.id, identity, isOutdated: false, createdAt: card.createdAt });
      expect(found.publicKey.type).toBe(type);

      const readerKey = (await cards.searchCards('reader'))[0]!.publicKey as never;
      const message = await reader.authEncrypt(utf8ToBytes('to the SDK'), found);
      expect(official.decryptAndVerify(message, pair.privateKey, readerKey).toString()).toBe('to the SDK');
      const answer = official.signAndEncrypt('from the SDK', pair.privateKey, readerKey, true);
      expect(await reader.authDecrypt(answer.toString('base64'), found)).toBe('from the SDK');
    },
  );

  it('with a post-quantum key are published and verified by the SDK, and refused by our client by a code of their own', async () => {
    const { cards, card } = await publish('sdk post-quantum', POST_QUANTUM_TYPE);
    expect((await cards.searchCards('sdk post-quantum')).map(({ id }) => id)).toEqual([card.id]);
    for (const find of [
      reader.findUsers('sdk post-quantum'),
      reader.lookupPublicKeys(['sdk post-quantum']),
      reader.cardManager.getCard(card.id),
    ]) {
      await expect(find).rejects.toMatchObject({ code: 'card/unsupported-key' });
    }
  });

  it('with a post-quantum key are as the one that other tests read from a file', () => {
    const file = new URL('../../vectors/formats/post-quantum-card.json', import.meta.url);
    const saved = JSON.parse(readFileSync(file, 'utf8')) as { identity: string; cardId: string; card: never };
    const card = createCardManager(app, 'sdk alice', {
      cardVerifier: new officialSdk.VirgilCardVerifier(cardCrypto, { verifyVirgilSignature: false }),
    }).importCardFromJson(saved.card);
    expect(card).toMatchObject({ id: saved.cardId, identity: saved.identity });
    expect(parseCard(saved.card)).toMatchObject({ id: saved.cardId, identity: saved.identity });
  });

  it('keep fields and signatures that the application adds', async () => {
    const backend = official.generateKeys();
    const signer = new officialSdk.ModelSigner(cardCrypto);
    const cards = createCardManager(app, 'sdk carol', {
      signCallback: (model) => {
        signer.sign({ model, signer: 'my-backend', signerPrivateKey: backend.privateKey, extraFields: { desk: '7' } });
        return model;
      },
    });
    const pair = official.generateKeys();

    await cards.publishCard({ identity: 'sdk carol', ...pair, extraFields: { team: 'blue' } });

    const [found] = await cards.searchCards('sdk carol');
    expect(found!.signatures.map(({ signer: name, extraFields }) => [name, extraFields])).toEqual([
      ['self', { team: 'blue' }],
      ['my-backend', { desk: '7' }],
      ['virgil', {}],
    ]);
    const seen = await reader.findUsers('sdk carol');
    expect(seen.signatures.map(({ signer: name, snapshot }) => [name, Buffer.from(snapshot).toString()])).toEqual([
      ['self', '{"team":"blue"}'],
      ['my-backend', '{"desk":"7"}'],
      ['virgil', ''],
    ]);
  });

  it('are found for a hundred identities at once, each once, and none for strangers', async () => {
    const cards = createCardManager(app, 'sdk alice');
    const identities = Array.from({ length: 100 }, (_, index) => (index < 3 ? `sdk many ${index}` : `nobody ${index}`));
    for (const identity of identities.slice(0, 3)) await publish(identity);
    const found = await cards.searchCards(identities);
    expect(found.map(({ identity }) => identity).sort()).toEqual(identities.slice(0, 3));
    expect(await cards.searchCards('nobody')).toEqual([]);
  });

  it('travel as text to our client and back', async () => {
    const { cards, card } = await publish('sdk dave');
    const imported = await reader.cardManager.importCardFromString(cards.exportCardAsString(card));
    expect(imported).toMatchObject({ id: card.id, identity: 'sdk dave' });
    const back = cards.importCardFromString(reader.cardManager.exportCardAsString(imported));
    expect(back).toMatchObject({ id: card.id, identity: 'sdk dave', contentSnapshot: card.contentSnapshot });
    const parsed = cards.importCardFromJson(reader.cardManager.exportCardAsJson(imported) as never);
    expect(createVerifier(world.service.servicePublicKey).verifyCard(parsed)).toBe(true);
  });
});

describe('cards of our client', () => {
  it('are found and verified by the official SDK', async () => {
    const ours = await reader.findUsers('reader');
    const cards = createCardManager(app, 'sdk erin');
    const [found, ...others] = await cards.searchCards('reader');
    const fetched = await cards.getCard(ours.id);
    expect(others).toEqual([]);
    for (const seen of [found!, fetched]) {
      expect(seen).toMatchObject({ id: ours.id, identity: 'reader', isOutdated: false, createdAt: ours.createdAt });
      expect(hex(publicKeyOf(seen))).toBe(hex(ours.publicKey.exportDer()));
      expect(Math.abs(seen.createdAt.getTime() - Date.now())).toBeLessThan(10 * 60 * 1000);
    }
  });

  it.each(SIGNING_KEY_TYPES)('are verified by the official SDK whatever their key: %s', async (type) => {
    const client = await world.createClient(`ours ${type}`, { keyPairType: type });
    await client.register();
    const [found] = await createCardManager(app, 'sdk erin').searchCards(`ours ${type}`);
    const own = await client.findUsers(client.identity);
    expect(hex(publicKeyOf(found!))).toBe(hex(own.publicKey.exportDer()));
  });
});

describe('cards that replace others', () => {
  it('are linked by the SDK and by our client alike, and the replaced ones are marked', async () => {
    const changes: KeyChange[] = [];
    const watcher = await world.createClient('watcher', { onKeyChanged: (change) => changes.push(change) });
    await watcher.register();
    const { cards, card: first } = await publish('sdk frank');
    const before = await watcher.findUsers('sdk frank');
    const keys = official.generateKeys();
    const second = await cards.publishCard({ identity: 'sdk frank', ...keys, previousCardId: first.id });
    const third = await cards.publishCard({
      identity: 'sdk frank',
      ...official.generateKeys(),
      previousCardId: second.id,
    });

    const [head, ...others] = await cards.searchCards('sdk frank');
    expect(others).toEqual([]);
    expect(head).toMatchObject({ id: third.id, isOutdated: false, previousCardId: second.id });
    expect(head!.previousCard).toMatchObject({ id: second.id, isOutdated: true });
    expect(head!.previousCard!.previousCard).toMatchObject({ id: first.id, isOutdated: true });
    const outdated = await Promise.all(
      [first, second, third].map(async ({ id }) => (await cards.getCard(id)).isOutdated),
    );
    expect(outdated).toEqual([true, true, false]);

    const after = await watcher.findUsers('sdk frank');
    expect(after).toMatchObject({ id: third.id, isOutdated: false, previousCardId: second.id });
    expect(after.previousCard).toMatchObject({ id: second.id, isOutdated: true });
    expect(after.previousCard!.previousCard).toMatchObject({ id: before.id, isOutdated: true });
    // No card of the SDK is endorsed by the key before it.
    expect(changes).toMatchObject([{ identity: 'sdk frank', kind: 'replaced', previous: { id: first.id } }]);
  });

  it('leave messages of the replaced key readable by their time', async () => {
    const { cards, pair, card } = await publish('sdk grace');
    const readerKey = (await cards.searchCards('reader'))[0]!.publicKey as never;
    const old = official.signAndEncrypt('of old', pair.privateKey, readerKey).toString('base64');
    await cards.publishCard({ identity: 'sdk grace', ...official.generateKeys(), previousCardId: card.id });

    const current = await reader.findUsers('sdk grace');
    await expect(reader.authDecrypt(old, current)).rejects.toMatchObject({ code: 'envelope/other-signer' });
    expect(await reader.authDecrypt(old, current, new Date(card.createdAt.getTime() - 1))).toBe('of old');
  });

  it('are named by the list of outdated cards', async () => {
    const { cards, card: first } = await publish('sdk heidi');
    const second = await cards.publishCard({
      identity: 'sdk heidi',
      ...official.generateKeys(),
      previousCardId: first.id,
    });
    // The JavaScript SDK has no call for it; those for phones ask it at each start.
    const response = await fetch(`${app.apiUrl}/card/v5/actions/outdated`, {
      method: 'POST',
      headers: { authorization: `Virgil ${app.generator.generateToken('sdk alice').toString()}` },
      body: JSON.stringify({ card_ids: [first.id, second.id, '00'.repeat(32)] }),
    });
    expect(await response.json()).toEqual([first.id]);
  });

  it('make two current cards where they replace nothing: each side says so', async () => {
    const { cards } = await publish('sdk ivan');
    await cards.publishCard({ identity: 'sdk ivan', ...official.generateKeys() });
    expect(await cards.searchCards('sdk ivan')).toHaveLength(2);
    await expect(reader.findUsers('sdk ivan')).rejects.toMatchObject({
      name: 'UsersFoundWithMultipleCardsError',
      identities: ['sdk ivan'],
    });
  });
});

describe('revocation by the official SDK', () => {
  it('takes the whole chain out of search, and leaves its cards to be fetched as outdated', async () => {
    const { cards, card: first } = await publish('sdk judy');
    const second = await cards.publishCard({
      identity: 'sdk judy',
      ...official.generateKeys(),
      previousCardId: first.id,
    });
    await reader.findUsers('sdk judy');

    await cards.revokeCard(second.id);
    await cards.revokeCard(second.id);

    expect(await cards.searchCards('sdk judy')).toEqual([]);
    expect((await cards.getCard(second.id)).isOutdated).toBe(true);
    await expect(reader.findUsers('sdk judy')).rejects.toMatchObject({ name: 'UsersNotFoundError' });

    const again = await cards.publishCard({ identity: 'sdk judy', ...official.generateKeys() });
    expect(await reader.findUsers('sdk judy')).toMatchObject({ id: again.id, previousCardId: undefined });
  });
});

describe('errors that the official SDK hands on', () => {
  type Call = (cards: CardManager) => Promise<unknown>;
  const replacing: Call = (cards) =>
    cards.publishCard({ identity: 'sdk mallory', ...official.generateKeys(), previousCardId: 'ab'.repeat(32) });

  it.each<[string, number, number, Call]>([
    ['a card of another identity than the token', 400, 40034, (cards) => cards.publishRawCard(rawCard('sdk oscar'))],
    [
      'revoking a card of somebody else',
      400,
      40032,
      async (cards) => cards.revokeCard(await cardIdOf(cards, 'reader')),
    ],
    ['a card that does not exist', 404, 10001, (cards) => cards.getCard('ab'.repeat(32))],
    ['revoking a card that does not exist', 404, 10001, (cards) => cards.revokeCard('ab'.repeat(32))],
    ['a card that replaces an unknown one', 400, 71009, replacing],
    ['a card changed after it was signed', 400, 71005, (cards) => cards.publishRawCard(forgedCard('sdk mallory'))],
  ])('%s: status %i, code %i', async (_name, httpStatus, errorCode, call) => {
    const failure = call(createCardManager(app, 'sdk mallory'));
    await expect(failure).rejects.toMatchObject({ name: 'VirgilHttpError', httpStatus, errorCode });
    await expect(failure).rejects.toThrow(/\w{3}/);
  });

  function rawCard(identity: string) {
    return createCardManager(app, identity).generateRawCard({ identity, ...official.generateKeys() });
  }

  function forgedCard(identity: string) {
    const { signatures } = rawCard(identity).exportAsJson();
    return officialSdk.RawSignedModel.fromJson({ ...rawCard(identity).exportAsJson(), signatures });
  }

  async function cardIdOf(cards: CardManager, identity: string): Promise<string> {
    return (await cards.searchCards(identity))[0]!.id;
  }
});
