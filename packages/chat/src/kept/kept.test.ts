/** What a device keeps of rooms: over restarts, between tabs, and when it was damaged. */
import { bytesToBase64Url, utf8ToBytes } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { createTestStore } from '@sotto/testing/chat-users';
import { describe, expect, it } from 'vitest';
import type { ChatStore } from '../session.ts';
import { deviceIdOf } from './device.ts';
import { loadGroupRecord } from './group-record.ts';
import { acceptMember, noteMembers } from './members-record.ts';
import { storeNamesOf } from './names.ts';
import { loadSeen, type SeenMessage } from './seen-record.ts';
import { loadSending } from './sending-record.ts';
import { loadTitleRevision, noteTitleRevision } from './title-record.ts';

const names = await storeNamesOf(nodeProvider, 'the room');
const sessionOf = (store: ChatStore) => ({ store, provider: nodeProvider, identity: 'alice' }) as never;
const idOf = (number: number): string => bytesToBase64Url(new Uint8Array(16).fill(number % 251));

function seenAt(index: number, changes: Partial<SeenMessage> = {}): SeenMessage {
  return {
    index,
    sender: 'alice',
    id: `${idOf(index)}${index}`,
    revision: 0,
    device: 'device',
    m: index + 1,
    ...changes,
  };
}

describe('what was seen', () => {
  it('is there after a restart, however many messages there are', async () => {
    const store = createTestStore();
    const seen = await loadSeen(store, names);
    const indexes = [0, 1, 999, 1000, 1001, 2500, 123_456_789];
    for (const index of indexes) seen.remember(seenAt(index));
    await seen.flush();
    const again = await loadSeen(store, names);
    expect(indexes.map((index) => again.at(index))).toEqual(indexes.map((index) => seenAt(index)));
    expect(again.firstIndexOf(seenAt(1000))).toBe(1000);
    expect(again.at(2)).toBeUndefined();
    expect(again.between(1, 2500).map(({ index }) => index)).toEqual([999, 1000, 1001]);
    expect(again.between(1000, 1_000_000).map(({ index }) => index)).toEqual([1001, 2500]);
  });

  it('keeps the highest revision, the first message of an index and the first index of a message', async () => {
    const seen = await loadSeen(createTestStore(), names);
    seen.remember(seenAt(5, { revision: 2 }));
    seen.remember(seenAt(5, { revision: 1 }));
    expect(seen.at(5)?.revision).toBe(2);
    seen.remember(seenAt(5, { id: idOf(99) }));
    expect(seen.at(5)?.id).toBe(seenAt(5).id);
    seen.remember(seenAt(3, { id: seenAt(5).id }));
    expect(seen.firstIndexOf(seenAt(5))).toBe(3);
    expect(seen.firstIndexOf(seenAt(5, { sender: 'bob' }))).toBeUndefined();
  });

  it('by one tab is not lost when another writes', async () => {
    const store = createTestStore();
    const [one, two] = [await loadSeen(store, names), await loadSeen(store, names)];
    one.remember(seenAt(1));
    two.remember(seenAt(2));
    two.remember(seenAt(1_002));
    await Promise.all([one.flush(), two.flush()]);
    const again = await loadSeen(store, names);
    expect([1, 2, 1_002].map((index) => again.at(index)?.index)).toEqual([1, 2, 1_002]);
  });

  it('is written once more when a write failed', async () => {
    const store = createTestStore();
    let isFull = true;
    const full: ChatStore = {
      ...store,
      save: (name, value) => (isFull ? Promise.reject(new Error('full')) : store.save(name, value)),
    };
    const seen = await loadSeen(full, names);
    seen.remember(seenAt(1));
    await expect(seen.flush()).rejects.toThrow('full');
    isFull = false;
    await seen.flush();
    expect((await loadSeen(store, names)).at(1)).toEqual(seenAt(1));
  });
});

describe('a device', () => {
  it('has one id, whoever asks first', async () => {
    const store = createTestStore();
    const ids = await Promise.all([1, 2, 3].map(() => deviceIdOf(sessionOf(store), names)));
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toHaveLength(11);
    expect(await deviceIdOf(sessionOf(createTestStore()), names)).not.toBe(ids[0]);
  });

  it('keeps each room under a name that does not tell it', async () => {
    const other = await storeNamesOf(nodeProvider, 'another room');
    const all = [names, other].flatMap((of) => [
      of.sending,
      of.members,
      of.title,
      of.group,
      of.seen,
      of.seenSegment(7),
    ]);
    expect(new Set(all).size).toBe(12);
    for (const name of all) expect(name).toMatch(/^[\w.-]{1,100}$/);
    expect(all.join()).not.toContain('room');
  });

  it('remembers the highest revision of a title', async () => {
    const whose = { session: { store: createTestStore() }, names };
    await Promise.all([3, 1, 2].map((revision) => noteTitleRevision(whose, revision)));
    expect(await loadTitleRevision(whose)).toBe(3);
  });
});

describe('what was damaged', () => {
  const values = ['', '{', 'null', '[]', '{}', '"x"', '{"members":[["alice","friend"]]}', '[[1]]', '{"chain":{"n":1}}'];
  it.each(values)('is not taken for something else, and stays: %s', async (text) => {
    const store = createTestStore();
    const all = [names.device, names.sending, names.members, names.title, names.group, names.seen];
    for (const name of all) await store.save(name, utf8ToBytes(text));
    const session = sessionOf(store);
    const whose = { session, names };
    const loads = [
      () => deviceIdOf(session, names),
      () => loadSending(store, names),
      () => noteMembers(session, names, ['alice']),
      () => acceptMember(session, names, 'bob'),
      () => loadTitleRevision(whose),
      () => loadGroupRecord(whose),
    ];
    for (const load of loads) {
      await expect(load()).rejects.toMatchObject({ code: 'chat/damaged-on-device', family: 'storage' });
    }
    for (const name of all) expect(await store.load(name)).toEqual(utf8ToBytes(text));
  });

  it('of a segment of messages is not taken for none', async () => {
    const store = createTestStore();
    const seen = await loadSeen(store, names);
    seen.remember(seenAt(1));
    await seen.flush();
    for (const text of ['', '{}', '{"names":[],"rows":[[1,0,"x",0,0,1]]}', '{"names":["a"],"rows":[[1,0]]}']) {
      await store.save(names.seenSegment(0), utf8ToBytes(text));
      await expect(loadSeen(store, names)).rejects.toMatchObject({ code: 'chat/damaged-on-device' });
    }
  });
});
