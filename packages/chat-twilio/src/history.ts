/** Messages of before, by index. The SDK pages through Sync, which gives at most 100 at once. */
import type { Incoming } from '@sotto/chat';
import { callTwilio } from './call-failure.ts';
import { copyMessage } from './incoming.ts';
import type { ConversationLike, MessageLike } from './twilio-types.ts';

const MAX_PAGE = 100;
const MAX_MISSED_PAGES = 50;

export interface HistoryQuery {
  /** Exclusive; the newest messages if absent. */
  readonly before?: number | undefined;
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

/** The `limit` newest messages before an index, oldest first. `onMessage` sees each object of the SDK. */
export async function readHistory(
  conversation: ConversationLike,
  { before, limit, signal }: HistoryQuery,
  onMessage: (message: MessageLike) => void,
): Promise<{ readonly items: readonly Incoming[]; readonly hasOlder: boolean }> {
  signal?.throwIfAborted();
  if (before !== undefined && before <= 0) return { items: [], hasOlder: false };
  // An index above the last one gives the last ones, and an anchor counts itself in.
  const anchor = before === undefined ? undefined : before - 1;
  let page = await callTwilio(() => conversation.getMessages(Math.min(limit, MAX_PAGE), anchor, 'backwards'));
  let found = [...page.items];
  while (found.length < limit && page.hasPrevPage) {
    signal?.throwIfAborted();
    const newer = page;
    page = await callTwilio(() => newer.prevPage());
    found = [...page.items, ...found];
  }
  for (const message of found) onMessage(message);
  const items = found.slice(-limit).map(copyMessage);
  return { items, hasOlder: page.hasPrevPage || found.length > items.length };
}

/** Messages above an index, the newest first. */
export async function readMissed(conversation: ConversationLike, above: number): Promise<readonly MessageLike[]> {
  let page = await conversation.getMessages(MAX_PAGE);
  const found = [...page.items];
  for (let count = 1; count < MAX_MISSED_PAGES && page.hasPrevPage && page.items.every(isMissed); count++) {
    page = await page.prevPage();
    found.push(...page.items);
  }
  return found.filter(isMissed);

  function isMissed({ index }: MessageLike): boolean {
    return index > above;
  }
}
