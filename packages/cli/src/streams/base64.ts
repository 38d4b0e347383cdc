/** Messages as text, piece by piece: a line of base64, as apps exchange them. */
import { base64ToBytes, bytesToBase64, concatBytes, coreError, utf8ToBytes } from '@sotto/core';

/** How a message begins, a DER SEQUENCE, in base64. */
const FIRST_LETTER = 'M'.charCodeAt(0);

/** One line. */
export async function* bytesToText(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const piece of pieces) {
    const bytes = concatBytes(rest, piece);
    const end = bytes.length - (bytes.length % 3);
    rest = bytes.subarray(end);
    if (end > 0) yield utf8ToBytes(bytesToBase64(bytes.subarray(0, end)));
  }
  yield utf8ToBytes(`${bytesToBase64(rest)}\n`);
}

/** A message in bytes or in base64, as bytes. @throws `encoding/base64` */
export async function* messageToBytes(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let isText: boolean | undefined;
  let rest = '';
  let isEnded = false;
  const decode = (text: string): Uint8Array => {
    if (isEnded) throw coreError('encoding/base64');
    isEnded = text.endsWith('=');
    return base64ToBytes(text);
  };
  for await (const piece of pieces) {
    isText ??= piece[0] === FIRST_LETTER;
    if (!isText) yield piece;
    else {
      const text = rest + withoutSpace(piece);
      const end = text.length - (text.length % 4);
      rest = text.slice(end);
      if (end > 0) yield decode(text.slice(0, end));
    }
  }
  if (rest !== '') yield decode(rest);
}

/** Bytes of ASCII as text, without line breaks and blanks; what is no ASCII stays what base64 has not. */
export function withoutSpace(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('latin1')
    .replace(/[ \t\r\n]+/g, '');
}
