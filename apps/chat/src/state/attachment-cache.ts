/** Decrypted files that are on screen, or were a moment ago: each is downloaded once, and the oldest are let go. */
import type { FileOptions, RoomAttachment } from '@sotto/chat';

const KEPT = 60;

export interface AttachmentCache {
  /** An address within this page. `key` names the file, since the message's object changes with each update. */
  open(key: string, attachment: RoomAttachment, options?: FileOptions): Promise<string>;
  /** The address, if the file is here already: then nothing flickers. */
  peek(key: string): string | undefined;
  close(): void;
}

export function createAttachmentCache(
  revoke: (url: string) => void = (url) => URL.revokeObjectURL(url),
): AttachmentCache {
  const urls = new Map<string, string>();
  const loading = new Map<string, Promise<string>>();

  const keep = (key: string, url: string): void => {
    urls.set(key, url);
    for (const [oldest, oldUrl] of urls) {
      if (urls.size <= KEPT) break;
      urls.delete(oldest);
      revoke(oldUrl);
    }
  };

  return {
    async open(key, attachment, options) {
      const known = urls.get(key) ?? loading.get(key);
      if (known !== undefined) return known;
      const started = attachment.objectURL(options);
      loading.set(key, started);
      try {
        const url = await started;
        keep(key, url);
        return url;
      } finally {
        loading.delete(key);
      }
    },
    peek(key) {
      const url = urls.get(key);
      if (url === undefined) return undefined;
      urls.delete(key);
      urls.set(key, url);
      return url;
    },
    close() {
      for (const url of urls.values()) revoke(url);
      urls.clear();
    },
  };
}
