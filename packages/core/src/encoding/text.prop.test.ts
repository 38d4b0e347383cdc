import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSdkError } from '../errors.ts';
import { bytesToUtf8, compareBytes, concatBytes, equalBytes, utf8ToBytes } from './bytes.ts';
import { base64ToBytes, base64UrlToBytes, bytesToBase64, bytesToBase64Url, bytesToHex, hexToBytes } from './text.ts';

const bytes = fc.uint8Array({ maxLength: 200 });
const codePoint = fc.nat(0x10ffff).filter((code) => code < 0xd800 || code > 0xdfff);
const anyText = fc.array(codePoint, { maxLength: 100 }).map((codes) => String.fromCodePoint(...codes));

describe('bytes as text', () => {
  const forms = [
    {
      name: 'base64',
      write: bytesToBase64,
      read: base64ToBytes,
      code: 'encoding/base64',
      alphabet: 'AQgwBCDz09+/=-_ \n',
    },
    {
      name: 'base64url',
      write: bytesToBase64Url,
      read: base64UrlToBytes,
      code: 'encoding/base64',
      alphabet: 'AQgwBCDz09+/=-_ \n',
    },
    { name: 'hex', write: bytesToHex, read: hexToBytes, code: 'encoding/hex', alphabet: '0123456789abcdefg x\n' },
  ];

  describe.each(forms)('as $name', ({ write, read, code, alphabet }) => {
    it('reads what it writes', () => {
      fc.assert(
        fc.property(bytes, (value) => {
          expect(read(write(value))).toEqual(value);
        }),
      );
    });

    it('reads no second text for the same bytes, and refuses with its code', () => {
      const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 12 }));
      fc.assert(
        fc.property(text, (candidate) => {
          let value: Uint8Array;
          try {
            value = read(candidate);
          } catch (error) {
            expect(isSdkError(error, code)).toBe(true);
            return;
          }
          expect(write(value)).toBe(code === 'encoding/hex' ? candidate.toLowerCase() : candidate);
        }),
        { numRuns: 2000 },
      );
    });
  });

  it('writes what Node writes', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(bytesToBase64(value)).toBe(Buffer.from(value).toString('base64'));
        expect(bytesToBase64Url(value)).toBe(Buffer.from(value).toString('base64url'));
        expect(bytesToHex(value)).toBe(Buffer.from(value).toString('hex'));
      }),
    );
  });

  it('takes texts of some megabytes', () => {
    const value = new Uint8Array(5_000_000).fill(0xa5);
    expect(equalBytes(base64ToBytes(bytesToBase64(value)), value)).toBe(true);
    expect(() => base64ToBytes(`${'A'.repeat(8_000_000)}*AAA`)).toThrow(
      expect.objectContaining({ code: 'encoding/base64' }),
    );
  });

  it('gives memory of its own, and looks at a view only', () => {
    const view = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
    expect(bytesToBase64(view)).toBe('AgM=');
    expect(base64ToBytes('AgM=').buffer.byteLength).toBe(2);
  });
});

describe('UTF-8', () => {
  it('is read back, and otherwise refused', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(bytesToUtf8(utf8ToBytes(text))).toBe(text);
      }),
    );
    fc.assert(
      fc.property(bytes, (value) => {
        try {
          expect(utf8ToBytes(bytesToUtf8(value))).toEqual(value);
        } catch (error) {
          expect(isSdkError(error, 'encoding/utf8')).toBe(true);
        }
      }),
    );
  });

  it('keeps a byte order mark', () => {
    expect(bytesToUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa');
  });
});

describe('byte strings', () => {
  it('are equal only to the same bytes', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(equalBytes(a, a.slice())).toBe(true);
        expect(equalBytes(a, b)).toBe(bytesToHex(a) === bytesToHex(b));
      }),
    );
  });

  it('are ordered as Node orders them', () => {
    const short = fc.uint8Array({ maxLength: 4, max: 2 });
    fc.assert(
      fc.property(short, short, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
      }),
    );
  });

  it('are joined in order', () => {
    fc.assert(
      fc.property(fc.array(bytes), (parts) => {
        expect(concatBytes(...parts)).toEqual(new Uint8Array(Buffer.concat(parts)));
      }),
    );
  });
});
