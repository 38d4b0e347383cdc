import { describe, expect, it } from 'vitest';
import { attachmentWith } from '../test-kit.ts';
import { createAttachmentCache } from './attachment-cache.ts';

function countingAttachment(url: string) {
  let opened = 0;
  const attachment = attachmentWith({
    objectURL: async () => {
      opened += 1;
      return url;
    },
  });
  return { attachment, opened: () => opened };
}

describe('the cache of files', () => {
  it('opens a file once for all who show it', async () => {
    const cache = createAttachmentCache(() => {});
    const { attachment, opened } = countingAttachment('blob:1');
    const urls = await Promise.all([cache.open('a', attachment), cache.open('a', attachment)]);
    expect([...urls, await cache.open('a', attachment), cache.peek('a')]).toEqual(Array(4).fill('blob:1'));
    expect(opened()).toBe(1);
  });

  it('tries again after a failure', async () => {
    const cache = createAttachmentCache(() => {});
    const broken = attachmentWith({ objectURL: () => Promise.reject(new Error('gone')) });
    await expect(cache.open('a', broken)).rejects.toThrow('gone');
    expect(await cache.open('a', countingAttachment('blob:2').attachment)).toBe('blob:2');
  });

  it('lets the files go that were not looked at for longest, and all when it closes', async () => {
    const revoked: string[] = [];
    const cache = createAttachmentCache((url) => revoked.push(url));
    for (let number = 0; number < 60; number++) {
      await cache.open(String(number), countingAttachment(`blob:${number}`).attachment);
    }
    cache.peek('0');
    await cache.open('60', countingAttachment('blob:60').attachment);
    expect(revoked).toEqual(['blob:1']);
    cache.close();
    expect(revoked).toHaveLength(61);
  });
});
