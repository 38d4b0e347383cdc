/** Sync objects, items and events as JSON. */
import type { ItemPage } from './page.ts';
import type { SyncEvent, SyncEventKind, SyncItem, SyncObject, SyncType } from './object.ts';

const PATHS = { document: 'Documents', list: 'Lists', map: 'Maps' } as const;

/** `origin` of the URLs, which are the client's to call back through its socket. */
export function objectToJson(object: SyncObject, options: { readonly origin: string; readonly withItems: boolean }) {
  const url = urlOf(object, options.origin);
  return {
    sid: object.sid,
    unique_name: object.name,
    url,
    links: object.type === 'document' ? {} : { items: `${url}/Items`, context: `${url}/Context` },
    revision: String(object.lastEventId),
    last_event_id: object.lastEventId,
    date_created: object.dateCreated,
    date_updated: object.dateUpdated,
    date_expires: null,
    ...(object.type === 'document' && { data: object.data }),
    ...(options.withItems && {
      items: [...object.items.values()].map((item) => itemToJson(object, item, options.origin)),
    }),
  };
}

export function pageToJson(object: SyncObject, page: ItemPage, origin: string) {
  return {
    items: page.items.map((item) => itemToJson(object, item, origin)),
    meta: { previous_token: page.previousToken, next_token: page.nextToken },
  };
}

/** The live message type of an event, which a client learns at the start. */
export function messageTypeOf(type: SyncType): string {
  return `com.twilio.rtd.cds.${type}`;
}

export function eventToJson(event: SyncEvent, origin: string) {
  return {
    event_type: `${event.object.type}_${event.kind}` satisfies `${SyncType}_${SyncEventKind}`,
    event_protocol_version: 4,
    events: [eventBody(event, origin)],
  };
}

function eventBody({ object, id, key, data, date }: SyncEvent, origin: string) {
  const common = {
    id,
    [`${object.type}_sid`]: object.sid,
    [`${object.type}_revision`]: String(id),
    date_created: date,
    date_expires: null,
  };
  if (object.type === 'document') return data === undefined ? common : { ...common, document_data: data };
  if (key === undefined) return common;
  return {
    ...common,
    ...(object.type === 'list' ? { item_index: Number(key) } : { item_key: key }),
    item_url: itemUrlOf(object, key, origin),
    item_revision: String(id),
    item_data: data,
  };
}

function itemToJson(object: SyncObject, { key, data, eventId, dateUpdated }: SyncItem, origin: string) {
  return {
    ...(object.type === 'list' ? { index: Number(key) } : { key }),
    url: itemUrlOf(object, key, origin),
    revision: String(eventId),
    last_event_id: eventId,
    data,
    date_updated: dateUpdated,
    date_expires: null,
  };
}

function urlOf({ type, sid }: SyncObject, origin: string): string {
  return `${origin}/v3/${PATHS[type]}/${sid}`;
}

function itemUrlOf(object: SyncObject, key: string, origin: string): string {
  return `${urlOf(object, origin)}/Items/${encodeURIComponent(key)}`;
}
