import { describe, expect, it } from 'vitest';
import { messageWith } from '../../test-kit.ts';
import { isWireAnswer, type WireAnswer } from './contract.ts';
import { buildWireRows, hasAttributes } from './wire-rows.ts';

const raw = {
  body: 'sotto1:é',
  attributes: { sotto: {} },
  attachedMedia: [{ contentType: 'a/b', filename: null, size: 7 }],
};
const messages = [messageWith({ index: 0, raw }), messageWith({ index: 1, raw: 'nothing of the kind' })];
const answer = {
  room: { sid: 'CH1' },
  messages: [
    {
      sid: 'message-0',
      index: 0,
      author: 'bob',
      createdAt: '2026-11-28T12:00:00Z',
      updatedAt: null,
      body: 'sotto1:abc',
      attributes: '{}',
      media: [{ sid: 'ME1', contentType: 'a/b', filename: 'x', size: 9, head: 'AP8=' }],
    },
    {
      sid: 'unseen',
      index: 5,
      author: null,
      createdAt: '2026-11-28T12:00:01Z',
      updatedAt: null,
      body: null,
      attributes: '{}',
      media: [],
    },
  ],
} as unknown as WireAnswer;

describe('the wire', () => {
  it('is what the client received, newest first, where the backend says nothing', () => {
    const rows = buildWireRows(messages, undefined);
    expect(rows.map(({ index }) => index)).toEqual([1, 0]);
    expect(rows[1]).toMatchObject({ body: 'sotto1:é', bodyBytes: 9, media: [{ size: 7, head: undefined }] });
    expect(rows[0]).toMatchObject({ body: null, bodyBytes: 0, media: [] });
    expect(rows.map(hasAttributes)).toEqual([false, true]);
  });

  it('is what the service holds where the backend tells, also of messages that are not loaded', () => {
    const rows = buildWireRows(messages, answer);
    expect(rows).toMatchObject([
      { ref: 'unseen', message: undefined },
      { ref: 'message-0', author: 'bob', message: messages[0], media: [{ head: '00 ff' }] },
    ]);
  });

  it.each([[null], [{}], [{ messages: 1, room: {} }], [{ messages: [], room: null }]])(
    'does not take %j for an answer',
    (value) => {
      expect(isWireAnswer(value)).toBe(false);
    },
  );
});
