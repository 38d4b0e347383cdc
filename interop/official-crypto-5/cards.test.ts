import { readFileSync } from 'node:fs';
import { parseCard, utf8ToBytes } from '@sotto/core';
import type { EThree } from '@sotto/e3kit';
import { startWorld, type World } from '@sotto/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hex, official, officialSdk, POST_QUANTUM_TYPE, SIGNING_KEY_TYPES } from './official.ts';
import {
  cardCrypto,
  createCardManager,
  createSdkApplication,
  createVerifier,
  publicKeyOf,
  publishCard,
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

describe('cards of the official SDK', () => {
  it('are published, found and fetched, and bear the signature of our service', async () => {
    const { cards, pair, card } = await publishCard(app, 'sdk alice');
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
    await publishCard(app, 'sdk bob');
    const { publicKey } = official.generateKeys();
    const cardVerifier = createVerifier(official.exportPublicKey(publicKey).toString('base64'));
    const cards = createCardManager(app, 'sdk bob', { cardVerifier });
    await expect(cards.searchCards('sdk bob')).rejects.toMatchObject({ name: 'CardVerificationError' });
  });

  it.each(SIGNING_KEY_TYPES)(
    'are found and verified by our client, which trades messages with them: %s',
    async (type) => {
      const identity = `sdk user ${type}`;
      const { cards, pair, card } = await publishCard(app, identity, { type });

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
    const { cards, card } = await publishCard(app, 'sdk post-quantum', { type: POST_QUANTUM_TYPE });
    expect((await cards.searchCards('sdk post-quantum')).map(({ id }) => id)).toEqual([card.id]);
    for (const find of [
      () => reader.findUsers('sdk post-quantum'),
      () => reader.lookupPublicKeys(['sdk post-quantum']),
      () => reader.cardManager.getCard(card.id),
    ]) {
      await expect(find()).rejects.toMatchObject({ code: 'card/unsupported-key' });
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
    for (const identity of identities.slice(0, 3)) await publishCard(app, identity);
    const found = await cards.searchCards(identities);
    expect(found.map(({ identity }) => identity).sort()).toEqual(identities.slice(0, 3));
    expect(await cards.searchCards('nobody')).toEqual([]);
  });

  it('travel as text to our client and back', async () => {
    const { cards, card } = await publishCard(app, 'sdk dave');
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
