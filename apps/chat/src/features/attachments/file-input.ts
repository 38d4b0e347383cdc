/** Files from the picker, the clipboard or a drag, as attachments to send. */
import type { OutgoingAttachment } from '@sotto/chat';

/** Pictures that are shown in the page. Not SVG: it is a document, and may be more than a picture. */
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);
/** Larger pictures are a file to download: nobody wants them decrypted by scrolling past. */
const SHOWN_UP_TO_BYTES = 20_000_000;

export function isShownAsPicture({ type, size }: { readonly type: string; readonly size: number }): boolean {
  return SHOWN.has(type) && size <= SHOWN_UP_TO_BYTES;
}

export async function toOutgoing(files: Iterable<File>): Promise<readonly OutgoingAttachment[]> {
  return Promise.all(
    Array.from(files, async (file): Promise<OutgoingAttachment> => {
      const type = file.type || 'application/octet-stream';
      return { name: file.name || 'file', type, content: file, ...(await measure(file)) };
    }),
  );
}

/** Width and height go along, so that the place of a picture is kept before it is there. */
async function measure(file: File): Promise<{ width?: number; height?: number }> {
  if (!isShownAsPicture(file) || typeof createImageBitmap !== 'function') return {};
  try {
    const picture = await createImageBitmap(file);
    const { width, height } = picture;
    picture.close();
    return { width, height };
  } catch {
    return {}; // says it is a picture, and is none: it goes as a file
  }
}
