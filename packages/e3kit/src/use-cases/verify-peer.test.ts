/** Comparing keys with a peer, what is remembered of it, and what becomes of it when the peer's key changes. */
import { bytesToUtf8, generateKeyPair, type RawCard, utf8ToBytes } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { type Application, changeJson, type EvilProxy, startEvilProxy, startWorld, type World } from '@sotto/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type CardCache,
  createMemoryCardCache,
  createMemoryKeyStore,
  type EThree,
  type EThreeOptions,
  type KeyChange,
  type KeyStore,
} from '../index.ts';

let world: World;
let proxy: EvilProxy;
let count = 0;

beforeAll(async () => {
  world = await startWorld();
  proxy = await startEvilProxy(world.service.url);
});
afterEach(() => {
  proxy.meddle = undefined;
});
afterAll(async () => {
  await proxy.close();
  await world.close();
});

/** What a device keeps while the app is closed. */
interface Device {
  readonly identity: string;
  readonly keyStore: KeyStore;
  readonly cardCache: CardCache;
}

const createDevice = (name: string): Device => ({
  identity: `${name} ${count++}`,
  keyStore: createMemoryKeyStore(),
  cardCache: createMemoryCardCache(),
});

/** Starts the app on a device. The changes of keys that it is told of end up in `changes`. */
async function start(device: Device, options: EThreeOptions = {}): Promise<{ user: EThree; changes: KeyChange[] }> {
  const changes: KeyChange[] = [];
  const user = await world.createClient(device.identity, {
    apiUrl: proxy.url,
    onKeyChanged: (change) => changes.push(change),
    keyStore: device.keyStore,
    cardCache: device.cardCache,
    ...options,
  });
  if (!(await user.hasLocalPrivateKey())) await user.register();
  return { user, changes };
}

async function startNew(name: string, options?: EThreeOptions): Promise<EThree> {
  return (await start(createDevice(name), options)).user;
}

/** Publishes a card for the identity that no former key endorses, as a dishonest backend can. Gives back its holder. */
async function takeOver(identity: string): Promise<EThree> {
  const intruder = await world.createClient(identity);
  await intruder.rotatePrivateKey();
  return intruder;
}

/** Alice has verified Bob; both are on devices of their own. */
async function verifyBob(options?: EThreeOptions) {
  const device = createDevice('alice');
  const bob = await startNew('bob');
  const { user: alice, changes } = await start(device, options);
  const card = await alice.findUsers(bob.identity);
  await alice.setVerified(card);
  return { device, alice, bob, card, changes };
}

const withCode = (code: string) => expect.objectContaining({ code });

describe('a safety number', () => {
  it('is the same for both users', async () => {
    const [alice, bob] = [await startNew('alice'), await startNew('bob')];
    const byAlice = await alice.getSafetyNumber(await alice.findUsers(bob.identity));
    const byBob = await bob.getSafetyNumber(alice.identity);
    expect(byBob).toMatchObject({ digits: byAlice.digits, words: byAlice.words });
    expect(byAlice.digits).toMatch(/^\d{5}( \d{5}){11}$/);
    expect(byAlice.words.split(' ')).toHaveLength(20);
  });

  it('differs when somebody is in between', async () => {
    const [alice, bob] = [await startNew('alice'), await startNew('bob')];
    await takeOver(bob.identity);
    const byAlice = await alice.getSafetyNumber(bob.identity);
    const byBob = await bob.getSafetyNumber(alice.identity);
    expect(byBob.digits).not.toBe(byAlice.digits);
    expect(byBob.words).not.toBe(byAlice.words);
    const bobAsSeen = await alice.findUsers(bob.identity);
    await expect(alice.compareSafetyQr(bobAsSeen, byBob.qr)).rejects.toThrow(withCode('safety-qr/mismatch'));
  });

  it('differs in another application, though names and keys are the same', async () => {
    const keyPairs = await Promise.all([1, 2].map(async () => generateKeyPair(nodeProvider)));
    const numberIn = async ({ issuer }: Application): Promise<string> => {
      const [alice, bob] = await Promise.all(
        ['alice', 'bob'].map(async (identity, index) => {
          const token = await issuer.issue(identity);
          const accessTokenProvider = { getToken: async () => ({ toString: () => token }) };
          const user = await world.createClient(identity, { accessTokenProvider });
          await user.register(keyPairs[index]);
          return user;
        }),
      );
      return (await alice!.getSafetyNumber(bob!.identity)).digits;
    };
    expect(await numberIn(world.app)).not.toBe(await numberIn(await world.createApplication()));
  });

  it('needs the own key, and a card that was verified', async () => {
    const [alice, bob] = [await startNew('alice'), await startNew('bob')];
    const card = await alice.findUsers(bob.identity);
    await expect(alice.getSafetyNumber({ ...card })).rejects.toThrow(withCode('usage/argument'));
    await expect(alice.getSafetyNumber('nobody')).rejects.toThrow(withCode('users/not-found'));
    await alice.cleanup();
    await expect(alice.getSafetyNumber(card)).rejects.toThrow(withCode('key/missing'));
  });
});

describe('a scanned QR code', () => {
  it('of the peer fits, on both sides', async () => {
    const [alice, bob] = [await startNew('alice'), await startNew('bob')];
    const [alicesCard, bobsCard] = [await bob.findUsers(alice.identity), await alice.findUsers(bob.identity)];
    const [byAlice, byBob] = [await alice.getSafetyNumber(bobsCard), await bob.getSafetyNumber(alicesCard)];
    await expect(alice.compareSafetyQr(bobsCard, byBob.qr)).resolves.toBeUndefined();
    await expect(bob.compareSafetyQr(alicesCard, byAlice.qr)).resolves.toBeUndefined();
    await expect(alice.compareSafetyQr(bobsCard, byAlice.qr)).rejects.toThrow(withCode('safety-qr/own'));
  });

  it('of or for another user is refused', async () => {
    const [alice, bob, carol] = [await startNew('alice'), await startNew('bob'), await startNew('carol')];
    const bobsCard = await alice.findUsers(bob.identity);
    const shownByCarol = await carol.getSafetyNumber(alice.identity);
    const shownToCarol = await bob.getSafetyNumber(carol.identity);
    for (const { qr } of [shownByCarol, shownToCarol]) {
      await expect(alice.compareSafetyQr(bobsCard, qr)).rejects.toThrow(withCode('safety-qr/mismatch'));
    }
  });

  it('of another version, or of something else, is refused', async () => {
    const [alice, bob] = [await startNew('alice'), await startNew('bob')];
    const card = await alice.findUsers(bob.identity);
    const { qr } = await bob.getSafetyNumber(alice.identity);
    const later = qr.replace(':01', ':02');
    await expect(alice.compareSafetyQr(card, later)).rejects.toThrow(withCode('safety-qr/other-version'));
    await expect(alice.compareSafetyQr(card, 'WIFI:;')).rejects.toThrow(withCode('safety-qr/malformed'));
    const bytes = utf8ToBytes(qr) as unknown as string;
    await expect(alice.compareSafetyQr(card, bytes)).rejects.toThrow(withCode('usage/argument'));
  });
});

describe('a verified peer', () => {
  it('is remembered after a restart, until it is taken back', async () => {
    const { device, alice, bob, card } = await verifyBob();
    expect(await alice.isVerified(card)).toBe(true);
    const { user: restarted } = await start(device);
    const found = await restarted.findUsers(bob.identity);
    expect(await restarted.isVerified(found)).toBe(true);
    await restarted.clearVerified(found);
    expect(await restarted.isVerified(found)).toBe(false);
    expect(await alice.isVerified(card)).toBe(false);
  });

  it('is verified for this user of the device alone, and no other peer is', async () => {
    const { device, bob, card } = await verifyBob();
    const carolsDevice = { ...device, identity: `carol ${count++}` };
    const { user: carol } = await start(carolsDevice);
    expect(await carol.isVerified(await carol.findUsers(bob.identity))).toBe(false);
    const { user: alice } = await start(device);
    expect(await alice.isVerified(await alice.findUsers(carol.identity))).toBe(false);
    expect(await alice.isVerified(await alice.findUsers(card.identity))).toBe(true);
  });

  it('is forgotten by cleanup, for this user alone', async () => {
    const { device, alice, bob } = await verifyBob();
    const { user: carol } = await start({ ...device, identity: `carol ${count++}` });
    await carol.setVerified(await carol.findUsers(bob.identity));
    await alice.cleanup();
    expect(await alice.isVerified(await alice.findUsers(bob.identity))).toBe(false);
    expect(await carol.isVerified(await carol.findUsers(bob.identity))).toBe(true);
    await carol.cleanup();
    expect(await device.keyStore.list()).toEqual([]);
  });

  it('stays verified beside another that is verified at the same moment', async () => {
    const device = createDevice('alice');
    const peers = await Promise.all([1, 2, 3, 4].map(() => startNew('peer')));
    const { user: tab } = await start(device);
    const tabs = [tab, ...(await Promise.all([2, 3, 4].map(async () => (await start(device)).user)))];
    const cards = await Promise.all(tabs.map((each, index) => each.findUsers(peers[index]!.identity)));
    await Promise.all(tabs.map((each, index) => each.setVerified(cards[index]!)));
    for (const { identity } of peers) expect(await tab.isVerified(await tab.findUsers(identity))).toBe(true);
  });

  it('is not made of a former card, or of one that was not verified', async () => {
    const [alice, bob] = [await startNew('alice'), await startNew('bob')];
    const former = await alice.findUsers(bob.identity);
    await bob.replacePrivateKey();
    const current = await alice.findUsers(bob.identity);
    for (const card of [former, current.previousCard!]) {
      await expect(alice.setVerified(card)).rejects.toThrow(withCode('users/card-not-current'));
    }
    const stranger = await startNew('stranger');
    const [neverSeen] = await stranger.cardManager.searchCards(bob.identity);
    await expect(stranger.setVerified(neverSeen!.previousCard!)).rejects.toThrow(withCode('users/card-not-current'));
    for (const call of ['setVerified', 'clearVerified', 'isVerified'] as const) {
      await expect(alice[call]({ ...current })).rejects.toThrow(withCode('usage/argument'));
    }
    expect(await alice.isVerified(current)).toBe(false);
  });

  it('is an error where what was stored is of another version, and nothing is lost', async () => {
    const { device, alice, card } = await verifyBob();
    const name = JSON.stringify(['verified-peers', world.app.appId, device.identity]);
    const stored = (await device.keyStore.load(name))!;
    await device.keyStore.save(name, utf8ToBytes(bytesToUtf8(stored.value).replace('"version":1', '"version":2')));
    const damaged = withCode('storage/damaged-verified-peers');
    await expect(alice.isVerified(card)).rejects.toThrow(damaged);
    await expect(alice.setVerified(card)).rejects.toThrow(damaged);
    await expect(alice.findUsers(card.identity)).rejects.toThrow(damaged);
    await device.keyStore.save(name, stored.value);
    expect(await alice.isVerified(card)).toBe(true);
  });
});

describe('a verified key that changes', () => {
  it('passes this on to the key that it endorses', async () => {
    const { device, alice, bob, card, changes } = await verifyBob({ strict: true });
    await bob.replacePrivateKey();
    await bob.replacePrivateKey();
    const rotated = await alice.findUsers(bob.identity);
    expect(changes).toMatchObject([{ kind: 'rotated', wasVerified: true, previous: { id: card.id } }]);
    expect(await alice.isVerified(rotated)).toBe(true);
    expect(await alice.isVerified(card)).toBe(false);
    expect(await alice.authEncrypt('hi', rotated)).toMatch(/^[A-Za-z0-9+/=]+$/);
    const { user: restarted } = await start(device);
    expect(await restarted.isVerified(await restarted.findUsers(bob.identity))).toBe(true);
  });

  it('is not verified any more when it was replaced, nor is the one that comes', async () => {
    const { alice, bob, card, changes } = await verifyBob();
    await takeOver(bob.identity);
    const replaced = await alice.findUsers(bob.identity);
    await alice.findUsers(bob.identity);
    expect(changes).toMatchObject([{ kind: 'replaced', wasVerified: true, previous: { id: card.id } }]);
    expect(changes).toHaveLength(1);
    expect(await alice.isVerified(replaced)).toBe(false);
    expect(await alice.isVerified(card)).toBe(false);
  });

  it.each([
    ['accepted', 'acceptKey', false],
    ['verified', 'setVerified', true],
  ] as const)(
    'and was replaced is not encrypted for in strict mode until the new one is %s',
    async (_, call, isNow) => {
      const { device, alice, bob } = await verifyBob({ strict: true });
      await takeOver(bob.identity);
      const replaced = await alice.findUsers(bob.identity);
      const refused = withCode('users/key-not-accepted');
      await expect(alice.authEncrypt('hi', replaced)).rejects.toThrow(refused);
      const { user: restarted } = await start(device, { strict: true });
      const found = await restarted.findUsers(bob.identity);
      await expect(restarted.authEncrypt('hi', found)).rejects.toThrow(refused);
      await restarted[call](found);
      expect(await restarted.authEncrypt('hi', found)).toMatch(/^[A-Za-z0-9+/=]+$/);
      expect(await restarted.isVerified(found)).toBe(isNow);
      expect(await (await start(device, { strict: true })).user.authEncrypt('hi', found)).toMatch(/^[A-Za-z0-9+/=]+$/);
    },
  );

  it('and was replaced is not encrypted for in strict mode by a card that came past findUsers, with an empty cache', async () => {
    const { device, bob } = await verifyBob({ strict: true });
    await takeOver(bob.identity);
    const { user: restarted } = await start({ ...device, cardCache: createMemoryCardCache() }, { strict: true });
    const [card] = await restarted.cardManager.searchCards(bob.identity);
    await expect(restarted.authEncrypt('hi', card)).rejects.toThrow(withCode('users/key-not-accepted'));
    const stranger = await startNew('stranger');
    const [other] = await restarted.cardManager.searchCards(stranger.identity);
    expect(await restarted.authEncrypt('hi', other)).toMatch(/^[A-Za-z0-9+/=]+$/);
  });

  it('and is brought back by the service is not verified any more, since another came in between', async () => {
    const { alice, bob, card, changes } = await verifyBob();
    await takeOver(bob.identity);
    await alice.findUsers(bob.identity);
    serveOnly(card.raw);
    const again = await alice.findUsers(bob.identity);
    expect(again.id).toBe(card.id);
    expect(changes).toMatchObject([
      { kind: 'replaced', wasVerified: true },
      { kind: 'replaced', wasVerified: false },
    ]);
    expect(await alice.isVerified(again)).toBe(false);
  });

  it('is not verified when the service rolls back to it after its rotation, even with the cache lost', async () => {
    const { device, alice, bob, card } = await verifyBob();
    await bob.replacePrivateKey();
    const rotated = await alice.findUsers(bob.identity);
    serveOnly(card.raw);
    const { user: restarted, changes } = await start({ ...device, cardCache: createMemoryCardCache() });
    const rolledBack = await restarted.findUsers(bob.identity);
    expect(rolledBack.id).toBe(card.id);
    expect(changes).toMatchObject([{ kind: 'replaced', wasVerified: true, previous: { id: rotated.id } }]);
    expect(await restarted.isVerified(rolledBack)).toBe(false);
  });

  it('was not verified, says the change, if it was not', async () => {
    const [bob, { user: alice, changes }] = [await startNew('bob'), await start(createDevice('alice'))];
    await alice.findUsers(bob.identity);
    await bob.replacePrivateKey();
    await alice.findUsers(bob.identity);
    await takeOver(bob.identity);
    await alice.findUsers(bob.identity);
    expect(changes).toMatchObject([
      { kind: 'rotated', wasVerified: false },
      { kind: 'replaced', wasVerified: false },
    ]);
  });

  it('is told of once more if the device was stopped before it had noted the change', async () => {
    const { device, bob, card } = await verifyBob();
    await takeOver(bob.identity);
    const { keyStore } = device;
    const full = new Error('the disk is full');
    const stopped = await start({ ...device, keyStore: { ...keyStore, save: () => Promise.reject(full) } });
    await expect(stopped.user.findUsers(bob.identity)).rejects.toThrow(full);
    const { user: restarted, changes } = await start(device, { strict: true });
    const replaced = await restarted.findUsers(bob.identity);
    expect(changes).toMatchObject([{ kind: 'replaced', wasVerified: true, previous: { id: card.id } }]);
    await expect(restarted.authEncrypt('hi', replaced)).rejects.toThrow(withCode('users/key-not-accepted'));
  });
});

describe('whoever can write the card cache', () => {
  it('can make the device forget a verified peer, and not that the peer was verified', async () => {
    const { device, bob, card } = await verifyBob();
    const forgetful = { ...device, cardCache: createMemoryCardCache() };
    const first = await start(forgetful);
    expect(await first.user.isVerified(await first.user.findUsers(bob.identity))).toBe(true);
    expect(first.changes).toEqual([]);

    await takeOver(bob.identity);
    const second = await start({ ...device, cardCache: createMemoryCardCache() }, { strict: true });
    const replaced = await second.user.findUsers(bob.identity);
    expect(second.changes).toMatchObject([{ kind: 'replaced', wasVerified: true, previous: { id: card.id } }]);
    expect(await second.user.isVerified(replaced)).toBe(false);
    await expect(second.user.authEncrypt('hi', replaced)).rejects.toThrow(withCode('users/key-not-accepted'));
  });

  it('cannot have a replaced key accepted by making the device forget that it came', async () => {
    const { device, alice, bob } = await verifyBob();
    await takeOver(bob.identity);
    await alice.findUsers(bob.identity);
    const { user: restarted } = await start({ ...device, cardCache: createMemoryCardCache() }, { strict: true });
    const found = await restarted.findUsers(bob.identity);
    expect(await restarted.isAccepted(found)).toBe(false);
    await expect(restarted.authEncrypt('hi', found)).rejects.toThrow(withCode('users/key-not-accepted'));
  });

  it('cannot put another key in the place of a verified one, online or offline', async () => {
    const { device, bob, card } = await verifyBob();
    await takeOver(bob.identity);
    const forged = createMemoryCardCache();
    const planted = await (
      await world.createClient(device.identity, { apiUrl: proxy.url, cardCache: forged })
    ).findUsers(bob.identity);
    expect(planted.id).not.toBe(card.id);

    const { user: alice, changes } = await start({ ...device, cardCache: forged }, { strict: true });
    const cached = await alice.findCachedUsers(bob.identity);
    expect(cached.id).toBe(planted.id);
    expect(await alice.isVerified(cached)).toBe(false);
    expect(await alice.isAccepted(cached)).toBe(false);
    await expect(alice.authEncrypt('hi', cached)).rejects.toThrow(withCode('users/key-not-accepted'));

    const found = await alice.findUsers(bob.identity);
    expect(changes).toMatchObject([{ kind: 'replaced', wasVerified: true, previous: { id: card.id } }]);
    await expect(alice.authEncrypt('hi', found)).rejects.toThrow(withCode('users/key-not-accepted'));
  });
});

describe('a refused key', () => {
  it('is not accepted and not verified, and stays so after a restart and in its rotation', async () => {
    const { device, alice, bob, card } = await verifyBob({ strict: true });
    expect(await alice.isAccepted(card)).toBe(true);
    await alice.refuseKey(card);
    expect(await alice.isVerified(card)).toBe(false);
    const { user: restarted } = await start(device, { strict: true });
    const found = await restarted.findUsers(bob.identity);
    expect(await restarted.isAccepted(found)).toBe(false);
    await expect(restarted.authEncrypt('hi', found)).rejects.toThrow(withCode('users/key-not-accepted'));
    await bob.replacePrivateKey();
    const rotated = await restarted.findUsers(bob.identity);
    expect(await restarted.isAccepted(rotated)).toBe(false);
    await restarted.acceptKey(rotated);
    expect(await restarted.isAccepted(rotated)).toBe(true);
    expect(await restarted.isVerified(rotated)).toBe(false);
  });

  it('that replaced a verified one leaves none verified', async () => {
    const { alice, bob, card } = await verifyBob();
    await takeOver(bob.identity);
    const replaced = await alice.findUsers(bob.identity);
    await alice.refuseKey(replaced);
    expect(await alice.isAccepted(replaced)).toBe(false);
    expect(await alice.isAccepted(card)).toBe(false);
    expect(await alice.isVerified(replaced)).toBe(false);
  });
});

/** From now on the service answers searches with this card alone. */
function serveOnly(raw: RawCard): void {
  proxy.meddle = async (request, forward) => {
    const answer = await forward();
    if (request.path !== '/card/v5/actions/search') return answer;
    return changeJson<RawCard[]>(answer, (cards) =>
      cards.filter(({ content_snapshot }) => content_snapshot === raw.content_snapshot),
    );
  };
}
