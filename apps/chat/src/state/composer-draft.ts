/** What stands in the composer of a room and was not sent yet. Kept while the page is open, so that changing rooms loses nothing. */
import type { OutgoingAttachment, RoomMessage } from '@sotto/chat';

export interface ComposerDraft {
  readonly text: string;
  readonly files: readonly OutgoingAttachment[];
  readonly replyTo: RoomMessage | undefined;
  /** The message whose text is being changed. */
  readonly editing: RoomMessage | undefined;
  readonly expiresAfterSeconds: number | undefined;
}

export const emptyDraft: ComposerDraft = {
  text: '',
  files: [],
  replyTo: undefined,
  editing: undefined,
  expiresAfterSeconds: undefined,
};

export function startReply(draft: ComposerDraft, message: RoomMessage): ComposerDraft {
  return { ...draft, ...(draft.editing && { text: '' }), replyTo: message, editing: undefined };
}

export function startEdit(draft: ComposerDraft, message: RoomMessage): ComposerDraft {
  return { ...draft, text: message.text ?? '', replyTo: undefined, editing: message };
}

/** Back to a new message. What stood there as an edit goes; files and the time limit stay. */
export function stopReplyOrEdit(draft: ComposerDraft): ComposerDraft {
  return { ...draft, ...(draft.editing && { text: '' }), replyTo: undefined, editing: undefined };
}

/** After sending: the time limit stays, so that a conversation keeps it. */
export function afterSending(draft: ComposerDraft): ComposerDraft {
  return { ...emptyDraft, expiresAfterSeconds: draft.expiresAfterSeconds };
}
