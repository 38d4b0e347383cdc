/**
 * Everything that comes in from a room. Messages are decrypted several at a time and taken in one after the other, in the order of their
 * events; pages and events are merged by ref, and an event that came while a page was on its way is the newer of the two.
 */
import { createBackground, createCoalesced } from '../background.ts';
import type { RoomContext } from '../context.ts';
import type { Emitter } from '../emitter.ts';
import { loadRemoved } from '../kept/removed-record.ts';
import { loadSeen } from '../kept/seen-record.ts';
import { createLimiter, createTaskQueue } from '../queue.ts';
import type { RoomMessage, RoomOptions, RoomPage } from '../room.ts';
import type { HistoryPage, HistoryQuery, Incoming } from '../transport.ts';
import { createAcquaintances } from './acquaintances.ts';
import { createAlarm } from './alarm.ts';
import { interpret } from './interpret.ts';
import { createMessageView, type MessageActions } from './message-view.ts';
import { openReactions, type UserReaction, type UserReactions } from './reactions.ts';
import { type Arrival, type Change, createTimeline, type Entry } from './timeline.ts';

export interface Reader {
  readonly get: (ref: string) => Entry | undefined;
  readonly newestIndex: () => number;
  readonly page: (query: HistoryQuery) => Promise<RoomPage>;
  take(event: 'message' | 'updated' | 'removed', incoming: Incoming): void;
  /** After events were missed. */
  catchUp(): void;
  /** After keys have changed. */
  retryAll(): void;
  retry(ref: string): Promise<void>;
  /** What this user has written itself, before the transport tells of it. */
  setBody(ref: string, body: string): Promise<void>;
  setReaction(ref: string, identity: string, reaction: UserReaction): Promise<void>;
  /** Who takes part has changed. */
  forgetMembers(): void;
  close(): Promise<void>;
}

const AT_A_TIME = 8;
const PAGE = 100;
const MAX_CATCH_UP_PAGES = 50;

export async function createReader(
  context: RoomContext,
  {
    emitter,
    actions,
    onPlaintext = 'mark',
  }: { readonly emitter: Emitter; readonly actions: MessageActions } & Pick<RoomOptions, 'onPlaintext'>,
): Promise<Reader> {
  const { session, transport, people } = context;
  const seen = await loadSeen(session.store, context.names);
  const removed = await loadRemoved(session.store, context.names);
  const acquaintances = createAcquaintances(context);
  const timeline = createTimeline({ seen, removed, known: acquaintances.known, clock: session.clock });
  const queue = createTaskQueue();
  const limited = createLimiter(AT_A_TIME);
  const background = createBackground((error) => emitter.emit('trouble', error));
  const writeSeen = createCoalesced(background, seen.flush);
  const writeRemoved = createCoalesced(background, removed.flush);
  const lastEvents = new Map<string, number>();
  let eventCount = 0;
  let isRetryPlanned = false;
  /** Set from a lost connection on until what came meanwhile was told of. */
  let caughtUpTo: number | undefined;

  const toView = (entry: Entry): RoomMessage => createMessageView(context, entry, actions);
  const isShown = ({ verification: { state } }: Entry): boolean =>
    state !== 'removed' && (onPlaintext === 'mark' || state !== 'plaintext');
  const alarm = createAlarm(session.clock, () => background.run(() => queue.run(() => announce(timeline.expire()))));

  const announce = (changes: readonly Change[]): void => {
    for (const { kind, entry } of changes) if (isShown(entry)) emitter.emit(kind, toView(entry));
    alarm.set(timeline.nextExpiry());
  };

  /** Takes in what was opened; what changed by it. */
  const apply = (arrivals: readonly Arrival[]): readonly Change[] => {
    const changes = timeline.apply(arrivals);
    writeSeen();
    return changes;
  };

  /** What was opened before is not opened again, unless it failed. */
  const open = async (incoming: Incoming): Promise<Arrival> => {
    const former = timeline.get(incoming.ref);
    const isSame = former?.incoming.payload === incoming.payload && former.incoming.author === incoming.author;
    const isGood = isSame && former.opened.kind !== 'failed';
    const opened = isGood ? former.opened : await interpret(context, incoming);
    const known: UserReactions = former?.reactions ?? new Map();
    if (opened.kind !== 'bound') return { incoming, opened, reactions: known };
    const reactions = await openReactions(context, { payload: opened.payload, notes: incoming.notes, known });
    return { incoming, opened, reactions };
  };

  const openAll = async (items: readonly Incoming[]): Promise<Arrival[]> => {
    await acquaintances.meet(items.map(({ author }) => author));
    return Promise.all(items.map((incoming) => limited(() => open(incoming))));
  };

  const loadPage = async (query: HistoryQuery): Promise<HistoryPage & { readonly changes: readonly Change[] }> => {
    const startedAt = eventCount;
    const loaded = await transport.history(query);
    const arrivals = await openAll(loaded.items);
    const changes = await queue.run(() => {
      noteRange(query.before, loaded);
      return apply(arrivals.filter(({ incoming }) => (lastEvents.get(incoming.ref) ?? 0) <= startedAt));
    });
    return { ...loaded, changes };
  };

  const noteRange = (before: number | undefined, { items, hasOlder }: HistoryPage): void => {
    const newest = before === undefined ? items.at(-1)?.index : before - 1;
    const oldest = hasOlder ? items[0]?.index : 0;
    if (newest !== undefined && oldest !== undefined) timeline.ranges.add(oldest, newest);
    if (before === undefined) timeline.ranges.resume();
  };

  const page: Reader['page'] = async (query) => {
    const { items, hasOlder, changes } = await loadPage(query);
    announce(changes.filter(({ kind }) => kind === 'updated'));
    const entries = items.flatMap(({ ref }) => timeline.get(ref) ?? []).filter(isShown);
    const before = items[0]?.index;
    const hasPageBefore = hasOlder && before !== undefined;
    return {
      items: entries.map(toView),
      hasOlder,
      older: async () => (hasPageBefore ? page({ before, limit: query.limit }) : emptyPage()),
    };
  };

  /** What came since the newest one that was known, and what has changed or gone. */
  const catchUp = async (): Promise<void> => {
    // If it fails on the way, the next one begins where this one did.
    caughtUpTo ??= timeline.newestIndex();
    const known = caughtUpTo;
    timeline.ranges.interrupt();
    const refs = new Set<string>();
    let before: number | undefined;
    for (let count = 0; count < MAX_CATCH_UP_PAGES; count++) {
      const { items, hasOlder, changes } = await loadPage({ before, limit: PAGE });
      for (const { ref } of items) refs.add(ref);
      announce(changes.filter(({ kind, entry }) => kind === 'updated' || (known >= 0 && entry.incoming.index > known)));
      before = items[0]?.index;
      if (!hasOlder || before === undefined || before <= known || known < 0) break;
    }
    const from = before ?? 0;
    const isGone = ({ ref, index }: Incoming): boolean => index >= from && index <= known && !refs.has(ref);
    for (const { incoming } of timeline.all()) if (isGone(incoming)) remove(incoming);
    caughtUpTo = undefined;
  };

  const remove = (incoming: Incoming): void => {
    const entry = timeline.remove(incoming);
    if (!entry) return;
    writeRemoved();
    emitter.emit('removed', toView(entry));
  };

  const retry = async (entries: readonly Entry[]): Promise<void> => {
    const arrivals = await Promise.all(
      entries.map(({ incoming }) => limited(async () => open(await refetch(incoming)))),
    );
    announce(await queue.run(() => apply(arrivals)));
  };

  /** As the transport has it now: a file that was missing may be there. */
  const refetch = async (incoming: Incoming): Promise<Incoming> => {
    try {
      const { items } = await transport.history({ before: incoming.index + 1, limit: 1 });
      return items.find(({ ref }) => ref === incoming.ref) ?? incoming;
    } catch {
      return incoming;
    }
  };

  /** Failed ones once more; of the others whether their senders are verified now. */
  const retryAll = async (): Promise<void> => {
    await retry(timeline.all().filter(({ opened }) => opened.kind === 'failed'));
    const entries = timeline.all();
    await acquaintances.meet(entries.map(({ incoming }) => incoming.author));
    const updates = await Promise.all(
      entries.map(async (entry): Promise<Arrival[]> => {
        if (entry.opened.kind !== 'bound') return [];
        const { sender } = entry.opened.payload;
        const isSenderVerified = (await people.find([sender])).get(sender)?.isVerified ?? false;
        const isNew = isSenderVerified !== entry.opened.isSenderVerified;
        return isNew ? [{ ...entry, opened: { ...entry.opened, isSenderVerified } }] : [];
      }),
    );
    announce(await queue.run(() => apply(updates.flat())));
  };

  return {
    get: timeline.get,
    newestIndex: timeline.newestIndex,
    page,
    take(event, incoming) {
      lastEvents.set(incoming.ref, ++eventCount);
      const opening = event === 'removed' ? undefined : openAll([incoming]);
      opening?.catch(() => undefined); // it is awaited in its turn
      background.run(() =>
        queue.run(async () => {
          if (!opening) return remove(incoming);
          if (event === 'message') timeline.ranges.extendTo(incoming.index);
          const changes = apply(await opening);
          // An old message that was not loaded is new here, and not in the room.
          announce(event === 'message' ? changes : changes.map(({ entry }) => ({ kind: 'updated', entry })));
        }),
      );
    },
    catchUp: () => background.run(catchUp),
    retryAll() {
      people.forget();
      acquaintances.forget();
      if (isRetryPlanned) return;
      isRetryPlanned = true;
      background.run(async () => {
        await queue.run(() => {
          isRetryPlanned = false;
        });
        await retryAll();
      });
    },
    async retry(ref) {
      const entry = timeline.get(ref);
      if (entry) await retry([entry]);
    },
    setBody: (ref, body) =>
      queue.run(async () => {
        const entry = timeline.get(ref);
        if (entry) announce(apply([await open({ ...entry.incoming, payload: body })]));
      }),
    setReaction: (ref, identity, reaction) =>
      queue.run(async () => {
        const entry = timeline.get(ref);
        if (entry) announce(apply([{ ...entry, reactions: new Map([[identity, reaction]]) }]));
      }),
    forgetMembers: acquaintances.forget,
    async close() {
      await background.idle();
      await queue.idle();
      alarm.set(undefined);
    },
  };
}

function emptyPage(): RoomPage {
  return { items: [], hasOlder: false, older: async () => emptyPage() };
}
