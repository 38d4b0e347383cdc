/** Pages of a list in memory, by tokens that are positions. */
import { TwilioRefusal } from '../errors.ts';

const DEFAULT_SIZE = 100;
const MAX_SIZE = 100;

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | null;
}

/** By `PageSize` and `PageToken` of the URL. */
export function pageOf<T>(all: readonly T[], query: URLSearchParams): Page<T> {
  const size = Math.min(readNumber(query, 'PageSize', DEFAULT_SIZE), MAX_SIZE);
  const start = readNumber(query, 'PageToken', 0);
  if (size < 1) throw new TwilioRefusal(20001, 'PageSize');
  const end = start + size;
  return { items: all.slice(start, end), nextToken: end < all.length ? String(end) : null };
}

function readNumber(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  if (!/^\d{1,9}$/.test(text)) throw new TwilioRefusal(20001, name);
  return Number(text);
}
