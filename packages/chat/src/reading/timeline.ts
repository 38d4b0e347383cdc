/**
 * The messages of a room that were loaded, each judged by what else was seen. What arrives may change what is believed of others: the
 * lowest index of two copies wins, and a gap closes. Opening is done elsewhere; here nothing waits.
 */
import type { RemovedRecord } from '../kept/removed-record.ts';
import type { SeenRecord } from '../kept/seen-record.ts';
import type { Verification, Warning } from '../room.ts';
import type { Incoming } from '../transport.ts';
import { digestKey, findChainWarnings } from './chains.ts';
import { judge } from './judge.ts';
import { type BoundMessage, type Opened, originOf } from './opened.ts';
import { createLoadedRanges, type LoadedRanges } from './ranges.ts';
import type { UserReactions } from './reactions.ts';
import { findReaders, type KnownKeys, type ReadersOfMessage } from './readers.ts';

/** A message as it stands now. Replaced as a whole when it changes. */
export interface Entry {
  readonly incoming: Incoming;
  readonly opened: Opened;
  readonly reactions: UserReactions;
  readonly verification: Verification;
  readonly readers: ReadersOfMessage;
  readonly chainWarnings: readonly Warning[];
}

export type Arrival = Pick<Entry, 'incoming' | 'opened' | 'reactions'>;

export interface Change {
  readonly kind: 'message' | 'updated';
  readonly entry: Entry;
}

export interface Timeline {
  readonly ranges: LoadedRanges;
  /** −1 in an empty room. */
  readonly newestIndex: () => number;
  readonly get: (ref: string) => Entry | undefined;
  /** By index. */
  all(): readonly Entry[];
  /** Takes in what was opened, and gives what changed by it, others too. */
  apply(arrivals: readonly Arrival[]): readonly Change[];
  /** Marks it; undefined if it was marked already. */
  remove(incoming: Incoming): Entry | undefined;
  /** Drops what has expired. */
  expire(): readonly Change[];
  /** Milliseconds since 1970 when the next one expires. */
  nextExpiry(): number | undefined;
}

const NO_READERS: ReadersOfMessage = { readers: [], extraReaders: [], warnings: [] };

export function createTimeline({
  seen,
  removed,
  known,
  clock,
}: {
  readonly seen: SeenRecord;
  readonly removed: RemovedRecord;
  readonly known: KnownKeys;
  readonly clock: () => number;
}): Timeline {
  const entries = new Map<string, Entry>();
  /** As they were before the present change; undefined for new ones. */
  const touched = new Map<string, Entry | undefined>();
  let ordered: readonly string[] = [];
  const digests = new Map<string, readonly string[]>();
  const refsByMessage = new Map<string, ReadonlySet<string>>();
  const ranges = createLoadedRanges();

  const set = (ref: string, entry: Entry): void => {
    if (!touched.has(ref)) touched.set(ref, entries.get(ref));
    entries.set(ref, entry);
  };
  const all = (): Entry[] => ordered.map((ref) => entries.get(ref)!);

  /** By index, when there are new ones. */
  const sort = (): void => {
    if (entries.size === ordered.length) return;
    const indexOf = (ref: string): number => entries.get(ref)!.incoming.index;
    ordered = [...entries.keys()].sort((a, b) => indexOf(a) - indexOf(b));
  };

  const rejudge = (ref: string): void => {
    const entry = entries.get(ref)!;
    const { opened, incoming } = entry;
    if (entry.verification.state === 'removed') return;
    const { index } = incoming;
    const seenHere = seen.at(index);
    if (opened.kind !== 'bound') {
      const verification = judge(opened, { seenHere, firstIndex: undefined, index, now: clock() });
      set(ref, { ...entry, verification, readers: NO_READERS });
      return;
    }
    const message = { sender: opened.payload.sender, ...originOf(opened.payload) };
    const firstIndex = seen.firstIndexOf(message);
    const verification = judge(opened, { seenHere, firstIndex, index, now: clock() });
    const kept = verification.state === 'expired' ? withoutContent(opened) : opened;
    set(ref, { ...entry, opened: kept, verification, readers: findReaders(opened, known) });
    if (!isGood(verification)) return;
    seen.remember({ index, ...message });
    if (firstIndex === undefined || index < firstIndex) {
      for (const other of refsByMessage.get(messageKey(opened)) ?? []) if (other !== ref) rejudge(other);
    }
  };

  const updateChains = (): void => {
    const unreadable: { index: number; author: string | null }[] = [];
    const links: { index: number; opened: BoundMessage }[] = [];
    const present = new Set(removed.indexes);
    for (const { incoming, opened, verification } of all()) {
      const { index, author } = incoming;
      present.add(index);
      if (opened.kind === 'bound' && isGood(verification)) links.push({ index, opened });
      else if (!seen.at(index)) unreadable.push({ index, author });
    }
    const seenBetween = (from: number, to: number) => seen.between(from, to).filter(({ index }) => present.has(index));
    const evidence = { links, unreadable, digests, isWhole: ranges.isWhole, seenBetween };
    const warnings = findChainWarnings(evidence);
    for (const [ref, entry] of entries) {
      const chainWarnings = warnings.get(entry.incoming.index) ?? [];
      if (!areSame(chainWarnings, entry.chainWarnings)) set(ref, { ...entry, chainWarnings });
    }
  };

  /** By index. */
  const takeChanges = (): Change[] => {
    const changes = [...touched].flatMap(([ref, former]): Change[] => {
      const entry = entries.get(ref)!;
      if (!former) return [{ kind: 'message', entry }];
      return isSame(former, entry) ? [] : [{ kind: 'updated', entry }];
    });
    touched.clear();
    return changes.sort((a, b) => a.entry.incoming.index - b.entry.incoming.index);
  };

  const put = ({ incoming, opened, reactions }: Arrival): void => {
    const { ref } = incoming;
    const former = entries.get(ref);
    set(ref, {
      incoming,
      opened,
      reactions: mergeReactions(former?.reactions, reactions),
      verification: former?.verification ?? { state: 'plaintext' },
      readers: former?.readers ?? NO_READERS,
      chainWarnings: former?.chainWarnings ?? [],
    });
    if (opened.kind === 'bound') {
      addTo(digests, digestKey(opened), opened.digest);
      const refs = refsByMessage.get(messageKey(opened)) ?? [];
      refsByMessage.set(messageKey(opened), new Set([...refs, ref]));
    }
  };

  return {
    ranges,
    all,
    newestIndex: () => entries.get(ordered.at(-1) ?? '')?.incoming.index ?? -1,
    get: (ref) => entries.get(ref),

    apply(arrivals) {
      const sorted = arrivals
        .filter(({ incoming: { ref } }) => entries.get(ref)?.verification.state !== 'removed')
        .sort((a, b) => a.incoming.index - b.incoming.index);
      for (const arrival of sorted) put(arrival);
      sort();
      for (const { incoming } of sorted) rejudge(incoming.ref);
      updateChains();
      return takeChanges();
    },

    remove(incoming) {
      const former = entries.get(incoming.ref);
      if (former?.verification.state === 'removed') return undefined;
      const opened: Opened = { kind: 'plaintext', text: null };
      put({ incoming: former?.incoming ?? incoming, opened, reactions: new Map() });
      sort();
      const verification: Verification = { state: 'removed' };
      const removedEntry = {
        ...entries.get(incoming.ref)!,
        verification,
        reactions: new Map(),
        readers: NO_READERS,
        chainWarnings: [],
      };
      set(incoming.ref, removedEntry);
      touched.clear();
      removed.add(removedEntry.incoming.index);
      return removedEntry;
    },

    expire() {
      for (const [ref, entry] of entries) {
        if (entry.verification.state === 'verified' && (expiryOf(entry) ?? Number.POSITIVE_INFINITY) <= clock())
          rejudge(ref);
      }
      return takeChanges();
    },

    nextExpiry() {
      const times = [...entries.values()].flatMap((entry) => {
        return entry.verification.state === 'verified' ? (expiryOf(entry) ?? []) : [];
      });
      return times.length > 0 ? Math.min(...times) : undefined;
    },
  };
}

function isGood({ state }: Verification): boolean {
  return state === 'verified' || state === 'expired';
}

/** What expired is not kept in memory. */
function withoutContent(opened: BoundMessage): BoundMessage {
  return { ...opened, payload: { ...opened.payload, text: null, attachments: undefined } };
}

function expiryOf({ opened }: Entry): number | undefined {
  return opened.kind === 'bound' ? opened.payload.expiresAt : undefined;
}

function messageKey({ payload }: BoundMessage): string {
  return `${originOf(payload).id} ${payload.sender}`;
}

function addTo(map: Map<string, readonly string[]>, key: string, value: string): void {
  const values = map.get(key) ?? [];
  if (!values.includes(value)) map.set(key, [...values, value]);
}

/** Of each user the one of the highest revision: two notes may be opened at the same time. */
function mergeReactions(former: UserReactions = new Map(), reactions: UserReactions): UserReactions {
  const merged = new Map(former);
  for (const [identity, reaction] of reactions) {
    if ((merged.get(identity)?.revision ?? 0) < reaction.revision) merged.set(identity, reaction);
  }
  return merged;
}

function areSame(a: readonly Warning[], b: readonly Warning[]): boolean {
  return (a.length === 0 && b.length === 0) || JSON.stringify(a) === JSON.stringify(b);
}

/** Whether an app could tell one from the other. */
function isSame(a: Entry, b: Entry): boolean {
  if (a === b) return true;
  return (
    a.incoming.payload === b.incoming.payload &&
    JSON.stringify([a.verification, a.chainWarnings, a.readers]) ===
      JSON.stringify([b.verification, b.chainWarnings, b.readers]) &&
    JSON.stringify([...a.reactions]) === JSON.stringify([...b.reactions])
  );
}
