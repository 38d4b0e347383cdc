import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSdkError } from '../errors.ts';
import { openUnverified } from '../envelope/open.ts';
import { importPrivateKey } from '../keys/import-private.ts';
import { importPublicKey } from '../keys/import-public.ts';
import { nodeProvider } from '../provider/node.ts';
import { parseSignature } from '../signature/signature.ts';
import { compareBytes, concatBytes } from './bytes.ts';
import {
  contextTag,
  DerReader,
  der,
  derBits,
  derInteger,
  derOctets,
  derSequence,
  derSetOf,
  derUnsigned,
  readUnsigned,
  TAG,
} from './der.ts';
import { bytesToHex, hexToBytes } from './text.ts';

const bytes = fc.uint8Array({ maxLength: 300 });
const derCode = expect.objectContaining({ code: 'encoding/der' });

describe('DER', () => {
  it('reads the elements it writes, in order and to the end', () => {
    const element = fc.record({
      tag: fc.constantFrom(...Object.values(TAG), contextTag(0), contextTag(3)),
      content: bytes,
    });
    fc.assert(
      fc.property(fc.array(element, { maxLength: 6 }), (elements) => {
        const reader = new DerReader(derSequence(...elements.map(({ tag, content }) => der(tag, content)))).enter(
          TAG.sequence,
        );
        for (const { tag, content } of elements) {
          expect(reader.peek()).toBe(tag);
          expect(reader.read(tag)).toEqual(content);
        }
        expect(reader.peek()).toBeUndefined();
        reader.end();
      }),
    );
  });

  it.each([0, 1, 127, 128, 255, 256, 65_535, 65_536, 16_777_216])(
    'writes a length of %i in its shortest form',
    (length) => {
      const element = der(TAG.octetString, new Uint8Array(length));
      const header = element.subarray(0, element.length - length);
      const digits = length < 0x80 ? '' : length.toString(16);
      const even = digits.padStart(digits.length + (digits.length % 2), '0');
      const expected = length < 0x80 ? [length] : [0x80 + even.length / 2, ...hexToBytes(even)];
      expect([...header.subarray(1)]).toEqual(expected);
      expect(new DerReader(element).read(TAG.octetString)).toHaveLength(length);
    },
  );

  it('sorts sets, whatever the order they were given in', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 5 }), { maxLength: 5 }), (values) => {
        const elements = values.map(derOctets);
        const written = derSetOf(elements);
        expect(derSetOf(elements.toReversed())).toEqual(written);
        expect(new DerReader(written).read(TAG.set)).toEqual(concatBytes(...elements.toSorted(compareBytes)));
      }),
    );
  });

  it('reads the integers it writes', () => {
    const integer = fc.oneof(fc.integer({ min: 0, max: 2 ** 48 - 1 }), fc.integer({ min: 0, max: 300 }));
    fc.assert(
      fc.property(integer, (value) => {
        expect(new DerReader(derInteger(value)).integer()).toBe(value);
      }),
    );
    expect(new DerReader(derInteger(2 ** 48 - 1)).integer()).toBe(2 ** 48 - 1);
  });

  it('reads the positive numbers it writes, without leading zeros', () => {
    const positive = fc.uint8Array({ minLength: 1, maxLength: 40 }).filter((value) => value.some((byte) => byte > 0));
    fc.assert(
      fc.property(positive, (value) => {
        const read = readUnsigned(new DerReader(derUnsigned(value)));
        expect(BigInt(`0x0${bytesToHex(read)}`)).toBe(BigInt(`0x${bytesToHex(value)}`));
      }),
    );
  });

  it.each([
    ['negative', '020180'],
    ['empty', '0200'],
    ['with a zero too many', '02020001'],
    ['of 2^48 or more', '020701000000000000'],
    ['of eight bytes', '02080100000000000000'],
    ['that is none', '0401ff'],
  ])('refuses an integer that is %s', (_, hex) => {
    expect(() => new DerReader(hexToBytes(hex)).integer()).toThrow(derCode);
  });

  it.each([
    ['no bytes', ''],
    ['a tag alone', '30'],
    ['a length that is too long', '30030201'],
    ['an indefinite length', '30800000'],
    ['a length of five bytes', '30850000000001ff'],
    ['a length that is cut off', '3082ff'],
    ['another tag', '310302012a'],
  ])('refuses %s', (_, hex) => {
    expect(() => new DerReader(hexToBytes(hex)).read(TAG.sequence)).toThrow(derCode);
  });

  it('does not leave the element that it entered', () => {
    // The outer element ends after three bytes of content; the inner one claims three more than its own.
    const outer = new DerReader(hexToBytes('3003040400ffffff')).enter(TAG.sequence);
    expect(() => outer.read(TAG.octetString)).toThrow(derCode);
    const tight = new DerReader(hexToBytes('3003040100ffffff')).enter(TAG.sequence);
    expect(tight.read(TAG.octetString)).toEqual(Uint8Array.of(0));
    expect(tight.isAtEnd).toBe(true);
    expect(() => tight.read(0xff)).toThrow(derCode);
  });

  it('throws nothing but its code, whatever it is asked to read', () => {
    const step = fc.constantFrom<(reader: DerReader) => unknown>(
      (reader) => reader.read(TAG.octetString),
      (reader) => reader.enter(TAG.sequence),
      (reader) => reader.element(TAG.set),
      (reader) => reader.integer(),
      (reader) => readUnsigned(reader),
      (reader) => reader.end(),
      (reader) => reader.rest(),
      (reader) => reader.peek(),
    );
    const likeDer = fc.uint8Array({ maxLength: 30 }).map((tail) => concatBytes(Uint8Array.of(TAG.sequence), tail));
    fc.assert(
      fc.property(fc.oneof(bytes, likeDer), fc.array(step), (input, steps) => {
        let reader = new DerReader(input);
        for (const take of steps) {
          try {
            const result = take(reader);
            if (result instanceof DerReader) reader = result;
          } catch (error) {
            expect(isSdkError(error, 'encoding/der')).toBe(true);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('what is read as DER', () => {
  const readers = [
    { name: 'importPublicKey', read: async (input: Uint8Array) => importPublicKey(input), code: 'key/malformed' },
    {
      name: 'importPrivateKey',
      read: (input: Uint8Array) => importPrivateKey(nodeProvider, input),
      code: 'key/malformed',
    },
    { name: 'parseSignature', read: async (input: Uint8Array) => parseSignature(input), code: 'signature/malformed' },
    {
      name: 'openUnverified',
      read: (message: Uint8Array) => openUnverified(nodeProvider, { message, keys: [] }),
      code: 'envelope/malformed',
    },
  ];

  it.each(readers)('allocates nothing for a length that is only claimed: $name', async ({ read, code }) => {
    const claims = ['3084ffffffff', '30847fffffff020100', '3083ffffff0201', '308200ff', '30810a3084ffffffff020100'];
    const before = process.memoryUsage().arrayBuffers;
    for (const claim of claims) {
      await expect(read(hexToBytes(claim))).rejects.toMatchObject({ code });
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  it.each(readers)('may be nested as deep as it likes: $name', async ({ read, code }) => {
    const depth = 10_000;
    const nested = new Uint8Array(6 * depth);
    for (let level = 0; level < depth; level++) {
      const left = nested.length - 6 * (level + 1);
      nested.set([TAG.sequence, 0x84, left >>> 24, (left >>> 16) & 0xff, (left >>> 8) & 0xff, left & 0xff], 6 * level);
    }
    await expect(read(nested)).rejects.toMatchObject({ code });
    await expect(read(der(contextTag(0), derBits(nested)))).rejects.toMatchObject({ code });
  });
});
