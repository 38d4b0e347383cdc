/** The Sync objects of one service. Who changes something says under which id; equal data is no change. */
import { isDeepStrictEqual } from 'node:util';
import { deriveSid } from '../sid.ts';
import {
  type Audience,
  forgetEvents,
  logEvent,
  type SyncEvent,
  type SyncEventKind,
  type SyncObject,
  type SyncType,
} from './object.ts';

export interface ObjectKey {
  readonly type: SyncType;
  readonly name: string;
  readonly audience: Audience;
}

/** When a change happened. */
export interface Moment {
  readonly id: number;
  readonly date: string;
}

export interface SyncStore {
  /** By SID or by name. */
  find(type: SyncType, sidOrName: string): SyncObject | undefined;
  /** Makes an empty list or map, if it is not there. */
  open(key: ObjectKey, at: Moment): SyncObject;
  putDocument(key: ObjectKey, data: unknown, at: Moment): void;
  putItem(key: ObjectKey, item: { readonly key: string; readonly data: unknown }, at: Moment): void;
  removeItem(key: ObjectKey, itemKey: string, at: Moment): void;
  /** As if the item had never been there: nobody is told. */
  forgetItem(key: ObjectKey, itemKey: string): void;
  removeObject(key: ObjectKey, at: Moment): void;
  /** What was put until now is what there is; from now on changes are logged and told. */
  goLive(): void;
}

const SID_PREFIX = { document: 'ET', list: 'ES', map: 'MP' } as const;

/** `onEvent` hears each change from `goLive` on, in order. `scope` keeps SIDs of several services apart. */
export function createSyncStore(options: {
  readonly scope: string;
  readonly onEvent: (event: SyncEvent) => void;
}): SyncStore {
  const { scope, onEvent } = options;
  const bySid = new Map<string, SyncObject>();
  let isLive = false;
  const sidOf = ({ type, name }: Pick<ObjectKey, 'type' | 'name'>) =>
    deriveSid(SID_PREFIX[type], `${scope} ${type} ${name}`);

  const open = (key: ObjectKey, { id, date }: Moment): SyncObject => {
    const sid = sidOf(key);
    const known = bySid.get(sid);
    if (known) return known;
    const object: SyncObject = {
      ...key,
      sid,
      dateCreated: date,
      dateUpdated: date,
      lastEventId: id,
      data: undefined,
      items: new Map(),
      removals: new Map(),
      log: [],
      loggedAfter: id,
    };
    bySid.set(sid, object);
    return object;
  };

  const change = (
    object: SyncObject,
    kind: SyncEventKind,
    at: Moment & { readonly key?: string; readonly data?: unknown },
  ) => {
    const { id, date, ...item } = at;
    object.lastEventId = Math.max(object.lastEventId, id);
    object.dateUpdated = date;
    if (!isLive) return;
    const event = { object, kind, id, date, ...item };
    logEvent(event);
    onEvent(event);
  };

  return {
    find: (type, sidOrName) => bySid.get(sidOrName) ?? bySid.get(sidOf({ type, name: sidOrName })),
    open,

    putDocument(key, data, at) {
      const object = open(key, at);
      if (isDeepStrictEqual(object.data, data)) return;
      const isNew = object.data === undefined;
      object.data = data;
      if (isNew) object.lastEventId = at.id;
      else change(object, 'updated', { ...at, data });
    },

    putItem(key, item, at) {
      const object = open(key, at);
      const known = object.items.get(item.key);
      if (known && isDeepStrictEqual(known.data, item.data)) return;
      object.removals.delete(item.key);
      const addedId = known?.addedId ?? at.id;
      object.items.set(item.key, { ...item, eventId: at.id, addedId, dateUpdated: at.date });
      change(object, known ? 'item_updated' : 'item_added', { ...at, ...item });
    },

    removeItem(key, itemKey, at) {
      const object = open(key, at);
      object.removals.set(itemKey, at.id);
      if (object.items.delete(itemKey)) change(object, 'item_removed', { ...at, key: itemKey, data: null });
    },

    forgetItem(key, itemKey) {
      const object = bySid.get(sidOf(key));
      if (!object) return;
      object.items.delete(itemKey);
      object.removals.delete(itemKey);
      forgetEvents(object, itemKey);
    },

    removeObject(key, at) {
      const object = bySid.get(sidOf(key));
      if (!object) return;
      bySid.delete(object.sid);
      change(object, 'removed', at);
    },

    goLive() {
      for (const object of bySid.values()) object.loggedAfter = object.lastEventId;
      isLive = true;
    },
  };
}
