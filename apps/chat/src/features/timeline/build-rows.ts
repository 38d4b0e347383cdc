/** From messages to the rows of a timeline: days, gaps, where the unread begin, and who stands together. */
import type { RoomMessage } from '@sotto/chat';
import type { OutboxItem } from '../../state/outbox.ts';

export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly date: Date }
  | { readonly kind: 'unread'; readonly key: string }
  /** Messages of this sender are missing here. */
  | { readonly kind: 'gap'; readonly key: string; readonly sender: string | null; readonly missing: number }
  /** Messages for keys that this device does not have, as from before the user joined: one line for all of them. */
  | { readonly kind: 'closed'; readonly key: string; readonly count: number }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: RoomMessage;
      readonly isOwn: boolean;
      /** Whether the one above, and the one below, is of the same person at about the same time. */
      readonly joinsAbove: boolean;
      readonly joinsBelow: boolean;
    }
  | { readonly kind: 'outgoing'; readonly key: string; readonly item: OutboxItem; readonly joinsAbove: boolean };

export interface RowsInput {
  readonly messages: readonly RoomMessage[];
  readonly outbox: readonly OutboxItem[];
  readonly self: string;
  /** The first message that was unread when the room was opened. */
  readonly firstUnreadIndex?: number | undefined;
}

const JOINED_WITHIN_MS = 5 * 60_000;

export function buildRows({ messages, outbox, self, firstUnreadIndex }: RowsInput): readonly Row[] {
  const rows: Row[] = [];
  let above: RoomMessage | undefined;
  let isUnreadShown = false;
  let closed = 0;
  for (const [at, message] of messages.entries()) {
    const below = messages[at + 1];
    if (isClosed(message)) {
      closed += 1;
      // Named by the last, since older ones may be loaded in front of it.
      if (!below || !isClosed(below)) {
        rows.push({ kind: 'closed', key: `closed-${message.ref}`, count: closed });
        closed = 0;
      }
      continue;
    }
    if (message.sentAt && (!above?.sentAt || !isSameDay(above.sentAt, message.sentAt))) {
      rows.push({ kind: 'day', key: `day-${dayKey(message.sentAt)}`, date: message.sentAt });
    }
    if (
      !isUnreadShown &&
      firstUnreadIndex !== undefined &&
      message.index >= firstUnreadIndex &&
      message.author !== self
    ) {
      rows.push({ kind: 'unread', key: 'unread' });
      isUnreadShown = true;
    }
    for (const warning of message.warnings) {
      if (warning.code !== 'chat/gap') continue;
      rows.push({ kind: 'gap', key: `gap-${message.ref}`, sender: message.author, missing: warning.missing });
    }
    const previous = rows.at(-1);
    rows.push({
      kind: 'message',
      key: message.ref,
      message,
      isOwn: isOwnMessage(message, self),
      joinsAbove: previous?.kind === 'message' && joins(previous.message, message),
      joinsBelow:
        below !== undefined && !below.warnings.some(({ code }) => code === 'chat/gap') && joins(message, below),
    });
    above = message;
  }
  for (const item of withoutEchoed(outbox, messages, self)) {
    const previous = rows.at(-1);
    const joinsAbove = previous?.kind === 'outgoing' || (previous?.kind === 'message' && previous.isOwn);
    rows.push({ kind: 'outgoing', key: item.key, item, joinsAbove });
  }
  return rows;
}

/** Who signed counts. The name that the service puts on a message is worth something only where nothing better is to be had. */
export function isOwnMessage({ verification, author }: RoomMessage, self: string): boolean {
  return 'sender' in verification
    ? verification.sender === self
    : verification.state !== 'plaintext' && author === self;
}

function isClosed({ verification }: RoomMessage): boolean {
  return verification.state === 'failed' && verification.reason === 'not-for-this-device';
}

/** An item whose message has come already, before the service has said so to the sender, is not shown twice. */
function withoutEchoed(
  outbox: readonly OutboxItem[],
  messages: readonly RoomMessage[],
  self: string,
): readonly OutboxItem[] {
  const taken = new Set<string>();
  return outbox.filter((item) => {
    if (item.status === 'failed') return true;
    const echo = messages.find(
      (message) =>
        message.index > item.afterIndex &&
        !taken.has(message.ref) &&
        isOwnMessage(message, self) &&
        (message.text ?? '') === item.text &&
        message.attachments.length === item.files.length,
    );
    if (echo) taken.add(echo.ref);
    return echo === undefined;
  });
}

function joins(one: RoomMessage, next: RoomMessage): boolean {
  if (one.author !== next.author || !one.sentAt || !next.sentAt) return false;
  return isSameDay(one.sentAt, next.sentAt) && next.sentAt.getTime() - one.sentAt.getTime() < JOINED_WITHIN_MS;
}

function isSameDay(one: Date, other: Date): boolean {
  return dayKey(one) === dayKey(other);
}

function dayKey(date: Date): string {
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}
