/** The texts that are traded. */
import { utf8ToBytes } from '@sotto/core';
import { CONTENTS } from './matrices.ts';

type Content = (typeof CONTENTS)[number];

const TEXT = utf8ToBytes('Grüße, 世界 🔐');

const bytesByContent = new Map<Content, Uint8Array>(
  CONTENTS.map((content) => [
    content,
    content === 'text' ? TEXT : Uint8Array.from({ length: content }, (_, index) => index % 251),
  ]),
);

export function contentOf({ content }: { readonly content: Content }): Uint8Array {
  return bytesByContent.get(content)!;
}

export function expectSame(read: Uint8Array, written: Uint8Array): void {
  if (Buffer.compare(read, written) !== 0) throw new Error(`another text of ${read.length} bytes`);
}
