import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OfficialDevice } from './device.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  // A slash at the end, as apps have it; the client makes //card/v5 of it.
  stage = await openStage({ standBefore: async (url) => ({ url: `${url}/`, close: async () => {} }) });
});
afterAll(() => stage.close());

describe('the official e3kit asks our service', () => {
  const search = 'POST //card/v5/actions/search';

  it('to register: for own cards, and to publish one', async () => {
    const alice = await stage.officials.open('alice');
    expect(await stage.requestsOf(() => alice.register())).toEqual([search, 'POST //card/v5']);
  });

  it('for a new key: for own cards, and to publish one that replaces them', async () => {
    const bob = await stage.register('bob');
    await bob.cleanup();
    expect(await stage.requestsOf(() => bob.rotatePrivateKey())).toEqual([search, 'POST //card/v5']);
  });

  it('to leave: for own cards, and to revoke each current one', async () => {
    const carol = await stage.register('carol');
    await carol.cleanup();
    await carol.rotatePrivateKey();
    await carol.publishAnotherCard();
    const revoke = 'POST //card/v5/actions/revoke/:id';
    expect(await stage.requestsOf(() => carol.unregister())).toEqual([search, revoke, revoke]);
    expect(await carol.searchCards('carol')).toEqual([]);
  });

  it('for a hundred users: fifty at a time, or all at once in the older call', async () => {
    const identities = Array.from({ length: 100 }, (_, index) => `user-${index}`);
    for (const identity of identities) await stage.registerOurs(identity);
    const dave = await stage.officials.open('dave');

    const before = stage.world.seen.length;
    expect(Object.keys(await dave.findUsers(identities)).sort()).toEqual([...identities].sort());
    expect(Object.keys(await dave.lookupPublicKeys(identities)).sort()).toEqual([...identities].sort());
    const asked = stage.world.seen
      .slice(before)
      .map(({ body }) => (JSON.parse(body) as { identities: string[] }).identities);
    expect(asked.map(({ length }) => length)).toEqual([50, 50, 100]);
  });
});

describe('a chain of three cards by the official e3kit', () => {
  it('is seen with its past, and a revoked middle takes all of it away until the user registers anew', async () => {
    const erin = await stage.register('erin');
    const first = await erin.findUsers('erin');
    for (let time = 0; time < 2; time++) {
      await erin.cleanup();
      await erin.rotatePrivateKey();
    }

    const reader = await stage.officials.open('reader');
    const third = await reader.findUsers('erin');
    expect(third).toMatchObject({
      isOutdated: false,
      previousCard: { isOutdated: true, previousCard: { id: first.id } },
    });
    const ids = [first.id, third.previousCardId!, third.id];
    const outdated = await Promise.all(ids.map(async (id) => (await reader.getCard(id)).isOutdated));
    expect(outdated).toEqual([true, true, false]);

    await erin.revokeCard(ids[1]!);
    await expect(reader.findUsers('erin')).rejects.toMatchObject({ name: 'UsersNotFoundError' });
    for (const id of ids) expect(await reader.getCard(id)).toMatchObject({ id, isOutdated: true });

    await erin.cleanup();
    await expect(erin.rotatePrivateKey()).rejects.toMatchObject({ name: 'RegisterRequiredError' });
    await erin.register();
    expect(await reader.findUsers('erin')).not.toHaveProperty('previousCard.id');
  });
});

describe('refusals reach an app of the official e3kit with status and code', () => {
  it.each<[string, number, number, (device: OfficialDevice) => Promise<unknown>]>([
    ['a card of another identity', 400, 40034, (device) => device.publishCardOf('alice')],
    ['revoking a card of another', 400, 40032, async (device) => device.revokeCard(await ownCardId('frank'))],
    ['a card that does not exist', 404, 10001, (device) => device.getCard('ab'.repeat(32))],
    ['revoking a card that does not exist', 404, 10001, (device) => device.revokeCard('ab'.repeat(32))],
  ])('%s: %i, %i', async (_name, httpStatus, errorCode, call) => {
    const mallory = await stage.officials.open('mallory');
    await expect(call(mallory)).rejects.toMatchObject({ httpStatus, errorCode });
  });

  async function ownCardId(identity: string): Promise<string> {
    return (await (await stage.register(identity)).findUsers(identity)).id;
  }
});

describe('identities', () => {
  it('that differ in the size of a letter are two users', async () => {
    const [lower, upper] = [await stage.register('grace'), await stage.register('Grace')];
    const cards = await lower.findUsers(['grace', 'Grace']);
    expect(cards['grace']!.id).not.toBe(cards['Grace']!.id);
    await upper.unregister();
    expect(await lower.searchCards('Grace')).toEqual([]);
    expect(await lower.searchCards('grace')).toHaveLength(1);
  });

  it.each(['with space', 'quoted"name'])(
    'are refused by the client itself, whose stores take none such: %s',
    async (identity) => {
      expect(await stage.requestsOf(() => expect(stage.officials.open(identity)).rejects.toThrow())).toEqual([]);
    },
  );

  it.each(["o'neil@example.org", 'user+tag/42', '../etc', '%41', '#1?', '<b>\\', 'a'.repeat(500)])(
    'may be other ASCII: %s',
    async (identity) => {
      const device = await stage.register(identity);
      expect(await device.findUsers(identity)).toMatchObject({ identity });
    },
  );
});
