/** One room of the memory hub: what is stored, and who is told of changes. */
import { chatError } from '../errors.ts';
import type { Incoming, OutgoingPayload, TransportEvents, TransportMember } from '../transport.ts';

export interface MemoryRoom {
  readonly notes: ReadonlyMap<string, string>;
  members(): readonly TransportMember[];
  addMember(member: TransportMember): void;
  removeMember(ref: string): void;
  /** By index, without holes. */
  messages(): readonly StoredMessage[];
  add(author: string, message: OutgoingPayload): StoredMessage;
  /** @throws `chat/unknown-message` */
  change(ref: string, change: Partial<Pick<StoredMessage, 'payload' | 'notes'>>): void;
  get(ref: string): StoredMessage;
  remove(ref: string): void;
  setNote(name: string, value: string | undefined): void;
  subscribe(on: TransportEvents): () => void;
}

export interface StoredMessage extends OutgoingPayload {
  readonly ref: string;
  readonly index: number;
  readonly author: string;
  readonly sentAt: Date;
  readonly updatedAt: Date | null;
  readonly notes: Readonly<Record<string, string>>;
}

type MessageEvent = 'message' | 'updated' | 'removed';

export function createMemoryRoom({
  onText,
  onFile,
}: {
  readonly onText: (text: string) => void;
  readonly onFile: (file: Blob) => void;
}): MemoryRoom {
  const members = new Map<string, TransportMember>();
  const messages = new Map<string, StoredMessage>();
  const notes = new Map<string, string>();
  const subscribers = new Set<(event: (on: TransportEvents) => void) => void>();
  let nextIndex = 0;

  const tell = (event: (on: TransportEvents) => void): void => {
    for (const notify of subscribers) notify(event);
  };
  const tellOf = (event: MessageEvent, message: StoredMessage): void => tell((on) => on[event]?.(toIncoming(message)));
  const get = (ref: string): StoredMessage => {
    const message = messages.get(ref);
    if (!message) throw chatError('chat/unknown-message');
    return message;
  };

  return {
    notes,
    members: () => [...members.values()],
    addMember(member) {
      if (members.has(member.ref)) return;
      onText(member.ref);
      members.set(member.ref, member);
      tell((on) => on.membersChanged?.());
    },
    removeMember(ref) {
      if (members.delete(ref)) tell((on) => on.membersChanged?.());
    },
    messages: () => [...messages.values()],
    get,
    add(author, { payload, files }) {
      onText(payload);
      for (const { name, type, content } of files) {
        onText(`${name} ${type}`);
        onFile(content);
      }
      const index = nextIndex++;
      const message = {
        ref: `message-${index}`,
        index,
        author,
        sentAt: new Date(),
        updatedAt: null,
        payload,
        files,
        notes: {},
      };
      messages.set(message.ref, message);
      tellOf('message', message);
      return message;
    },
    change(ref, change) {
      onText(JSON.stringify(change));
      const message = { ...get(ref), ...change, updatedAt: new Date() };
      messages.set(ref, message);
      tellOf('updated', message);
    },
    remove(ref) {
      const message = get(ref);
      messages.delete(ref);
      tellOf('removed', message);
    },
    setNote(name, value) {
      onText(`${name} ${value ?? ''}`);
      if (value === undefined) notes.delete(name);
      else notes.set(name, value);
      tell((on) => on.roomNotesChanged?.());
    },
    subscribe(on) {
      let last = Promise.resolve();
      let isStopped = false;
      const notify = (event: (events: TransportEvents) => void): void => {
        last = last.then(() => {
          if (!isStopped) event(on);
        });
      };
      subscribers.add(notify);
      return () => {
        isStopped = true;
        subscribers.delete(notify);
      };
    },
  };
}

/** A copy, which does not change with what is stored. */
export function toIncoming(message: StoredMessage): Incoming {
  const { ref, index, author, sentAt, updatedAt, payload, notes, files } = message;
  return {
    ref,
    index,
    author,
    sentAt,
    updatedAt,
    payload,
    notes: { ...notes },
    files: files.map(({ name, type, content }) => ({
      name,
      type,
      size: content.size,
      async download({ signal, onProgress } = {}) {
        signal?.throwIfAborted();
        onProgress?.(content.size, content.size);
        return content;
      },
    })),
    raw: message,
  };
}
