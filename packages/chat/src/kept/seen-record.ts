/**
 * Which verified messages this device has seen in a room, and where: what comes again elsewhere, or in an older form, is found out, also after
 * a restart. Kept in segments of 1,000 indexes, each written when something in it is new.
 */
import type { ChatStore } from '../session.ts';
import { isRecord, loadKept, saveKept } from './kept-value.ts';
import type { StoreNames } from './names.ts';

export interface SeenMessage {
  readonly index: number;
  readonly sender: string;
  readonly id: string;
  /** The highest that was seen. */
  readonly revision: number;
  readonly device: string;
  readonly m: number;
}

export interface SeenRecord {
  at(index: number): SeenMessage | undefined;
  /** The lowest index at which the message was seen. */
  firstIndexOf(message: Pick<SeenMessage, 'sender' | 'id'>): number | undefined;
  /** Those between two indexes, both exclusive. */
  readonly between: (from: number, to: number) => readonly SeenMessage[];
  remember(message: SeenMessage): void;
  /** Writes what is new; on disk when it resolves. */
  readonly flush: () => Promise<void>;
}

/** Small arrays, since there are many: index, sender, id, revision, device, m. Sender and device by their place in `names`. */
type Row = readonly [number, number, string, number, number, number];

interface Segment {
  readonly names: readonly string[];
  readonly rows: readonly Row[];
}

const SEGMENT_SIZE = 1000;

export async function loadSeen(store: ChatStore, names: StoreNames): Promise<SeenRecord> {
  const byIndex = new Map<number, SeenMessage>();
  const firstIndexes = new Map<string, number>();
  const changed = new Set<number>();

  /** Whether it says more than was known. */
  const add = (message: SeenMessage): boolean => {
    const known = byIndex.get(message.index);
    // The first that was seen at an index stays: another one there has come into its place.
    if (known && (keyOf(known) !== keyOf(message) || known.revision >= message.revision)) return false;
    byIndex.set(message.index, message);
    const key = keyOf(message);
    firstIndexes.set(key, Math.min(firstIndexes.get(key) ?? Number.POSITIVE_INFINITY, message.index));
    return true;
  };
  const loadSegment = async (segment: number): Promise<void> => {
    const kept = await loadKept(store, names.seenSegment(segment), isSegment);
    if (kept) for (const message of toMessages(kept)) add(message);
  };

  await Promise.all(((await loadKept(store, names.seen, isNumbers)) ?? []).map(loadSegment));
  return {
    at: (index) => byIndex.get(index),
    firstIndexOf: (message) => firstIndexes.get(keyOf(message)),
    between(from, to) {
      const found: SeenMessage[] = [];
      if (to - from > byIndex.size) {
        for (const message of byIndex.values()) if (message.index > from && message.index < to) found.push(message);
        return found;
      }
      for (let index = from + 1; index < to; index++) {
        const message = byIndex.get(index);
        if (message) found.push(message);
      }
      return found;
    },
    remember(message) {
      if (add(message)) changed.add(Math.floor(message.index / SEGMENT_SIZE));
    },
    async flush() {
      const segments = [...changed];
      if (segments.length === 0) return;
      changed.clear();
      try {
        await store.withLock(names.seen, async () => {
          const kept = (await loadKept(store, names.seen, isNumbers)) ?? [];
          for (const segment of segments) {
            await loadSegment(segment); // another tab may have added to it
            await saveKept(store, names.seenSegment(segment), toSegment(messagesOf(byIndex, segment)));
          }
          const all = [...new Set([...kept, ...segments])].sort((a, b) => a - b);
          if (all.length > kept.length) await saveKept(store, names.seen, all);
        });
      } catch (error) {
        for (const segment of segments) changed.add(segment);
        throw error;
      }
    },
  };
}

function keyOf({ sender, id }: Pick<SeenMessage, 'sender' | 'id'>): string {
  return `${id} ${sender}`;
}

function messagesOf(byIndex: ReadonlyMap<number, SeenMessage>, segment: number): SeenMessage[] {
  const start = segment * SEGMENT_SIZE;
  return Array.from({ length: SEGMENT_SIZE }, (_, offset) => byIndex.get(start + offset)).filter(
    (message) => message !== undefined,
  );
}

function toSegment(messages: readonly SeenMessage[]): Segment {
  const places = new Map<string, number>();
  const placeOf = (name: string): number => {
    const place = places.get(name) ?? places.size;
    places.set(name, place);
    return place;
  };
  const rows = messages.map(({ index, sender, id, revision, device, m }): Row => {
    return [index, placeOf(sender), id, revision, placeOf(device), m];
  });
  return { names: [...places.keys()], rows };
}

function toMessages({ names, rows }: Segment): SeenMessage[] {
  return rows.map(([index, sender, id, revision, device, m]) => {
    return { index, sender: names[sender]!, id, revision, device: names[device]!, m };
  });
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(Number.isSafeInteger);
}

function isSegment(value: unknown): value is Segment {
  if (!isRecord(value) || !Array.isArray(value.names) || !Array.isArray(value.rows)) return false;
  const { names } = value;
  return value.rows.every(
    (row: unknown) =>
      Array.isArray(row) &&
      row.length === 6 &&
      row.every((item, place) => (place === 2 ? typeof item === 'string' : Number.isSafeInteger(item))) &&
      typeof names[row[1] as number] === 'string' &&
      typeof names[row[4] as number] === 'string',
  );
}
