/**
 * Hands a body to the transport, once. A send can fail and still have happened: what is doubtful is looked for in the room, and sent again at
 * most once, as the same bytes, so that a second copy is known for one. It is on disk before it is sent, and settled even after a restart.
 */
import { isSdkError } from '@sotto/core';
import type { RoomContext } from '../context.ts';
import { chatError } from '../errors.ts';
import {
  type ChainPosition,
  loadSending,
  type PendingSend,
  type SendingRecord,
  saveSending,
} from '../kept/sending-record.ts';
import type { Incoming } from '../transport.ts';
import type { Waiter } from '../waiter.ts';

export interface Delivery {
  readonly id?: string | undefined;
  readonly body: string;
  readonly then: ChainPosition;
  readonly editAt?: number | undefined;
  /** Hands it over; the index. @throws `chat/send-refused`, `chat/send-doubtful` */
  hand(): Promise<number>;
}

const PAGE = 100;
const MAX_PAGES = 100;
const RETRY_MS = 1000;

/**
 * What this device has sent to the room so far, nothing in doubt.
 * @throws `chat/send-doubtful` while that of the last one cannot be said
 */
export async function settlePending(context: RoomContext, wait: Waiter): Promise<SendingRecord> {
  const { session, names } = context;
  const record = await loadSending(session.store, names);
  if (!record.pending) return record;
  const found = await lookFor(context, record.pending, wait);
  const settled = found === 'absent' ? { ...record, pending: undefined } : advance(record, record.pending, found);
  await saveSending(session.store, names, settled);
  return settled;
}

/** The index at which it stands. @throws `chat/send-refused`, `chat/send-doubtful`, AbortError */
export async function deliver(
  context: RoomContext,
  {
    record,
    delivery,
    wait,
    newestIndex,
  }: {
    readonly record: SendingRecord;
    readonly delivery: Delivery;
    readonly wait: Waiter;
    /** The highest that was seen in the room. */
    readonly newestIndex: number;
  },
): Promise<number> {
  const { session, names } = context;
  const { id, body, then, editAt } = delivery;
  const pending: PendingSend = { id, body, then, editAt, above: Math.max(record.lastIndex, newestIndex) };
  await saveSending(session.store, names, { ...record, pending });

  let index = await attempt();
  if (index === 'doubtful') index = await lookFor(context, pending, wait);
  if (index === 'absent') {
    index = await attempt();
    if (index === 'doubtful') index = await lookFor(context, pending, wait);
  }
  if (typeof index !== 'number') throw doubtful(pending);
  await saveSending(session.store, names, advance(record, pending, index));
  return index;

  async function attempt(): Promise<number | 'doubtful' | 'absent'> {
    try {
      return await delivery.hand();
    } catch (error) {
      if (isSdkError(error, 'chat/send-doubtful')) return 'doubtful';
      // Of anything else but a refusal nobody knows how far it came: it stays pending.
      if (isSdkError(error, 'chat/send-refused')) await saveSending(session.store, names, record);
      throw error;
    }
  }
}

/** @throws `chat/send-doubtful` when the room could not be looked at in time */
async function lookFor(context: RoomContext, pending: PendingSend, wait: Waiter): Promise<number | 'absent'> {
  const until = context.session.clock() + context.settleSeconds * 1000;
  for (;;) {
    try {
      const found = await find(context, pending);
      return found?.index ?? 'absent';
    } catch (cause) {
      const isOver = context.session.clock() >= until || !(await wait(RETRY_MS));
      if (isOver) throw doubtful(pending, cause);
    }
  }
}

async function find({ transport }: RoomContext, { body, above, editAt }: PendingSend): Promise<Incoming | undefined> {
  const isIt = ({ payload }: Incoming): boolean => payload === body;
  if (editAt !== undefined) {
    const { items } = await transport.history({ before: editAt + 1, limit: 1 });
    return items.find((item) => item.index === editAt && isIt(item));
  }
  let before: number | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { items, hasOlder } = await transport.history({ before, limit: PAGE });
    const found = items.find(isIt);
    const oldest = items[0]?.index ?? 0;
    if (found || !hasOlder || oldest <= above) return found;
    before = oldest;
  }
  return undefined;
}

function advance(record: SendingRecord, { then, editAt }: PendingSend, index: number): SendingRecord {
  return { chain: then, lastIndex: editAt === undefined ? Math.max(record.lastIndex, index) : record.lastIndex };
}

function doubtful({ id }: PendingSend, cause?: unknown): Error {
  return chatError('chat/send-doubtful', { details: { id }, cause });
}
