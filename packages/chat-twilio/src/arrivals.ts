/**
 * Messages as they arrive, in their order. The SDK tells of no message that a page of history has shown before, so after a lost connection,
 * when pages are read to find out what was missed, its events alone would leave some out. What such a page has shown is told of, too: the room
 * knows whether it has it.
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
    onMessage,
  }: {
    /** The highest that was told of or read; undefined where nobody knows. */
    readonly newestIndex: () => number | undefined;
    readonly onMessage: (message: MessageLike) => void;
  },
): Arrivals {
  // Not what was read since: whoever looks for a message of which the answer was lost reads others, too, and tells nobody.
  let newestTold = newestIndex();
  let held: MessageLike[] | undefined;
  let catchingUp: Promise<void> = Promise.resolve();

  function tell(message: MessageLike): void {
    newestTold = Math.max(newestTold ?? 0, message.index);
    onMessage(message);
  }
  async function run(): Promise<void> {
    const newest = newestTold ?? newestIndex();
    held = [];
    // Where it fails the connection is lost again, and the next one comes here again.
    const missed = newest === undefined ? [] : await readMissed(conversation, newest).catch(() => []);
    const arrived = new Map([...missed, ...held].map((message) => [message.index, message]));
    held = undefined;
    [...arrived.values()].sort((one, other) => one.index - other.index).forEach(tell);
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
