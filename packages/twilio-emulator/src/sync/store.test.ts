import { describe, expect, it } from 'vitest';
import { missedEvents, type SyncEvent, type SyncObject } from './object.ts';
import { createSyncStore, type ObjectKey } from './store.ts';

const LIST: ObjectKey = { type: 'list', name: 'a list', audience: { kind: 'everyone' } };
const DOCUMENT: ObjectKey = { type: 'document', name: 'a document', audience: { kind: 'everyone' } };
const at = (id: number) => ({ id, date: '2026-11-28T00:00:00.000Z' });

const tell = ({ kind, id, key, data }: SyncEvent) => [kind, id, key ?? data].join(' ');

/** A store with two items, and another that began with the same. */
function createPair() {
  const told: string[] = [];
  const live = createSyncStore({ scope: 'one', onEvent: (event) => void told.push(tell(event)) });
  const restarted = createSyncStore({ scope: 'one', onEvent: () => {} });
  live.goLive();
  for (const store of [live, restarted]) {
    store.putDocument(DOCUMENT, 'old', at(1));
    store.putItem(LIST, { key: '0', data: 'a' }, at(2));
    store.putItem(LIST, { key: '1', data: 'b' }, at(3));
  }
  return { live, restarted, told };
}

const listOf = (store: ReturnType<typeof createSyncStore>): SyncObject => store.find('list', 'a list')!;

describe('Sync', () => {
  it('tells each change once, and equal data not at all', () => {
    const { live, told } = createPair();
    live.putItem(LIST, { key: '0', data: 'a' }, at(4));
    live.putItem(LIST, { key: '0', data: 'c' }, at(5));
    live.removeItem(LIST, '1', at(6));
    live.removeItem(LIST, '1', at(7));
    live.putDocument(DOCUMENT, 'new', at(8));
    live.removeObject(LIST, at(9));
    expect(told).toEqual([
      'item_added 2 0',
      'item_added 3 1',
      'item_updated 5 0',
      'item_removed 6 1',
      'updated 8 new',
      'removed 9 ',
    ]);
  });

  it('brings who was away every change, as long as it knows them', () => {
    const { live } = createPair();
    live.putItem(LIST, { key: '0', data: 'c' }, at(4));
    live.putItem(LIST, { key: '0', data: 'd' }, at(5));
    expect(missedEvents(listOf(live), 3).map(tell)).toEqual(['item_updated 4 0', 'item_updated 5 0']);
    expect(missedEvents(listOf(live), 5)).toEqual([]);
  });

  it('brings who was away over a restart to what is there now', () => {
    const { restarted: store } = createPair();
    store.putItem(LIST, { key: '0', data: 'd' }, at(5));
    store.removeItem(LIST, '1', at(6));
    store.putItem(LIST, { key: '2', data: 'e' }, at(7));
    store.putDocument(DOCUMENT, 'new', at(8));
    store.goLive();
    expect(missedEvents(listOf(store), 3).map(tell)).toEqual([
      'item_updated 5 0',
      'item_removed 6 1',
      'item_added 7 2',
    ]);
    expect(missedEvents(store.find('document', 'a document')!, 3).map(tell)).toEqual(['updated 8 new']);
    for (const object of [listOf(store), store.find('document', 'a document')!]) {
      expect(missedEvents(object, 8)).toEqual([]);
    }
  });

  it('still brings all when more changed than it keeps', () => {
    const { live } = createPair();
    for (let id = 4; id < 2004; id++) live.putItem(LIST, { key: '0', data: id }, at(id));
    expect(missedEvents(listOf(live), 3).map(tell)).toEqual(['item_updated 2003 0']);
    expect(missedEvents(listOf(live), 2000).map(tell)).toEqual([2001, 2002, 2003].map((id) => `item_updated ${id} 0`));
  });

  it('gives one object one SID over restarts, and another in another service', () => {
    const { live, restarted } = createPair();
    expect(listOf(restarted).sid).toBe(listOf(live).sid);
    const elsewhere = createSyncStore({ scope: 'two', onEvent: () => {} });
    expect(elsewhere.open(LIST, at(1)).sid).not.toBe(listOf(live).sid);
    expect(elsewhere.find('list', listOf(live).sid)).toBeUndefined();
  });
});
