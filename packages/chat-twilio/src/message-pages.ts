/** History as pages in both directions, as `getMessages()` of the SDK gives them. */
import type { EncryptedRoom, RoomPage } from '@sotto/chat';
import type { DecryptedPage, ShowMessage } from './encrypted-types.ts';
import type { ConversationLike } from './twilio-types.ts';

export interface MessageSource<C extends ConversationLike> {
  readonly raw: C;
  readonly room: EncryptedRoom;
  readonly show: ShowMessage<C>;
}

export interface PageQuery {
  readonly pageSize: number;
  /** Index of the first message of the page in its direction; the newest if absent. */
  readonly anchor?: number | undefined;
  readonly direction: 'backwards' | 'forward';
}

export async function readMessagePage<C extends ConversationLike>(
  source: MessageSource<C>,
  { pageSize, anchor, direction }: PageQuery,
): Promise<DecryptedPage<C>> {
  if (direction === 'forward') return readForward(source, pageSize, anchor ?? 0);
  const before = anchor === undefined ? undefined : anchor + 1;
  return toPage(source, pageSize, await source.room.messages({ before, limit: pageSize }));
}

/** A room reads backwards alone. So the SDK is asked which messages are on the page, and the room what is in them. */
async function readForward<C extends ConversationLike>(
  source: MessageSource<C>,
  pageSize: number,
  from: number,
): Promise<DecryptedPage<C>> {
  const { items } = await source.raw.getMessages(pageSize, from, 'forward');
  const until = items.at(-1)?.index ?? from - 1;
  const page = await source.room.messages({ before: until + 1, limit: Math.max(items.length, 1) });
  return toPage(source, pageSize, page, { from, until });
}

function toPage<C extends ConversationLike>(
  source: MessageSource<C>,
  pageSize: number,
  page: RoomPage,
  range?: { readonly from: number; readonly until: number },
): DecryptedPage<C> {
  const from = range?.from ?? 0;
  const items = page.items.filter(({ index }) => index >= from);
  const isCut = items.length < page.items.length;
  const last = range?.until ?? page.items.at(-1)?.index ?? -1;
  return {
    items: items.map(source.show),
    hasPrevPage: page.hasOlder || isCut,
    hasNextPage: (source.raw.lastMessage?.index ?? -1) > last,
    async prevPage() {
      const older = isCut ? source.room.messages({ before: from, limit: pageSize }) : page.older();
      return toPage(source, pageSize, await older);
    },
    nextPage: () => readForward(source, pageSize, last + 1),
  };
}
