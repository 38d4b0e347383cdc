import { type Side, until, useRooms } from '@sotto/testing/room-world';
import { describe, expect, it } from 'vitest';
import { createMembers, type Members } from './members.ts';

const kit = useRooms();
const statesOf = (members: Members): Record<string, string> => {
  const states: Record<string, string> = {};
  for (const { identity, state } of members.get().members) states[identity ?? ''] = state;
  return states;
};

describe('the members of a room', () => {
  it('are those who are there, with what sending would stop at', async () => {
    const alice = await kit.open('alice');
    const members = createMembers(alice.room);
    await members.refresh();
    await kit.open('bob');
    await until(() => expect(statesOf(members)).toEqual({ alice: 'ready', bob: 'unknown' }));
    await alice.room.acceptMember('bob');
    await members.refresh();
    expect(statesOf(members)).toEqual({ alice: 'ready', bob: 'ready' });
    members.close();
  });

  it('are asked for again while somebody has no key, until there is one', async () => {
    kit.hub.join('the room', 'bob');
    const alice = await kit.open('alice');
    const members = createMembers(alice.room);
    await members.refresh();
    expect(statesOf(members)).toEqual({ alice: 'ready', bob: 'without-card' });
    await kit.directory.createUser('bob');
    await until(() => expect(statesOf(members)['bob']).toBe('ready'));
    members.close();
  });

  it('stay the same list while nothing changes', async () => {
    const [alice] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    const members = createMembers(alice.room);
    await members.refresh();
    const { members: before } = members.get();
    await members.refresh();
    expect(members.get().members).toBe(before);
    members.close();
  });
});
