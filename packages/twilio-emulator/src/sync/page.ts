/**
 * Pages of the items of a list or map. Clients of Sync 4 look whether a token is set and page by `From`, which counts itself;
 * older ones send the token back.
 */
import { TwilioRefusal } from '../errors.ts';
import type { SyncItem, SyncObject } from './object.ts';

const DEFAULT_SIZE = 50;
const MAX_SIZE = 100;

export interface ItemPage {
  readonly items: readonly SyncItem[];
  readonly previousToken: string | null;
  readonly nextToken: string | null;
}

/** `query` is that of the URL: `Key` or `Index`, or `PageToken`, or `From`, with `PageSize` and `Order`. */
export function pageOfItems(object: SyncObject, query: URLSearchParams): ItemPage {
  const single = query.get(object.type === 'list' ? 'Index' : 'Key');
  if (single !== null) {
    const item = object.items.get(single);
    return { items: item ? [item] : [], previousToken: null, nextToken: null };
  }
  const token = query.get('PageToken');
  const { from, order, size } = token === null ? readQuery(query) : parseToken(token);
  const sorted = sortItems(object, order);
  const start = from === undefined ? 0 : indexFrom(sorted, { object, from, order });
  const end = Math.min(start + size, sorted.length);
  const tokenAt = (index: number) => formatToken({ from: sorted[index]!.key, order, size });
  return {
    items: sorted.slice(start, end),
    previousToken: start > 0 && sorted.length > 0 ? tokenAt(Math.max(0, start - size)) : null,
    nextToken: end < sorted.length ? tokenAt(end) : null,
  };
}

interface Position {
  readonly from?: string | undefined;
  readonly order: 'asc' | 'desc';
  readonly size: number;
}

function readQuery(query: URLSearchParams): Position {
  const size = Number(query.get('PageSize') ?? DEFAULT_SIZE);
  const order = query.get('Order') ?? 'asc';
  if (!Number.isInteger(size) || size < 1) throw new TwilioRefusal(20001, 'PageSize');
  if (order !== 'asc' && order !== 'desc') throw new TwilioRefusal(20001, 'Order');
  return { from: query.get('From') ?? undefined, order, size: Math.min(size, MAX_SIZE) };
}

function formatToken(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function parseToken(token: string): Position {
  try {
    const { from, order, size } = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Record<
      string,
      unknown
    >;
    const query = new URLSearchParams({ From: String(from), Order: String(order), PageSize: String(size) });
    return readQuery(query);
  } catch {
    throw new TwilioRefusal(20001, 'PageToken');
  }
}

function sortItems(object: SyncObject, order: 'asc' | 'desc'): SyncItem[] {
  const compare = comparerOf(object);
  const sorted = [...object.items.values()].sort((a, b) => compare(a.key, b.key));
  return order === 'asc' ? sorted : sorted.reverse();
}

function indexFrom(
  sorted: readonly SyncItem[],
  { object, from, order }: { readonly object: SyncObject; readonly from: string; readonly order: 'asc' | 'desc' },
): number {
  if (object.type === 'list' && !/^\d{1,15}$/.test(from)) throw new TwilioRefusal(20001, 'From');
  const compare = comparerOf(object);
  const sign = order === 'asc' ? 1 : -1;
  const index = sorted.findIndex(({ key }) => compare(key, from) * sign >= 0);
  return index < 0 ? sorted.length : index;
}

function comparerOf({ type }: SyncObject): (a: string, b: string) => number {
  return type === 'list' ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : a > b ? 1 : 0);
}
