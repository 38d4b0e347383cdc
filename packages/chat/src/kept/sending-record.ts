/** Where the chain of this device in a room stands, and what was handed to the transport without an answer so far. */
import type { ChatStore } from '../session.ts';
import { isRecord, loadKept, saveKept } from './kept-value.ts';
import type { StoreNames } from './names.ts';

export interface ChainPosition {
  /** Of the last payload, 0 before the first. */
  readonly n: number;
  /** Of the last message. */
  readonly m: number;
  /** Digest of the last payload. */
  readonly prev: string | null;
}

export interface PendingSend {
  /** Inside the envelope; undefined in the format of 2019. */
  readonly id?: string | undefined;
  readonly body: string;
  /** Where the chain will stand if it was stored. */
  readonly then: ChainPosition;
  /** It stands above this index if it is new, and at the other one if it is an edit. */
  readonly above: number;
  readonly editAt?: number | undefined;
}

export interface SendingRecord {
  readonly chain: ChainPosition;
  /** Of the last message that was sent, −1 before the first. */
  readonly lastIndex: number;
  readonly pending?: PendingSend | undefined;
}

export async function loadSending(store: ChatStore, { sending }: StoreNames): Promise<SendingRecord> {
  const kept = await loadKept(store, sending, isSendingRecord);
  return kept ?? { chain: { n: 0, m: 0, prev: null }, lastIndex: -1 };
}

export async function saveSending(store: ChatStore, { sending }: StoreNames, record: SendingRecord): Promise<void> {
  await saveKept(store, sending, record);
}

function isSendingRecord(value: unknown): value is SendingRecord {
  if (!isRecord(value) || !isPosition(value.chain) || !Number.isSafeInteger(value.lastIndex)) return false;
  const { pending } = value;
  return pending === undefined || (isRecord(pending) && typeof pending.body === 'string' && isPosition(pending.then));
}

function isPosition(value: unknown): value is ChainPosition {
  return (
    isRecord(value) &&
    Number.isSafeInteger(value.n) &&
    Number.isSafeInteger(value.m) &&
    (value.prev === null || typeof value.prev === 'string')
  );
}
