/** What a sealed file begins with, from senders of any kind. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, utf8ToBytes } from '../encoding/bytes.ts';
import { der, derInteger, derSequence, TAG } from '../encoding/der.ts';
import { isSdkError } from '../errors.ts';
import { cleanFileName, encodeFileDetails, type FileDetails, readFileDetails } from './file-details.ts';
import { PieceReader } from './pieces.ts';

function readerOf(bytes: Uint8Array, length = 7): PieceReader {
  return new PieceReader(
    (async function* () {
      for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
    })(),
  );
}

const text = (value: string) => der(TAG.utf8String, utf8ToBytes(value));
const photo: FileDetails = { name: 'photo.jpg', type: 'image/jpeg', lastModified: 1_700_000_000_000 };

describe('details of a file', () => {
  it('come back as they were, and the content after them', async () => {
    const reader = readerOf(concatBytes(encodeFileDetails(photo), utf8ToBytes('the content')));
    expect(await readFileDetails(reader)).toEqual(photo);
    expect(await reader.take(100)).toEqual(utf8ToBytes('the content'));
  });

  it('are small, whatever they are made of, and read again as they are written', async () => {
    const anything = fc.record({
      name: fc.oneof(fc.string({ unit: 'binary', maxLength: 2000 }), fc.constantFrom('', '.', '..', 'a/b', '\ud800')),
      type: fc.oneof(fc.string({ maxLength: 300 }), fc.constantFrom('', 'image/png', 'text/plain;charset=utf-8')),
      lastModified: fc.oneof(fc.integer(), fc.double()),
    });
    await fc.assert(
      fc.asyncProperty(anything, async (details) => {
        const encoded = encodeFileDetails(details);
        expect(encoded.length).toBeLessThan(4096);
        const read = await readFileDetails(readerOf(encoded, 1000));
        expect(encodeFileDetails(read)).toEqual(encoded);
        expect(read.name).not.toMatch(/^\.{0,2}$|[/\\\p{Cc}]/u);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['another version', derSequence(derInteger(2), text('a'), text(''), derInteger(0))],
    ['a field more', derSequence(derInteger(1), text('a'), text(''), derInteger(0), derInteger(0))],
    ['a field less', derSequence(derInteger(1), text('a'), text(''))],
    [
      'a name that is no text',
      derSequence(derInteger(1), der(TAG.utf8String, Uint8Array.of(0xff)), text(''), derInteger(0)),
    ],
    ['too many bytes', derSequence(derInteger(1), text('a'.repeat(5000)), text(''), derInteger(0))],
    ['nothing', new Uint8Array(0)],
    ['text', utf8ToBytes('just the content of a file')],
    ['a picture', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46)],
  ])('are not %s', async (_, bytes) => {
    await expect(readFileDetails(readerOf(bytes))).rejects.toMatchObject({ code: 'file/no-details' });
  });

  it('are found in random bytes by no more than chance, and never throw anything else', async () => {
    const bytes = fc
      .tuple(fc.constantFrom([], [0x30, 0x10], [0x30, 0x82, 0x01]), fc.uint8Array({ maxLength: 300 }))
      .map(([start, rest]) => concatBytes(Uint8Array.from(start), rest));
    await fc.assert(
      fc.asyncProperty(bytes, async (input) => {
        try {
          await readFileDetails(readerOf(input));
        } catch (error) {
          expect(isSdkError(error, 'file/no-details')).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a name from somebody else', () => {
  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Windows\\system32\\evil.dll', 'evil.dll'],
    ['..', 'file'],
    ['.', 'file'],
    ['', 'file'],
    ['folder/', 'file'],
    ['\u202egpj.exe', 'gpj.exe'],
    ['in\u200bvisible\u0000\n.txt', 'invisible.txt'],
    ['what?.txt', 'what_.txt'],
    ['stream:hidden', 'stream_hidden'],
    ['  spaces.txt . ', 'spaces.txt'],
    ['.profile', '.profile'],
    ['naïve 世界 🔐.png', 'naïve 世界 🔐.png'],
    [`${'a'.repeat(300)}.jpeg`, `${'a'.repeat(195)}.jpeg`],
  ])('%j becomes %j', (name, expected) => {
    expect(cleanFileName(name)).toBe(expected);
  });
});
