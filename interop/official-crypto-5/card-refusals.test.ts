import { startWorld, type World } from '@sotto/testing';
import type { CardManager } from 'virgil-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { official, officialSdk } from './official.ts';
import { createCardManager, createSdkApplication, publishCard, type SdkApplication } from './sdk-user.ts';

let world: World;
let app: SdkApplication;

beforeAll(async () => {
  world = await startWorld();
  app = createSdkApplication(world);
});

afterAll(async () => {
  await world.close();
});

describe('errors that the official SDK hands on', () => {
  type Call = (cards: CardManager) => Promise<unknown>;
  const replacing = (identity: string, previousCardId: string) => publishCard(app, identity, { previousCardId });

  it.each<[string, number, number, Call]>([
    ['a card of another identity than the token', 400, 40034, (cards) => cards.publishRawCard(rawCard('sdk oscar'))],
    ['revoking a card of somebody else', 400, 40032, async (cards) => cards.revokeCard(await newCardId('sdk trent'))],
    ['a card that does not exist', 404, 10001, (cards) => cards.getCard('ab'.repeat(32))],
    ['an id that is none', 404, 10001, (cards) => cards.getCard('no id')],
    ['revoking a card that does not exist', 404, 10001, (cards) => cards.revokeCard('ab'.repeat(32))],
    ['a card that replaces an unknown one', 400, 71009, () => replacing('sdk mallory', 'ab'.repeat(32))],
    [
      'a card that replaces one of somebody else',
      400,
      71010,
      async () => replacing('sdk mallory', await newCardId('sdk ursula')),
    ],
    ['a card that replaces a replaced one', 400, 71011, async () => replacing('sdk mallory', await replacedCardId())],
    ['a card changed after it was signed', 400, 71005, (cards) => cards.publishRawCard(forgedCard('sdk mallory'))],
    ['a search for more than a thousand', 400, 70009, (cards) => cards.searchCards(new Array(1001).fill('nobody'))],
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

  async function newCardId(identity: string): Promise<string> {
    return (await publishCard(app, identity)).card.id;
  }

  async function replacedCardId(): Promise<string> {
    const { card } = await publishCard(app, 'sdk mallory');
    await publishCard(app, 'sdk mallory', { previousCardId: card.id });
    return card.id;
  }
});

describe('an identity that is no ASCII', () => {
  it.each(['müller', '世界'])('is for other clients: the SDK signs other bytes than it sends, %s', async (identity) => {
    const token = await world.app.issuer.issue(identity);
    const cards = createCardManager(app, identity, { getToken: () => token });
    const publishing = cards.publishCard({ identity, ...official.generateKeys() });
    await expect(publishing).rejects.toMatchObject({ httpStatus: 400, errorCode: 71005 });
  });

  it('is served by our service and our client, and makes the SDK doubt a card that is right', async () => {
    const ours = await world.createClient('grüße');
    await ours.register();
    const reader = await world.createClient('reader');
    expect(await reader.findUsers('grüße')).toMatchObject({ identity: 'grüße' });
    const found = createCardManager(app, 'sdk alice').searchCards('grüße');
    await expect(found).rejects.toMatchObject({ name: 'CardVerificationError' });
  });
});
