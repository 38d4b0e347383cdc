import { bytesToBase64, bytesToUtf8, concatBytes, utf8ToBytes } from '@sotto/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToText, messageToBytes } from './base64.ts';

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return concatBytes(...all);
}

/** How messages begin. */
const startOfMessage = Uint8Array.of(0x30, 0x82, 1, 2);

describe('messages as text', () => {
  it('are one line of base64 whatever the pieces, and come back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 9 }), async (rest, size) => {
        const message = concatBytes(startOfMessage, rest);
        const text = await collect(bytesToText(inPieces(message, size)));
        expect(bytesToUtf8(text)).toBe(`${bytesToBase64(message)}\n`);
        expect(await collect(messageToBytes(inPieces(text, size)))).toEqual(message);
      }),
    );
  });

  it('may be broken into lines, and bytes are left alone', async () => {
    const message = concatBytes(startOfMessage, new Uint8Array(100));
    const lines = bytesToBase64(message).replace(/.{64}/g, '$&\r\n');
    expect(await collect(messageToBytes(inPieces(utf8ToBytes(lines), 10)))).toEqual(message);
    expect(await collect(messageToBytes(inPieces(message, 10)))).toEqual(message);
  });

  it.each(['MII', 'MIIB?AAA', 'MIIBAA==MIIB', 'MIIBAé=='])('are refused unless they are base64: %s', async (text) => {
    for (const size of [1, 4, 100]) {
      const pieces = messageToBytes(inPieces(utf8ToBytes(text), size));
      await expect(collect(pieces)).rejects.toMatchObject({ code: 'encoding/base64' });
    }
  });
});
