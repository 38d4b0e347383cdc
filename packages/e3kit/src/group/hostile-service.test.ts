/** What a service, or whoever stands in front of it, may try to do with the tickets and participants of a group. */
import type { KeyknoxName, KeyknoxRecord } from '@sotto/contract';
import { changeJson, type Meddle, type ProxiedAnswer } from '@sotto/testing';
import { useGroupWorld } from '@sotto/testing/group-world';
import { describe, expect, it } from 'vitest';
import { createMemoryGroupStore, type EThree, GroupErrorCode, type GroupStore } from '../index.ts';
import type { Group } from './group.ts';

const kit = useGroupWorld();
const withCode = (code: string) => expect.objectContaining({ code });

const PULL = '/keyknox/v2/pull';
const PUSH = '/keyknox/v2/push';

async function startGroup(id = kit.groupId): Promise<{ alice: EThree; bob: EThree; ofAlice: Group }> {
  const [alice, bob] = [await kit.registerUser('alice'), await kit.registerUser('bob')];
  return { alice, bob, ofAlice: await alice.createGroup(id, await alice.findUsers(bob.identity)) };
}

/** Answers each pull with what `change` makes of the record. */
function changePulls(change: (record: KeyknoxRecord) => unknown): Meddle {
  return async (request, forward) => {
    const answer = await forward();
    return request.path === PULL ? changeJson(answer, change) : answer;
  };
}

/** Answers pulls as if they were for other records. */
function redirectPulls(change: (name: KeyknoxName) => Partial<KeyknoxName>): Meddle {
  return async (request, forward): Promise<ProxiedAnswer> => {
    if (request.path !== PULL) return forward();
    const name = JSON.parse(request.body) as KeyknoxName;
    return forward({ ...request, body: JSON.stringify({ ...name, ...change(name) }) });
  };
}

describe('a ticket', () => {
  it('of another group in its place is refused', async () => {
    const { alice, bob } = await startGroup();
    await alice.createGroup(`${kit.groupId}, another`, await alice.findUsers(bob.identity));
    const lastPush = kit.proxy.seen.findLast(({ path }) => path === PUSH)!;
    const { path } = JSON.parse(lastPush.body) as KeyknoxName;
    kit.proxy.meddle = redirectPulls(() => ({ path }));
    await expect(bob.loadGroup(kit.groupId, await bob.findUsers(alice.identity))).rejects.toMatchObject({
      code: 'group/misplaced-ticket',
      errorCode: GroupErrorCode.InvalidGroup,
    });
    expect(await bob.getGroup(kit.groupId)).toBeNull();
  });

  it('of another epoch in its place is refused', async () => {
    const { alice, bob, ofAlice } = await startGroup();
    const carol = await kit.registerUser('carol');
    await ofAlice.add(await alice.findUsers(carol.identity));
    const ofBob = await bob.loadGroup(kit.groupId, await bob.findUsers(alice.identity));
    await ofAlice.remove(await alice.findUsers(carol.identity));
    kit.proxy.meddle = redirectPulls(() => ({ key: '0' }));
    await expect(ofBob.update()).rejects.toThrow(withCode('group/misplaced-ticket'));
    await expect(ofAlice.update()).rejects.toThrow(withCode('group/misplaced-ticket'));
  });

  it('of a former group with the same id is not taken for one of this group', async () => {
    const { alice, bob } = await startGroup();
    const ofBob = await bob.loadGroup(kit.groupId, await bob.findUsers(alice.identity));
    await alice.deleteGroup(kit.groupId);
    const carol = await kit.registerUser('carol');
    const anew = await alice.createGroup(kit.groupId, await alice.findUsers([bob.identity, carol.identity]));
    const refusal = { code: 'group/conflicting-tickets', errorCode: GroupErrorCode.InvalidGroup };
    await expect(ofBob.update()).rejects.toMatchObject(refusal);
    await anew.remove(await alice.findUsers(carol.identity));
    await expect(ofBob.update()).rejects.toMatchObject(refusal);
  });

  it('that another has signed is refused, though it is sealed for this user and says the right place', async () => {
    const { alice, bob } = await startGroup();
    const mallory = await kit.registerUser('mallory');
    await mallory.createGroup(kit.groupId, await mallory.findUsers(bob.identity));
    kit.proxy.meddle = async (request, forward) => {
      if (request.path !== PULL) return forward();
      const name = JSON.parse(request.body) as KeyknoxName;
      const forged = await forward({ ...request, body: JSON.stringify({ ...name, identity: mallory.identity }) });
      const identities = [alice.identity, bob.identity];
      return changeJson<KeyknoxRecord>(forged, (record) => ({ ...record, owner: alice.identity, identities }));
    };
    await expect(bob.loadGroup(kit.groupId, await bob.findUsers(alice.identity))).rejects.toMatchObject({
      code: 'group/forged-ticket',
      errorCode: GroupErrorCode.DataVerificationFailed,
    });
  });

  it.each([
    ['with its body altered', (record: KeyknoxRecord) => ({ ...record, value: flip(record.value) }), 'group/no-access'],
    ['cut off', (record: KeyknoxRecord) => ({ ...record, value: record.value.slice(0, 8) }), 'group/no-access'],
    [
      'that is gone',
      (record: KeyknoxRecord) => ({ ...record, meta: '', value: '', identities: [] }),
      'group/no-access',
    ],
    ['that is no base64', (record: KeyknoxRecord) => ({ ...record, value: '?' }), 'service/bad-answer'],
  ])('%s is refused', async (_, change, code) => {
    const { alice, bob } = await startGroup();
    kit.proxy.meddle = changePulls(change);
    await expect(bob.loadGroup(kit.groupId, await bob.findUsers(alice.identity))).rejects.toThrow(withCode(code));
  });

  it('for a member who was removed does not come back with an older list of epochs', async () => {
    const { alice, bob, ofAlice } = await startGroup();
    const carol = await kit.registerUser('carol');
    await ofAlice.add(await alice.findUsers(carol.identity));
    const ofBob = await bob.loadGroup(kit.groupId, await bob.findUsers(alice.identity));
    const ofCarol = await carol.loadGroup(kit.groupId, await carol.findUsers(alice.identity));
    await ofAlice.remove(await alice.findUsers(carol.identity));
    await ofBob.update();
    kit.proxy.meddle = async (request, forward) => {
      const answer = await forward();
      return request.path === '/keyknox/v2/keys' ? { ...answer, body: '["0"]' } : answer;
    };
    await ofBob.update();
    const message = await ofBob.encrypt('not for carol');
    await expect(ofCarol.decrypt(message, await carol.findUsers(bob.identity))).rejects.toThrow(
      withCode('group/outdated'),
    );
  });

  it.each(['{}', '[1]', '["-1"]', '["01"]', '["x"]', '["4294967296"]', '[""]'])(
    'is not looked for in a list of epochs like %s',
    async (body) => {
      const { alice, bob } = await startGroup();
      kit.proxy.meddle = async (request, forward) =>
        request.path === '/keyknox/v2/keys' ? { status: 200, body } : forward();
      await expect(bob.loadGroup(kit.groupId, await bob.findUsers(alice.identity))).rejects.toThrow(
        withCode('service/bad-answer'),
      );
    },
  );
});

describe('a list of participants', () => {
  it.each([
    ['without the initiator', (alice: string, bob: string) => [bob, 'x'.repeat(alice.length)]],
    ['without oneself', (alice: string) => [alice]],
    ['of nobody', () => []],
    ['that names somebody twice', (alice: string, bob: string) => [alice, bob, bob]],
  ])('%s is refused', async (_, list) => {
    const { alice, bob } = await startGroup();
    kit.proxy.meddle = changePulls((record) => ({ ...record, identities: list(alice.identity, bob.identity) }));
    await expect(bob.loadGroup(kit.groupId, await bob.findUsers(alice.identity))).rejects.toMatchObject({
      code: 'group/bad-participants',
      errorCode: GroupErrorCode.InvalidGroup,
    });
  });

  it.each([['text'], [5], [{}], [[5]]])('that is %j is no answer of the service', async (identities) => {
    const { alice, bob } = await startGroup();
    kit.proxy.meddle = changePulls((record) => ({ ...record, identities }));
    await expect(bob.loadGroup(kit.groupId, await bob.findUsers(alice.identity))).rejects.toThrow(
      withCode('service/bad-answer'),
    );
  });

  it('with a name that the service has put there gets nobody a ticket when the initiator removes somebody', async () => {
    const { alice, bob, ofAlice } = await startGroup();
    const mallory = await kit.registerUser('mallory');
    kit.proxy.meddle = changePulls((record) => ({ ...record, identities: [...record.identities, mallory.identity] }));
    kit.proxy.seen.length = 0;
    const removed = ofAlice.remove(await alice.findUsers(bob.identity));
    await expect(removed).rejects.toMatchObject({
      code: 'group/participants-changed',
      errorCode: GroupErrorCode.GroupIsOutdated,
      details: { identities: [mallory.identity] },
    });
    expect(kit.proxy.seen.filter(({ path }) => path === PUSH)).toEqual([]);
    await ofAlice.update();
    expect(ofAlice.participants).toContain(mallory.identity);
  });
});

describe('what lies on the device', () => {
  it('is sealed, and refused when it was altered or lies under another name', async () => {
    const groupStore = createMemoryGroupStore();
    const saved = new Map<string, Uint8Array>();
    const watched: GroupStore = {
      ...groupStore,
      save: async (user, sessionId, value) => {
        saved.set(sessionId, value);
        await groupStore.save(user, sessionId, value);
      },
    };
    const alice = await kit.registerUser('alice', { groupStore: watched });
    await alice.createGroup(kit.groupId);
    const other = `${kit.groupId}, another`;
    await alice.createGroup(other);
    const user = { appId: kit.world.app.appId, identity: alice.identity };
    const [[first, value], [second]] = [...saved] as [[string, Uint8Array], [string, Uint8Array]];
    expect(Buffer.from(value).toString('latin1')).not.toContain(alice.identity);

    const damaged = { code: 'group/damaged-on-device', errorCode: GroupErrorCode.LocalGroupNotFound };
    await groupStore.save(user, second, value);
    await expect(alice.getGroup(other)).rejects.toMatchObject(damaged);
    await groupStore.save(
      user,
      first,
      Uint8Array.from(value, (byte, at) => (at === value.length - 20 ? byte ^ 1 : byte)),
    );
    await expect(alice.getGroup(kit.groupId)).rejects.toMatchObject(damaged);
    await groupStore.save(user, first, new Uint8Array(3));
    await expect(alice.getGroup(kit.groupId)).rejects.toMatchObject(damaged);

    const loaded = await alice.loadGroup(kit.groupId, await alice.findUsers(alice.identity));
    expect((await alice.getGroup(kit.groupId))?.participants).toEqual(loaded.participants);
  });

  it('is not opened by another user of the same device', async () => {
    const groupStore = createMemoryGroupStore();
    const alice = await kit.registerUser('alice', { groupStore });
    const bob = await kit.registerUser('bob', { groupStore });
    await alice.createGroup(kit.groupId);
    expect(await bob.getGroup(kit.groupId)).toBeNull();
  });
});

function flip(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[0]! ^= 1;
  return bytes.toString('base64');
}
