import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapJsonLines, type TextSource } from './json-lines.ts';

async function collect(source: TextSource): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of mapJsonLines(source, async (document) => ({ ...document, seen: true }))) lines.push(line);
  return lines;
}

describe('JSON Lines', () => {
  it('are read whatever the pieces, also ones that end within a character', async () => {
    const documents = fc.array(fc.record({ text: fc.string({ unit: 'grapheme' }) }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(documents, fc.integer({ min: 1, max: 7 }), fc.boolean(), async (given, size, hasEnd) => {
        const text = given.map((document) => JSON.stringify(document)).join('\r\n') + (hasEnd ? '\n' : '');
        const bytes = new TextEncoder().encode(text);
        const pieces: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
        const expected = given.map((document) => `${JSON.stringify({ ...document, seen: true })}\n`);
        expect(await collect(pieces)).toEqual(expected);
        expect(await collect([text])).toEqual(expected);
      }),
    );
  });

  it.each([
    ['{"a":1}\n\n{"a":1,"a":2}\n', 3, 'json/duplicate-name'],
    ['{"a":1}\n{"a"', 2, 'json/malformed'],
    ['[1]', 1, 'field/not-an-object'],
  ])('say in which line the error is: %j', async (text, line, code) => {
    await expect(collect([text])).rejects.toMatchObject({ code, details: { line } });
  });

  it('give what is good before a bad line', async () => {
    const lines = mapJsonLines(['{"a":1}\nx'], async (document) => document);
    expect(await lines.next()).toEqual({ done: false, value: '{"a":1}\n' });
    await expect(lines.next()).rejects.toMatchObject({ code: 'json/malformed' });
  });

  it('have a limit', async () => {
    const piece = new Uint8Array(1024 * 1024).fill(32);
    await expect(collect(Array<Uint8Array>(17).fill(piece))).rejects.toMatchObject({ code: 'json/line-too-long' });
  });

  it('leave errors of the app as they are', async () => {
    const failing = mapJsonLines(['{}'], async () => {
      throw new RangeError('ours');
    });
    await expect(failing.next()).rejects.toBeInstanceOf(RangeError);
  });
});
