import type { OutgoingAttachment } from '@sotto/chat';
import { describe, expect, it } from 'vitest';
import type { MediaInput } from './encrypted-types.ts';
import { toAttachments } from './media-input.ts';

const bytes = new Uint8Array([1, 2, 3]);

async function bytesOf({ content }: OutgoingAttachment): Promise<number[]> {
  return [...(content instanceof Blob ? new Uint8Array(await content.arrayBuffer()) : content)];
}

describe('media that an app gives', () => {
  it.each<[string, MediaInput, { name: string; type: string }]>([
    ['bytes', bytes, { name: 'file', type: 'application/octet-stream' }],
    ['a Buffer of Node', Buffer.from(bytes), { name: 'file', type: 'application/octet-stream' }],
    ['a Blob', new Blob([bytes], { type: 'image/png' }), { name: 'file', type: 'image/png' }],
    ['a File', new File([bytes], 'tree.png', { type: 'image/png' }), { name: 'tree.png', type: 'image/png' }],
    [
      "Twilio's options",
      { contentType: 'image/png', filename: 'tree.png', media: Buffer.from(bytes) },
      { name: 'tree.png', type: 'image/png' },
    ],
    [
      'options without type and name',
      { contentType: null, media: new File([bytes], 'tree.png', { type: 'image/png' }) },
      { name: 'tree.png', type: 'image/png' },
    ],
    ['an ArrayBuffer', { contentType: 'image/png', media: bytes.slice().buffer }, { name: 'file', type: 'image/png' }],
    ['a text', { contentType: 'text/plain', media: '\u0001\u0002\u0003' }, { name: 'file', type: 'text/plain' }],
  ])('can be %s', async (_what, media, expected) => {
    const [attachment, ...others] = toAttachments(media);
    expect(others).toEqual([]);
    expect(attachment).toMatchObject(expected);
    expect(await bytesOf(attachment!)).toEqual([1, 2, 3]);
  });

  it('can be a form with several files', () => {
    const form = new FormData();
    form.append('one', new File([bytes], 'one.png', { type: 'image/png' }));
    form.append('comment', 'no file');
    form.append('two', new File([bytes], 'two.png', { type: 'image/png' }));
    expect(toAttachments(form).map(({ name }) => name)).toEqual(['one.png', 'two.png']);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['options without content', { contentType: 'image/png', media: null }],
    ['options of another library', { contentType: 'image/png', data: bytes }],
    ['a bare text', 'hi'],
    ['a number', 5],
  ])('cannot be %s', (_what, media) => {
    expect(() => toAttachments(media as MediaInput)).toThrow(expect.objectContaining({ code: 'twilio/media-type' }));
  });

  it('cannot be a form without files', () => {
    const form = new FormData();
    form.append('comment', 'no file');
    expect(() => toAttachments(form)).toThrow(expect.objectContaining({ code: 'twilio/media-type' }));
  });
});
