import { describe, expect, it } from 'vitest';
import { attachmentWith, messageWith } from '../test-kit.ts';
import { searchMessages } from './search.ts';

const messages = [
  messageWith({ index: 0, text: 'Crème brûlée at seven' }),
  messageWith({ index: 1, text: 'seven of us, with Zoë' }),
  messageWith({ index: 2, text: null, verification: { state: 'failed', reason: 'bad-signature' } }),
  messageWith({ index: 3, text: null, attachments: [attachmentWith({ name: 'Recipe.pdf' })] }),
];
const indexesOf = (query: string) => searchMessages(messages, query).map(({ message }) => message.index);

describe('search', () => {
  it.each([
    ['seven', [1, 0]],
    ['BRULEE', [0]],
    ['zoe seven', [1]],
    ['recipe', [3]],
    ['nothing like it', []],
    ['  ', []],
  ])('for %j finds messages %j, newest first', (query, indexes) => {
    expect(indexesOf(query)).toEqual(indexes);
  });

  it('tells where the first word stands in the text as it was written', () => {
    const [hit] = searchMessages(messages, 'brulee');
    expect(messages[0]!.text!.slice(hit!.at, hit!.at + hit!.length)).toBe('brûlée');
  });
});
