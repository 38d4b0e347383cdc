import { createTokenIssuer } from '@sotto/auth';
import { nodeProvider } from '@sotto/core/node';
import { startWorld, type World } from '@sotto/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Backend, startBackend } from './backend.ts';
import { type OfficialClients, type OfficialDevice, startOfficialClients } from './process.ts';

let world: World;
let backend: Backend;
let officials: OfficialClients;

beforeAll(async () => {
  world = await startWorld();
  backend = await startBackend(createTokenIssuer({ provider: nodeProvider, ...world.app }));
  officials = await startOfficialClients({
    // A slash at the end, as apps have it; the client makes //card/v5 of it.
    apiUrl: `${world.service.url}/`,
    backendUrl: backend.url,
    servicePublicKey: world.service.servicePublicKey,
  });
});

afterAll(async () => {
  await officials.close();
  await backend.close();
  await world.close();
});

async function register(identity: string): Promise<OfficialDevice> {
  const device = await officials.open(identity);
  await device.register();
  return device;
}

/** Requests about cards that `call` makes, as `POST /card/v5` and without ids. */
async function requestsOf(call: () => Promise<unknown>): Promise<string[]> {
  const before = world.seen.length;
  await call();
  return world.seen.slice(before).map(({ method, path }) => `${method} ${path.replace(/[0-9a-f]{64}$/, ':id')}`);
}

describe('the official e3kit asks our service', () => {
  const search = 'POST //card/v5/actions/search';

  it('to register: for own cards, and to publish one', async () => {
    const alice = await officials.open('alice');
    expect(await requestsOf(() => alice.register())).toEqual([search, 'POST //card/v5']);
  });

  it('for a new key: for own cards, and to publish one that replaces them', async () => {
    const bob = await register('bob');
    await bob.cleanup();
    expect(await requestsOf(() => bob.rotatePrivateKey())).toEqual([search, 'POST //card/v5']);
  });

  it('to leave: for own cards, and to revoke each current one', async () => {
    const carol = await register('carol');
    await carol.cleanup();
    await carol.rotatePrivateKey();
    await carol.publishAnotherCard();
    const revoke = 'POST //card/v5/actions/revoke/:id';
    expect(await requestsOf(() => carol.unregister())).toEqual([search, revoke, revoke]);
    expect(await carol.searchCards('carol')).toEqual([]);
  });

  it('for a hundred users: fifty at a time, or all at once in the older call', async () => {
    const identities = Array.from({ length: 100 }, (_, index) => `user-${index}`);
    for (const identity of identities) await (await world.createClient(identity)).register();
    const dave = await officials.open('dave');

    const before = world.seen.length;
    expect(Object.keys(await dave.findUsers(identities)).sort()).toEqual([...identities].sort());
    expect(Object.keys(await dave.lookupPublicKeys(identities)).sort()).toEqual([...identities].sort());
    const asked = world.seen.slice(before).map(({ body }) => (JSON.parse(body) as { identities: string[] }).identities);
    expect(asked.map(({ length }) => length)).toEqual([50, 50, 100]);
  });
});

describe('a chain of three cards by the official e3kit', () => {
  it('is seen with its past, and a revoked middle takes all of it away until the user registers anew', async () => {
    const erin = await register('erin');
    const first = await erin.findUsers('erin');
    for (let time = 0; time < 2; time++) {
      await erin.cleanup();
      await erin.rotatePrivateKey();
    }

    const reader = await officials.open('reader');
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
    const mallory = await officials.open('mallory');
    await expect(call(mallory)).rejects.toMatchObject({ httpStatus, errorCode });
  });

  async function ownCardId(identity: string): Promise<string> {
    return (await (await register(identity)).findUsers(identity)).id;
  }
});

describe('identities', () => {
  it('that differ in the size of a letter are two users', async () => {
    const [lower, upper] = [await register('grace'), await register('Grace')];
    const cards = await lower.findUsers(['grace', 'Grace']);
    expect(cards['grace']!.id).not.toBe(cards['Grace']!.id);
    await upper.unregister();
    expect(await lower.searchCards('Grace')).toEqual([]);
    expect(await lower.searchCards('grace')).toHaveLength(1);
  });

  it.each(['with space', 'quoted"name'])(
    'are refused by the client itself, whose stores take none such: %s',
    async (identity) => {
      expect(await requestsOf(() => expect(officials.open(identity)).rejects.toThrow())).toEqual([]);
    },
  );

  it.each(["o'neil@example.org", 'user+tag/42', '../etc', '%41', '#1?', '<b>\\', 'a'.repeat(500)])(
    'may be other ASCII: %s',
    async (identity) => {
      const device = await register(identity);
      expect(await device.findUsers(identity)).toMatchObject({ identity });
    },
  );
});
