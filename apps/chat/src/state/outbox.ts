/** What this page is sending, and what did not go out. An item leaves when its message stands in the timeline. */
import type { EncryptedRoom, OutgoingAttachment, SendProgress } from '@sotto/chat';
import { createStore, type ReadonlyStore, waitFor } from './store.ts';
import type { Timeline } from './timeline.ts';

export interface Draft {
  readonly text: string;
  readonly files: readonly OutgoingAttachment[];
  readonly replyTo?: { readonly id?: string | undefined; readonly index: number } | undefined;
  /** From the moment it is sent. */
  readonly expiresAfterSeconds?: number | undefined;
}

export interface OutboxItem extends Draft {
  readonly key: string;
  readonly begunAt: Date;
  /** The newest message of the room when sending began: its own message stands below it. */
  readonly afterIndex: number;
  readonly status: 'sending' | 'sent' | 'failed';
  readonly progress?: SendProgress | undefined;
  /** With `failed`. */
  readonly error?: unknown;
}

export interface Outbox extends ReadonlyStore<readonly OutboxItem[]> {
  send(draft: Draft): void;
  /** Once more, without the members in `leaveOut`. */
  resend(key: string, leaveOut?: readonly string[]): void;
  /** Stops what is being sent; what was stored already stays. */
  cancel(key: string): void;
  discard(key: string): void;
}

export function createOutbox(
  room: EncryptedRoom,
  timeline: Timeline,
  { now = () => Date.now(), createKey = (): string => crypto.randomUUID() } = {},
): Outbox {
  const store = createStore<readonly OutboxItem[]>([]);
  const running = new Map<string, AbortController>();

  const change = (key: string, fields: Partial<OutboxItem>): void => {
    store.update((items) => items.map((item) => (item.key === key ? { ...item, ...fields } : item)));
  };
  const discard = (key: string): void => store.update((items) => items.filter((item) => item.key !== key));

  const run = async (item: OutboxItem, leaveOut: readonly string[]): Promise<void> => {
    const stop = new AbortController();
    running.set(item.key, stop);
    try {
      const { index } = await room.send(toMessage(item, now()), {
        leaveOut,
        signal: stop.signal,
        onProgress: (progress) => change(item.key, { progress }),
      });
      change(item.key, { status: 'sent', progress: undefined });
      await waitFor(timeline, ({ messages }) => messages.some((message) => message.index === index));
      discard(item.key);
    } catch (error) {
      if (stop.signal.aborted) discard(item.key);
      else change(item.key, { status: 'failed', error, progress: undefined });
    } finally {
      running.delete(item.key);
    }
  };

  return {
    get: store.get,
    subscribe: store.subscribe,
    send(draft) {
      const afterIndex = timeline.get().messages.at(-1)?.index ?? -1;
      const item: OutboxItem = { ...draft, key: createKey(), begunAt: new Date(now()), afterIndex, status: 'sending' };
      store.update((items) => [...items, item]);
      void run(item, []);
    },
    resend(key, leaveOut = []) {
      const item = store.get().find((candidate) => candidate.key === key);
      if (item?.status !== 'failed') return;
      change(key, { status: 'sending', error: undefined });
      void run(item, leaveOut);
    },
    cancel: (key) => running.get(key)?.abort(),
    discard,
  };
}

function toMessage({ text, files, replyTo, expiresAfterSeconds }: Draft, now: number) {
  return {
    ...(text !== '' && { text }),
    files,
    replyTo,
    expiresAt: expiresAfterSeconds === undefined ? undefined : new Date(now + expiresAfterSeconds * 1000),
  };
}
