/** The line of a room in the list: its newest message, as this device decrypted it. */
import type { RoomMessage } from '@sotto/chat';
import { explainVerification } from '../verification/explain.ts';
import { isOwnMessage } from '../timeline/build-rows.ts';

export interface Preview {
  readonly text: string;
  /** Said about the message, and not by it. */
  readonly isRemark: boolean;
}

export function previewMessage(message: RoomMessage | undefined, self: string): Preview {
  if (message === undefined) return { text: 'No messages yet', isRemark: true };
  const { verification, text, attachments } = message;
  if (verification.state === 'failed' || verification.state === 'removed' || verification.state === 'expired') {
    return { text: explainVerification(message, self).title, isRemark: true };
  }
  const who = isOwnMessage(message, self) ? 'You: ' : '';
  if (text !== null && text !== '') return { text: `${who}${text}`, isRemark: false };
  const first = attachments[0];
  if (first === undefined) return { text: 'Empty message', isRemark: true };
  return { text: `${who}${first.type.startsWith('image/') ? 'Photo' : first.name}`, isRemark: false };
}
