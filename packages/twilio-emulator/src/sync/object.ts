/** What Sync holds: documents, lists and maps, whose every change has an id that only grows, with the latest changes kept. */

export type SyncType = 'document' | 'list' | 'map';

/** Who may read an object. */
export type Audience =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'user'; readonly identity: string }
  | { readonly kind: 'members' | 'members-and-creator'; readonly conversationSid: string };

export interface SyncItem {
  /** Of a list the index, as text. */
  readonly key: string;
  readonly data: unknown;
  readonly eventId: number;
  /** Of the change that added it. */
  readonly addedId: number;
  readonly dateUpdated: string;
}

export interface SyncObject {
  readonly type: SyncType;
  readonly sid: string;
  readonly name: string;
  readonly audience: Audience;
  readonly dateCreated: string;
  dateUpdated: string;
  lastEventId: number;
  /** Of a document. */
  data: unknown;
  readonly items: Map<string, SyncItem>;
  /** Ids of removals by the key of what was removed. */
  readonly removals: Map<string, number>;
  /** The latest changes, complete for those after `loggedAfter`. */
  readonly log: SyncEvent[];
  loggedAfter: number;
}

export type SyncEventKind = 'item_added' | 'item_updated' | 'item_removed' | 'updated' | 'removed';

export interface SyncEvent {
  readonly object: SyncObject;
  readonly kind: SyncEventKind;
  readonly id: number;
  readonly key?: string;
  readonly data?: unknown;
  readonly date: string;
}

const MAX_LOGGED = 1000;

export function logEvent(event: SyncEvent): void {
  const { log } = event.object;
  log.push(event);
  if (log.length > MAX_LOGGED) event.object.loggedAfter = log.shift()!.id;
}

/** Takes what happened to an item out of the log. */
export function forgetEvents({ log }: SyncObject, itemKey: string): void {
  const kept = log.filter(({ key }) => key !== itemKey);
  log.splice(0, log.length, ...kept);
}

/**
 * What a subscriber missed that has seen all up to `lastEventId`: the changes themselves where they are still known, and
 * otherwise, as after a restart, one change that leads to what is there now for each item.
 */
export function missedEvents(object: SyncObject, lastEventId: number): SyncEvent[] {
  if (lastEventId >= object.loggedAfter) return object.log.filter(({ id }) => id > lastEventId);
  return catchUp(object, lastEventId);
}

function catchUp(object: SyncObject, lastEventId: number): SyncEvent[] {
  const date = object.dateUpdated;
  if (object.type === 'document') {
    if (object.lastEventId <= lastEventId) return [];
    return [{ object, kind: 'updated', id: object.lastEventId, data: object.data, date }];
  }
  const present = [...object.items.values()]
    .filter(({ eventId }) => eventId > lastEventId)
    .map(({ key, data, eventId, addedId, dateUpdated }): SyncEvent => {
      const kind = addedId > lastEventId ? 'item_added' : 'item_updated';
      return { object, kind, id: eventId, key, data, date: dateUpdated };
    });
  const gone = [...object.removals]
    .filter(([, id]) => id > lastEventId)
    .map(([key, id]): SyncEvent => ({ object, kind: 'item_removed', id, key, data: null, date }));
  return [...present, ...gone].sort((a, b) => a.id - b.id);
}
