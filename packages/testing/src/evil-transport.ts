/**
 * A transport that lies to one member: what a dishonest chat service, or whoever holds its credentials, can do. It passes everything on until
 * it is told otherwise; it has no keys.
 */
import { chatError, type Incoming, type RoomTransport, type TransportEvents, type TransportMember } from '@sotto/chat';

export interface EvilTransport extends RoomTransport {
  /** What this member is shown of a message; undefined hides it. */
  meddle: ((message: Incoming) => Incoming | undefined) | undefined;
  /** Shows one more message, in history and as an event. */
  insert(message: Incoming): void;
  /** Tells the member of this message as it is shown now. */
  tell(event: 'message' | 'updated' | 'removed', message: Incoming): void;
  /** Tells the member that the connection was lost and is there again. */
  reconnect(): void;
  /** Members whom nobody added. */
  readonly silentMembers: TransportMember[];
  /** The answer to the next send or edit is lost, after it was stored or before. */
  loseNextAnswer(isStored: boolean): void;
  /** Whether history cannot be had. */
  isAway: boolean;
  /** Events are swallowed. */
  isDeaf: boolean;
}

export function createEvilTransport(honest: RoomTransport): EvilTransport {
  const inserted: Incoming[] = [];
  const listeners = new Set<TransportEvents>();
  let lost: 'stored' | 'not stored' | undefined;
  const show = (message: Incoming): Incoming | undefined => (evil.meddle ? evil.meddle(message) : message);
  const losing = async <T>(task: () => Promise<T>): Promise<T> => {
    const fate = lost;
    lost = undefined;
    if (fate === undefined) return task();
    if (fate === 'stored') await task();
    throw chatError('chat/send-doubtful');
  };
  const evil: EvilTransport = {
    ...honest,
    meddle: undefined,
    silentMembers: [],
    isAway: false,
    isDeaf: false,
    insert(message) {
      inserted.push(message);
      for (const on of listeners) on.message?.(message);
    },
    tell(event, message) {
      const shown = event === 'removed' ? message : show(message);
      if (shown) for (const on of listeners) on[event]?.(shown);
    },
    reconnect() {
      for (const on of listeners) on.reconnected?.();
    },
    loseNextAnswer(isStored) {
      lost = isStored ? 'stored' : 'not stored';
    },
    send: (message, options) => losing(() => honest.send(message, options)),
    edit: (ref, payload) => losing(() => honest.edit(ref, payload)),
    async history(query) {
      if (evil.isAway) throw new Error('no connection');
      const page = await honest.history(query);
      const extra = inserted.filter(({ index }) => index < (query.before ?? Number.POSITIVE_INFINITY));
      const items = [...page.items.map(show), ...extra].filter((item) => item !== undefined);
      return { ...page, items: items.sort((a, b) => a.index - b.index) };
    },
    members: async () => [...(await honest.members()), ...evil.silentMembers],
    subscribe(on) {
      listeners.add(on);
      const pass = (event: 'message' | 'updated') => (message: Incoming) => {
        const shown = evil.isDeaf ? undefined : show(message);
        if (shown) on[event]?.(shown);
      };
      const stop = honest.subscribe({
        ...on,
        message: pass('message'),
        updated: pass('updated'),
        removed: (message) => {
          if (!evil.isDeaf) on.removed?.(message);
        },
      });
      return () => {
        listeners.delete(on);
        stop();
      };
    },
  };
  return evil;
}

/** Applies a lie to messages of one index. */
export function at(index: number, lie: (message: Incoming) => Incoming | undefined) {
  return (message: Incoming): Incoming | undefined => (message.index === index ? lie(message) : message);
}

/** The same message in another place. */
export function copyTo(index: number, message: Incoming): Incoming {
  return { ...message, ref: `copy of ${message.ref} at ${index}`, index };
}

/** Its files with other content, under the same names. */
export function withFiles(message: Incoming, content: Blob): Incoming {
  const files = message.files.map((file) => ({ ...file, size: content.size, download: async () => content }));
  return { ...message, files };
}
