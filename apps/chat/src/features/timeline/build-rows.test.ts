import { describe, expect, it } from 'vitest';
import { messageWith, outgoingWith, verifiedBy } from '../../test-kit.ts';
import { buildRows, isOwnMessage, type Row } from './build-rows.ts';

const build = (input: Partial<Parameters<typeof buildRows>[0]>) =>
  buildRows({ messages: [], outbox: [], self: 'alice', ...input });
const kindsOf = (rows: readonly Row[]) => rows.map(({ kind }) => kind);
const at = (index: number, minutes: number, author = 'alice', day = 28) =>
  messageWith({ index, author, verification: verifiedBy(author), sentAt: new Date(2026, 10, day, 12, minutes) });

describe('the rows of a timeline', () => {
  it('begin each day with its date', () => {
    const rows = build({ messages: [at(0, 0, 'alice', 27), at(1, 0), at(2, 1)] });
    expect(kindsOf(rows)).toEqual(['day', 'message', 'day', 'message', 'message']);
  });

  it('put messages of one person within five minutes together', () => {
    const rows = build({ messages: [at(0, 0), at(1, 1), at(2, 9), at(3, 9, 'bob')] });
    const joins = rows.flatMap((row) => (row.kind === 'message' ? [[row.joinsAbove, row.joinsBelow]] : []));
    expect(joins).toEqual([
      [false, true],
      [true, false],
      [false, false],
      [false, false],
    ]);
  });

  it('show where messages are missing, and put nothing together across it', () => {
    const gap = { ...at(1, 1), warnings: [{ code: 'chat/gap', missing: 2 }] as const };
    const rows = build({ messages: [at(0, 0), gap] });
    expect(rows[2]).toMatchObject({ kind: 'gap', sender: 'alice', missing: 2 });
    expect(rows.filter(({ kind }) => kind === 'message')).toMatchObject([{ joinsBelow: false }, { joinsAbove: false }]);
  });

  it('mark the first unread message of somebody else, once', () => {
    const messages = [at(0, 0, 'bob'), at(1, 1), at(2, 2, 'bob'), at(3, 3, 'bob')];
    expect(kindsOf(build({ messages, firstUnreadIndex: 1 }))).toEqual([
      'day',
      'message',
      'message',
      'unread',
      'message',
      'message',
    ]);
  });

  it('say once how many messages are not for this device', () => {
    const closed = (index: number) =>
      messageWith({ index, verification: { state: 'failed', reason: 'not-for-this-device' } });
    const rows = build({ messages: [closed(0), closed(1), at(2, 0), closed(3)] });
    expect(rows.filter(({ kind }) => kind === 'closed')).toMatchObject([
      { count: 2, key: 'closed-message-1' },
      { count: 1, key: 'closed-message-3' },
    ]);
    expect(kindsOf(rows)).toEqual(['closed', 'day', 'message', 'closed']);
  });

  it('show what is being sent at the end, and not twice once it has come', () => {
    const item = outgoingWith({ text: 'hi', afterIndex: 0 });
    expect(kindsOf(build({ messages: [at(0, 0)], outbox: [item] })).at(-1)).toBe('outgoing');
    expect(kindsOf(build({ messages: [at(0, 0), at(1, 1)], outbox: [item] }))).toEqual(['day', 'message', 'message']);
  });

  it('take one message for one of two that say the same', () => {
    const outbox = [outgoingWith({ key: 'a', afterIndex: 0 }), outgoingWith({ key: 'b', afterIndex: 0 })];
    const rows = build({ messages: [at(0, 0), at(1, 1)], outbox });
    expect(rows.filter(({ kind }) => kind === 'outgoing')).toMatchObject([{ key: 'b' }]);
  });

  it('never hide a message that was not sent', () => {
    const failed = outgoingWith({ status: 'failed', afterIndex: -1 });
    expect(kindsOf(build({ messages: [at(0, 0)], outbox: [failed] })).at(-1)).toBe('outgoing');
  });

  it('have a key of their own each', () => {
    const messages = [
      at(0, 0, 'bob', 27),
      { ...at(1, 0), warnings: [{ code: 'chat/gap', missing: 1 }] as const },
      at(2, 1, 'bob'),
    ];
    const keys = build({ messages, outbox: [outgoingWith()], firstUnreadIndex: 2 }).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('an own message', () => {
  it.each([
    ['signed by oneself', messageWith({ author: 'bob', verification: verifiedBy('alice') }), true],
    ['signed by another, whatever the service says', messageWith({ verification: verifiedBy('bob') }), false],
    ['a plain text in one’s name', messageWith({ verification: { state: 'plaintext' } }), false],
    ['removed, of one’s name', messageWith({ verification: { state: 'removed' } }), true],
  ])('is one %s: %#', (_, message, isOwn) => {
    expect(isOwnMessage(message, 'alice')).toBe(isOwn);
  });
});
