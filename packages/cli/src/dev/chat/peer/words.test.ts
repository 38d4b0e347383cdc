import { describe, expect, it } from 'vitest';
import { answerTo, type Heard, SLIP } from './words.ts';

const heard = (facts: Partial<Heard> = {}): Heard => ({
  text: 'hello',
  files: [],
  wireLength: 1234,
  readers: ['bob', 'alice'],
  sender: 'alice',
  isSenderVerified: false,
  isReply: false,
  expiresAt: undefined,
  answered: 1,
  ...facts,
});

describe('what bob says', () => {
  it('begins with what he got, and a slip', () => {
    const answer = answerTo(heard({ answered: 0, text: '👋🏽' }));
    expect(answer).toBe(
      `Got it: 2 characters, ${SLIP.written} for alice and bob. What Twilio stores of it are 1,234 characters that it cannot read.`,
    );
  });

  it.each([
    ['of a file', { files: [{ name: 'cat.png', bytes: 48213 }] }, /^“cat\.png” arrived: 48,213 bytes/],
    ['of one byte', { files: [{ name: 'a', bytes: 1 }] }, /arrived: 1 byte after/],
    [
      'of several',
      {
        files: [
          { name: 'a', bytes: 2 },
          { name: 'b', bytes: 3 },
        ],
      },
      /“a”.* And 1 more\.$/,
    ],
    ['of an exchanged one', { files: [{ name: 'a', bytes: 'swapped' }] }, /not the file that you sent/],
    ['of a large one', { files: [{ name: 'a', bytes: 'unopened' }] }, /“a” is large/],
    ['of help', { text: ' /help me' }, /^Some things to try:\n• /],
    ['of disappearing', { expiresAt: new Date(2026, 0, 1, 9, 5, 7) }, /until 09:05:07/],
    ['of replies', { isReply: true }, /reply/],
  ] satisfies [string, Partial<Heard>, RegExp][])('is about the message: %s', (_, facts, expected) => {
    expect(answerTo(heard(facts))).toMatch(expected);
  });

  it('says whether the safety words were compared', () => {
    const all = (isSenderVerified: boolean) =>
      [1, 2, 3, 4, 5, 6].map((answered) => answerTo(heard({ answered, isSenderVerified }))).join('\n');
    expect(all(true)).toContain('I have compared safety words with you');
    expect(all(false)).toContain('compare safety words with me');
  });

  it('goes on for as long as it takes, without saying the same twice in a row', () => {
    const answers = [...Array(20).keys()].map((answered) => answerTo(heard({ answered })));
    expect(answers.every((answer, at) => answer !== '' && answer !== answers[at + 1])).toBe(true);
    expect(answers.slice(1).some((answer) => answer.includes(SLIP.written))).toBe(false);
  });
});
