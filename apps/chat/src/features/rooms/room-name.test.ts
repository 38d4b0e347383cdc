import { describe, expect, it } from 'vitest';
import { attachmentWith, messageWith, verifiedBy } from '../../test-kit.ts';
import { parseNames } from './parse-names.ts';
import { previewMessage } from './preview.ts';
import { nameRoom } from './room-name.ts';

const people = (...names: (string | null)[]) => names.map((identity) => ({ identity }));

describe('a room', () => {
  it('is called by its title, if that was verified', () => {
    const title = { text: 'Plans', author: 'bob', verification: verifiedBy('bob') };
    expect(nameRoom(title, people('alice', 'bob'), 'alice')).toBe('Plans');
    expect(nameRoom({ ...title, text: null }, people('alice', 'bob'), 'alice')).toBe('bob');
  });

  it('is called by the others in it', () => {
    expect(nameRoom(undefined, people('alice', 'bob', 'carol', null), 'alice')).toBe('bob, carol and a telephone');
    expect(nameRoom(undefined, people('alice'), 'alice')).toBe('Only you');
  });
});

describe('the preview of a room', () => {
  it.each([
    [undefined, 'No messages yet', true],
    [messageWith({ text: 'hello', verification: verifiedBy('bob') }), 'hello', false],
    [messageWith({ text: 'hello' }), 'You: hello', false],
    [messageWith({ text: null, attachments: [attachmentWith()] }), 'You: Photo', false],
    [messageWith({ text: null, attachments: [attachmentWith({ type: 'a/b', name: 'x.pdf' })] }), 'You: x.pdf', false],
    [messageWith({ text: null, verification: { state: 'removed' } }), 'Removed by a member or by the service', true],
    [
      messageWith({ text: null, verification: { state: 'failed', reason: 'replayed' } }),
      'Sent a second time by somebody else',
      true,
    ],
  ])('%#: says what there is to see', (message, text, isRemark) => {
    expect(previewMessage(message, 'alice')).toEqual({ text, isRemark });
  });
});

describe('names that were typed', () => {
  it('may have commas, lines and spaces between them, and count once', () => {
    expect(parseNames(' bob, carol;bob\n dave ,, ')).toEqual(['bob', 'carol', 'dave']);
  });
});
