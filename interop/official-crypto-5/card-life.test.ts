import type { EThree, KeyChange } from '@sotto/e3kit';
import { startWorld, type World } from '@sotto/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { official } from './official.ts';
import { createCardManager, createSdkApplication, publishCard, type SdkApplication } from './sdk-user.ts';

const DAY = 24 * 60 * 60;

/** A service whose clock can be set apart from everybody else's. */
let world: World;
let app: SdkApplication;
let reader: EThree;
let aheadSeconds = 0;

beforeAll(async () => {
  world = await startWorld({ clock: () => Date.now() + aheadSeconds * 1000 });
  app = createSdkApplication(world);
  reader = await world.createClient('reader');
  await reader.register();
});

afterEach(() => {
  aheadSeconds = 0;
});

afterAll(async () => {
  await world.close();
});

/** Three cards of one user, each replacing the one before it. */
async function publishChain(identity: string) {
  const { cards, pair, card: first } = await publishCard(app, identity);
  const { card: second } = await publishCard(app, identity, { previousCardId: first.id });
  const { card: third } = await publishCard(app, identity, { previousCardId: second.id });
  return { cards, pair, first, second, third, ids: [first.id, second.id, third.id] };
}

/** The JavaScript SDK has no call for it; those for phones ask it at each start. */
async function askOutdated(cardIds: readonly string[]): Promise<string[]> {
  const response = await fetch(`${app.apiUrl}/card/v5/actions/outdated`, {
    method: 'POST',
    headers: { authorization: `Virgil ${app.generator.generateToken('sdk alice').toString()}` },
    body: JSON.stringify({ card_ids: cardIds }),
  });
  return (await response.json()) as string[];
}

describe('cards that replace others', () => {
  it('are linked by the SDK and by our client alike, and the replaced ones are marked', async () => {
    const changes: KeyChange[] = [];
    const watcher = await world.createClient('watcher', { onKeyChanged: (change) => changes.push(change) });
    await watcher.register();
    const { cards, card: first } = await publishCard(app, 'sdk frank');
    const before = await watcher.findUsers('sdk frank');
    const { card: second } = await publishCard(app, 'sdk frank', { previousCardId: first.id });
    const { card: third } = await publishCard(app, 'sdk frank', { previousCardId: second.id });

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
    const { cards, pair, card } = await publishCard(app, 'sdk grace');
    const readerKey = (await cards.searchCards('reader'))[0]!.publicKey as never;
    const old = official.signAndEncrypt('of old', pair.privateKey, readerKey).toString('base64');
    await publishCard(app, 'sdk grace', { previousCardId: card.id });

    const current = await reader.findUsers('sdk grace');
    await expect(reader.authDecrypt(old, current)).rejects.toMatchObject({ code: 'envelope/other-signer' });
    expect(await reader.authDecrypt(old, current, new Date(card.createdAt.getTime() - 1))).toBe('of old');
  });

  it('are named by the list of outdated cards, which takes a thousand ids', async () => {
    const { first, second, third } = await publishChain('sdk heidi');
    const unknown = Array.from({ length: 997 }, (_, index) => index.toString(16).padStart(64, '0'));
    const outdated = await askOutdated([...unknown, third.id, second.id, first.id]);
    expect(outdated.sort()).toEqual([first.id, second.id].sort());
  });

  it('make two current cards where they replace nothing: each side says so', async () => {
    const { cards } = await publishCard(app, 'sdk ivan');
    await publishCard(app, 'sdk ivan');
    expect(await cards.searchCards('sdk ivan')).toHaveLength(2);
    await expect(reader.findUsers('sdk ivan')).rejects.toMatchObject({
      name: 'UsersFoundWithMultipleCardsError',
      identities: ['sdk ivan'],
    });
  });

  it('at one time are one: the other devices are told that it was replaced already', async () => {
    const { cards, card } = await publishCard(app, 'sdk kim');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => publishCard(app, 'sdk kim', { previousCardId: card.id })),
    );
    const winners = outcomes.filter(({ status }) => status === 'fulfilled');
    expect(winners).toHaveLength(1);
    for (const outcome of outcomes.filter(({ status }) => status === 'rejected')) {
      expect(outcome).toMatchObject({ reason: { httpStatus: 400, errorCode: 71011 } });
    }
    expect(await cards.searchCards('sdk kim')).toMatchObject([{ previousCardId: card.id, isOutdated: false }]);
  });

  it('are dated by the clock of their device, a day ahead of the service or behind it', async () => {
    const patient = createSdkApplication({ ...world, ttlSeconds: 3 * DAY });
    for (const [identity, ahead] of [
      ['sdk early bird', -DAY],
      ['sdk latecomer', DAY],
    ] as const) {
      aheadSeconds = ahead;
      const { cards, card: first } = await publishCard(patient, identity);
      const { card: second } = await publishCard(patient, identity, { previousCardId: first.id });
      expect(Math.abs(second.createdAt.getTime() - Date.now())).toBeLessThan((DAY * 1000) / 2);
      expect(await cards.searchCards(identity)).toMatchObject([{ id: second.id, createdAt: second.createdAt }]);
    }
  });
});

describe('revocation by the official SDK', () => {
  it.each([
    ['first', 0],
    ['middle', 1],
    ['last', 2],
  ] as const)(
    'of the %s of three cards takes all of them out of search, and leaves them to be got',
    async (name, at) => {
      const identity = `sdk judy ${name}`;
      const { cards, ids } = await publishChain(identity);
      await reader.findUsers(identity);

      await cards.revokeCard(ids[at]!);

      expect(await cards.searchCards(identity)).toEqual([]);
      await expect(reader.findUsers(identity)).rejects.toMatchObject({ name: 'UsersNotFoundError' });
      for (const id of ids) expect(await cards.getCard(id)).toMatchObject({ id, identity, isOutdated: true });
      expect((await askOutdated(ids)).sort()).toEqual([...ids].sort());
    },
  );

  it('is done once however often it is asked for, by any card of the chain', async () => {
    const { cards, ids } = await publishChain('sdk leo');
    for (const id of [...ids, ...ids]) await cards.revokeCard(id);
    expect(await cards.searchCards('sdk leo')).toEqual([]);
  });

  it('leaves another current card of the user alone', async () => {
    const { cards, card } = await publishCard(app, 'sdk mia');
    const { second } = await publishChain('sdk mia');
    await cards.revokeCard(second.id);
    expect(await cards.searchCards('sdk mia')).toMatchObject([{ id: card.id }]);
  });

  it('ends a chain: the user goes on with a new card, and not with one that was revoked', async () => {
    const { cards, third } = await publishChain('sdk nina');
    await cards.revokeCard(third.id);

    const revoked = cards.exportCard(third);
    const raw = { ...revoked, signatures: revoked.signatures.filter(({ signer }) => signer !== 'virgil') };
    const republished = cards.publishRawCard(Object.assign(Object.create(Object.getPrototypeOf(revoked)), raw));
    await expect(republished).rejects.toMatchObject({ httpStatus: 400, errorCode: 71008 });
    const replacing = publishCard(app, 'sdk nina', { previousCardId: third.id });
    await expect(replacing).rejects.toMatchObject({ httpStatus: 400, errorCode: 71012 });

    const { card: again } = await publishCard(app, 'sdk nina');
    expect(await cards.searchCards('sdk nina')).toMatchObject([{ id: again.id, previousCardId: undefined }]);
    expect(await reader.findUsers('sdk nina')).toMatchObject({ id: again.id, previousCardId: undefined });
  });
});

it('the whole life of a card goes through where the URL of the SDK ends in a slash', async () => {
  const { url } = world.service;
  const withSlash = { ...app, apiUrl: `${url}/` };
  const { cards, card: first } = await publishCard(withSlash, 'sdk olga');
  const { card: second } = await publishCard(withSlash, 'sdk olga', { previousCardId: first.id });
  expect(await cards.searchCards('sdk olga')).toMatchObject([{ id: second.id }]);
  expect((await cards.getCard(first.id)).isOutdated).toBe(true);
  await cards.revokeCard(second.id);
  expect(await cards.searchCards('sdk olga')).toEqual([]);
  expect(world.seen.at(-1)?.path).toBe('//card/v5/actions/search');
});

it('cards of one application do not exist for users of another, of the same names too', async () => {
  const { card } = await publishCard(app, 'sdk peggy');
  const other = createSdkApplication({ service: world.service, app: await world.createApplication() });
  const cards = createCardManager(other, 'sdk peggy');
  expect(await cards.searchCards('sdk peggy')).toEqual([]);
  for (const call of [cards.getCard(card.id), cards.revokeCard(card.id)]) {
    await expect(call).rejects.toMatchObject({ httpStatus: 404, errorCode: 10001 });
  }
  const { card: namesake } = await publishCard(other, 'sdk peggy');
  expect(await cards.searchCards('sdk peggy')).toMatchObject([{ id: namesake.id }]);
  expect(await createCardManager(app, 'sdk peggy').searchCards('sdk peggy')).toMatchObject([{ id: card.id }]);
});
