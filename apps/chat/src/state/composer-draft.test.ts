import { describe, expect, it } from 'vitest';
import { messageWith } from '../test-kit.ts';
import { afterSending, emptyDraft, startEdit, startReply, stopReplyOrEdit } from './composer-draft.ts';

const message = messageWith({ text: 'as sent' });
const typed = { ...emptyDraft, text: 'half a sentence' };

describe('the draft', () => {
  it('keeps what was typed when an answer is begun and given up', () => {
    const reply = startReply(typed, message);
    expect(reply).toMatchObject({ text: 'half a sentence', replyTo: message });
    expect(stopReplyOrEdit(reply)).toEqual(typed);
  });

  it('has the text of the message that is edited, and nothing of it after', () => {
    const edit = startEdit(typed, message);
    expect(edit).toMatchObject({ text: 'as sent', editing: message, replyTo: undefined });
    expect(stopReplyOrEdit(edit)).toEqual(emptyDraft);
  });

  it('does not send the text of an edit as an answer', () => {
    expect(startReply(startEdit(emptyDraft, message), message)).toMatchObject({ text: '', editing: undefined });
  });

  it('is empty after sending, but for the time limit', () => {
    expect(afterSending({ ...typed, expiresAfterSeconds: 30 })).toEqual({ ...emptyDraft, expiresAfterSeconds: 30 });
  });
});
