import { describe, expect, it } from 'vitest';
import { type ComposedMessage, createMessageBuilder } from './message-builder.ts';

describe('the message builder', () => {
  it('puts a message together in any order, and gives back what sending gives', async () => {
    const sent: ComposedMessage[] = [];
    const builder = createMessageBuilder(async (message) => sent.push(message));
    const expiresAt = new Date('2030-01-31');
    const index = await builder
      .setAttributes({ colour: 'red' })
      .addMedia(new File(['tree'], 'tree.txt'))
      .setExpiresAt(expiresAt)
      .setBody('see file')
      .setReplyTo({ id: 'an id', index: 3 })
      .addMedia({ contentType: 'text/plain', filename: 'leaf.txt', media: 'leaf' })
      .build()
      .send();
    expect(index).toBe(1);
    expect(sent).toMatchObject([
      {
        content: {
          text: 'see file',
          files: [{ name: 'tree.txt' }, { name: 'leaf.txt' }],
          replyTo: { id: 'an id', index: 3 },
          expiresAt,
        },
        attributes: { colour: 'red' },
      },
    ]);
  });

  it('leaves a message alone that was built', async () => {
    const sent: ComposedMessage[] = [];
    const builder = createMessageBuilder(async (message) => sent.push(message)).setBody('first');
    const first = builder.build();
    await builder.setBody('second').buildAndSend();
    await first.send();
    expect(sent.map(({ content }) => content.text)).toEqual(['second', 'first']);
  });
});
