/** Two devices of one initiator at work at once, connections that break, and calls that do not wait for each other. */
import type { PushKeyknoxRequest } from '@sotto/contract';
import type { Meddle } from '@sotto/testing';
import { before, useGroupWorld } from '@sotto/testing/group-world';
import { describe, expect, it } from 'vitest';
import {
  type Card,
  createMemoryGroupStore,
  type EThree,
  GroupErrorCode,
  GroupTicketAlreadyExistsError,
} from '../index.ts';
import type { Group } from './group.ts';

const kit = useGroupWorld();
const withCode = (code: string) => expect.objectContaining({ code });

const PUSH = '/keyknox/v2/push';

interface TwoDevices {
  readonly alice: EThree;
  readonly bob: EThree;
  readonly cards: Readonly<Record<'bob' | 'carol' | 'dave', Card>>;
  readonly laptop: Group;
  readonly phone: Group;
}

/** Alice's group on two devices of hers, and three more users. The phone does not pass by the proxy. */
async function startOnTwoDevices(members: readonly ('bob' | 'carol' | 'dave')[]): Promise<TwoDevices> {
  const alice = await kit.registerUser('alice');
  const bob = await kit.registerUser('bob');
  const [carol, dave] = [await kit.registerUser('carol'), await kit.registerUser('dave')];
  const found = await alice.findUsers([bob.identity, carol.identity, dave.identity]);
  const cards = { bob: found[bob.identity]!, carol: found[carol.identity]!, dave: found[dave.identity]! };
  const participants = Object.fromEntries(members.map((name) => [cards[name].identity, cards[name]]));
  const laptop = await alice.createGroup(kit.groupId, participants);
  const second = await kit.openSecondDevice(alice, { apiUrl: kit.world.service.url });
  const phone = await second.loadGroup(kit.groupId, await second.findUsers(alice.identity));
  return { alice, bob, cards, laptop, phone };
}

const membersOf = (group: Group) => [...group.participants].sort();
const identitiesOf = (...users: (Card | EThree)[]) => users.map(({ identity }) => identity).sort();

describe('two additions at once', () => {
  it('on two devices both count', async () => {
    const { alice, bob, cards, laptop, phone } = await startOnTwoDevices(['bob']);
    kit.proxy.meddle = before(PUSH, () => phone.add(cards.dave));
    await laptop.add(cards.carol);
    await phone.update();
    const all = identitiesOf(alice, bob, cards.carol, cards.dave);
    expect(membersOf(laptop)).toEqual(all);
    expect(membersOf(phone)).toEqual(all);
  });

  it('of the same user on two devices are one', async () => {
    const { alice, bob, cards, laptop, phone } = await startOnTwoDevices(['bob']);
    await Promise.all([laptop.add(cards.carol), phone.add(cards.carol)]);
    expect(membersOf(laptop)).toEqual(identitiesOf(alice, bob, cards.carol));
  });

  it('on one device that do not wait for each other both count', async () => {
    const { alice, bob, cards, laptop } = await startOnTwoDevices(['bob']);
    await Promise.all([laptop.add(cards.carol), laptop.add(cards.dave)]);
    expect(membersOf(laptop)).toEqual(identitiesOf(alice, bob, cards.carol, cards.dave));
    kit.proxy.seen.length = 0;
    await Promise.all([laptop.update(), laptop.update()]);
    const oneAfterTheOther = ['/keyknox/v2/keys', '/keyknox/v2/pull', '/keyknox/v2/keys', '/keyknox/v2/pull'];
    expect(kit.proxy.seen.map(({ path }) => path)).toEqual(oneAfterTheOther);
  });
});

describe('two removals at once', () => {
  it('on two devices give one key per epoch, and take both users out', async () => {
    const { alice, bob, cards, laptop, phone } = await startOnTwoDevices(['bob', 'carol', 'dave']);
    kit.proxy.meddle = before(PUSH, () => phone.remove(cards.dave));
    await laptop.remove(cards.carol);
    await phone.update();
    expect(membersOf(laptop)).toEqual(identitiesOf(alice, bob));
    expect(membersOf(phone)).toEqual(identitiesOf(alice, bob));

    const aliceCard = await bob.findUsers(alice.identity);
    const ofBob = await bob.loadGroup(kit.groupId, aliceCard);
    for (const [group, text] of [
      [laptop, 'from the laptop'],
      [phone, 'from the phone'],
    ] as const) {
      expect(await ofBob.decrypt(await group.encrypt(text), aliceCard)).toBe(text);
    }
  });

  it('of the same user on two devices begin one epoch', async () => {
    const { alice, bob, cards, laptop, phone } = await startOnTwoDevices(['bob', 'carol']);
    kit.proxy.meddle = before(PUSH, () => phone.remove(cards.carol));
    await laptop.remove(cards.carol);
    expect(membersOf(laptop)).toEqual(identitiesOf(alice, bob));
    const keys = kit.world.seen
      .filter(({ path }) => path === PUSH)
      .map(({ body }) => JSON.parse(String(body)) as PushKeyknoxRequest);
    const own = keys.filter(({ identities }) => identities.includes(alice.identity));
    expect(new Set(own.map(({ key }) => key))).toEqual(new Set(['0', '1']));
  });
});

describe('an addition and a removal at once', () => {
  it('give the user who is added the new epoch too', async () => {
    const { alice, bob, cards, laptop, phone } = await startOnTwoDevices(['bob', 'carol']);
    kit.proxy.meddle = before(PUSH, () => phone.remove(cards.carol));
    await laptop.add(cards.dave);
    expect(membersOf(laptop)).toEqual(identitiesOf(alice, bob, cards.dave));
    await phone.update();
    expect(membersOf(phone)).toEqual(identitiesOf(alice, bob, cards.dave));
  });

  it('are told where the removal did not know of whom was added, and nobody is left out without a word', async () => {
    const { alice, bob, cards, laptop, phone } = await startOnTwoDevices(['bob', 'carol']);
    await phone.add(cards.dave);
    await expect(laptop.remove(cards.carol)).rejects.toMatchObject({
      code: 'group/participants-changed',
      errorCode: GroupErrorCode.GroupIsOutdated,
      details: { identities: [cards.dave.identity] },
    });
    await laptop.update();
    await laptop.remove(cards.carol);
    expect(membersOf(laptop)).toEqual(identitiesOf(alice, bob, cards.dave));
  });

  it('are told where the addition came between the look and the new epoch', async () => {
    const { alice, bob, cards, laptop, phone } = await startOnTwoDevices(['bob', 'carol']);
    kit.proxy.meddle = before(PUSH, () => phone.add(cards.dave));
    await expect(laptop.remove(cards.carol)).rejects.toMatchObject({
      code: 'group/added-meanwhile',
      details: { identities: [cards.dave.identity] },
    });
    await laptop.update();
    await laptop.add(cards.dave);
    expect(membersOf(laptop)).toEqual(identitiesOf(alice, bob, cards.dave));
  });
});

describe('a group whose initiator has two devices', () => {
  it('is begun on one of them', async () => {
    const alice = await kit.registerUser('alice');
    const second = await kit.openSecondDevice(alice);
    const outcomes = await Promise.allSettled([alice.createGroup(kit.groupId), second.createGroup(kit.groupId)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(refused?.reason).toBeInstanceOf(GroupTicketAlreadyExistsError);
  });

  it('is not begun again by an addition that comes while it is deleted', async () => {
    const { alice, cards, laptop } = await startOnTwoDevices(['bob']);
    let pulls = 0;
    kit.proxy.seen.length = 0;
    kit.proxy.meddle = async (request, forward) => {
      // The second one is for the hash that the push names.
      if (request.path === '/keyknox/v2/pull' && ++pulls === 2) {
        kit.proxy.meddle = undefined;
        await alice.deleteGroup(kit.groupId);
      }
      return forward();
    };
    await expect(laptop.add(cards.carol)).rejects.toThrow(withCode('group/not-found'));
    expect(kit.proxy.seen.filter(({ path }) => path === PUSH)).toEqual([]);
    await expect(laptop.update()).rejects.toThrow(withCode('group/not-found'));
  });

  it('gives up where it finds no end of changes by others', async () => {
    const { cards, laptop } = await startOnTwoDevices(['bob']);
    const refusal = '{"code":50010,"message":"another was first"}';
    kit.proxy.meddle = async (request, forward) => (request.path === PUSH ? { status: 400, body: refusal } : forward());
    await expect(laptop.add(cards.carol)).rejects.toThrow(withCode('keyknox/changed'));
  });
});

describe('a message of an epoch that is not on the device yet', () => {
  it('is read after an update, and does not disturb what is read meanwhile', async () => {
    const { alice, bob, cards, laptop } = await startOnTwoDevices(['bob', 'carol']);
    const aliceCard = await bob.findUsers(alice.identity);
    const ofBob = await bob.loadGroup(kit.groupId, aliceCard);
    const former = await laptop.encrypt('former epoch');
    await laptop.remove(cards.carol);
    const later = await laptop.encrypt('later epoch');
    await expect(ofBob.decrypt(later, aliceCard)).rejects.toThrow(withCode('group/outdated'));
    const [, text] = await Promise.all([ofBob.update(), ofBob.decrypt(former, aliceCard)]);
    expect(text).toBe('former epoch');
    expect(await ofBob.decrypt(later, aliceCard)).toBe('later epoch');
    expect(await (await bob.getGroup(kit.groupId))?.decrypt(later, aliceCard)).toBe('later epoch');
  });
});

describe('a connection that breaks', () => {
  /** The answer to the first push is lost, though the service acts on it. */
  const loseAnswerToPush = (): Meddle => {
    let isLost = false;
    return async (request, forward) => {
      const answer = await forward();
      if (request.path !== PUSH || isLost) return answer;
      isLost = true;
      return 'cut';
    };
  };

  /** From request `at` on nothing good comes back; `isActedOn` says whether that one arrives. */
  const breakFrom = (at: number, isActedOn: boolean): Meddle => {
    let index = 0;
    return async (_, forward) => {
      const current = index++;
      if (current < at) return forward();
      if (current === at && isActedOn) await forward();
      // The others are refused, as what only reads would be repeated after a pause.
      return current === at ? 'cut' : { status: 400, body: '{"code":1,"message":"no more"}' };
    };
  };

  it('after a push is settled by looking', async () => {
    const alice = await kit.registerUser('alice');
    const bob = await kit.registerUser('bob');
    const card = await alice.findUsers(bob.identity);
    kit.proxy.meddle = loseAnswerToPush();
    const group = await alice.createGroup(kit.groupId);
    kit.proxy.meddle = loseAnswerToPush();
    await group.add(card);
    kit.proxy.meddle = loseAnswerToPush();
    await group.reAdd(card);
    const ofBob = await bob.loadGroup(kit.groupId, await bob.findUsers(alice.identity));
    kit.proxy.meddle = loseAnswerToPush();
    await group.remove(card);
    expect(group.participants).toEqual([alice.identity]);
    await expect(ofBob.decrypt(await group.encrypt('x'), await bob.findUsers(alice.identity))).rejects.toThrow(
      withCode('group/outdated'),
    );
  });

  it.each(['add', 'remove', 'reAdd'] as const)(
    'in the midst of %s leaves nothing that calling it again does not finish',
    async (verb) => {
      for (let at = 0; at < 8; at++) {
        for (const isActedOn of [false, true]) {
          const groupId = `${kit.groupId} ${verb} ${at} ${isActedOn}`;
          const groupStore = createMemoryGroupStore();
          const alice = await kit.registerUser(`alice ${verb} ${at} ${isActedOn}`, { groupStore });
          const bob = await kit.registerUser(`bob ${verb} ${at} ${isActedOn}`);
          const carol = await kit.registerUser(`carol ${verb} ${at} ${isActedOn}`);
          const [bobCard, carolCard] = [await alice.findUsers(bob.identity), await alice.findUsers(carol.identity)];
          const group = await alice.createGroup(groupId, carolCard);
          await group.remove(carolCard);
          if (verb !== 'add') await group.add(bobCard);
          kit.proxy.meddle = breakFrom(at, isActedOn);
          await group[verb](bobCard).catch(() => {});
          kit.proxy.meddle = undefined;

          const again = await alice.getGroup(groupId);
          await again![verb](bobCard);
          const expected = verb === 'remove' ? identitiesOf(alice) : identitiesOf(alice, bob);
          expect(membersOf(again!)).toEqual(expected);
          if (verb === 'remove') continue;
          const aliceCard = await bob.findUsers(alice.identity);
          const ofBob = await bob.loadGroup(groupId, aliceCard);
          expect(await ofBob.decrypt(await again!.encrypt('whole'), aliceCard)).toBe('whole');
        }
      }
    },
    60_000,
  );

  it('by its caller ends the call', async () => {
    const { alice, cards, laptop } = await startOnTwoDevices(['bob']);
    for (const call of [
      (signal: AbortSignal) => laptop.add(cards.carol, { signal }),
      (signal: AbortSignal) => laptop.remove(cards.bob, { signal }),
      (signal: AbortSignal) => alice.createGroup(`${kit.groupId}, more`, undefined, { signal }),
    ]) {
      const controller = new AbortController();
      kit.proxy.meddle = async (request, forward) => {
        if (request.path !== PUSH) return forward();
        controller.abort();
        return 'cut';
      };
      await expect(call(controller.signal)).rejects.toThrow(withCode('transport/aborted'));
    }
  });
});
