/** What tests of the app share: messages as data, for logic that only looks at them. Tests of state use real rooms instead. */
import type { RoomAttachment, RoomMessage, Verification } from '@sotto/chat';
import type { OutboxItem } from './state/outbox.ts';

export const verifiedBy = (sender: string, senderVerified = false): Verification => ({
  state: 'verified',
  sender,
  device: 'AAAAAAAAAAA',
  senderVerified,
});

/** A verified message of alice that says "hi", but for what is given. */
export function messageWith(fields: Partial<RoomMessage> = {}): RoomMessage {
  const index = fields.index ?? 0;
  const author = fields.author === undefined ? 'alice' : fields.author;
  const nothing = () => Promise.resolve();
  return {
    ref: `message-${index}`,
    index,
    id: `id-${index}`,
    author,
    sentAt: new Date(2026, 10, 28, 12, 0, index),
    text: 'hi',
    edited: false,
    revision: 0,
    attachments: [],
    reactions: [],
    readers: [],
    extraReaders: [],
    leftOut: [],
    verification: verifiedBy(author ?? 'alice'),
    warnings: [],
    isRemoved: false,
    raw: undefined,
    edit: nothing,
    remove: nothing,
    react: nothing,
    unreact: nothing,
    retry: nothing,
    ...fields,
  };
}

export function attachmentWith(fields: Partial<RoomAttachment> = {}): RoomAttachment {
  return {
    name: 'photo.png',
    type: 'image/png',
    size: 3,
    bytes: () => Promise.resolve(new Uint8Array(3)),
    blob: () => Promise.resolve(new Blob(['abc'])),
    stream: () => new Blob(['abc']).stream(),
    objectURL: () => Promise.resolve('blob:photo'),
    ...fields,
  };
}

export function outgoingWith(fields: Partial<OutboxItem> = {}): OutboxItem {
  return { key: 'key', text: 'hi', files: [], begunAt: new Date(), afterIndex: -1, status: 'sending', ...fields };
}
