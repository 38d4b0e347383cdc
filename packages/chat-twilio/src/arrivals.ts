/**
 * Messages as they arrive, each once and in their order. The SDK tells of no message that a page of history has shown before, so after a lost
 * connection, when pages are read to find out what was missed, its events alone would leave some out.
 */
import { readMissed } from './history.ts';
import type { ConversationLike, MessageLike } from './twilio-types.ts';

export interface Arrivals {
  /** What the SDK tells of. */
  readonly take: (message: MessageLike) => void;
  /** Finds what was missed; what arrives meanwhile comes after it. */
  catchUp(): Promise<void>;
}

export function createArrivals(
  conversation: ConversationLike,
  {
    newestIndex,
    isKnown,
    tell,
  }: {
    /** The highest that was told of or read; undefined where nobody knows. */
    readonly newestIndex: () => number | undefined;
    readonly isKnown: (message: MessageLike) => boolean;
    readonly tell: (message: MessageLike) => void;
  },
): Arrivals {
  let held: MessageLike[] | undefined;
  let catchingUp: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    const newest = newestIndex();
    held = [];
    // Where it fails the connection is lost again, and the next one comes here again.
    const missed = newest === undefined ? [] : await readMissed(conversation, newest).catch(() => []);
    const arrived = new Map([...missed, ...held].map((message) => [message.index, message]));
    held = undefined;
    for (const message of [...arrived.values()].sort((one, other) => one.index - other.index)) {
      if (!isKnown(message)) tell(message);
    }
  }
  return {
    take(message) {
      if (held === undefined) tell(message);
      else held.push(message);
    },
    catchUp() {
      catchingUp = catchingUp.then(run);
      return catchingUp;
    },
  };
}
