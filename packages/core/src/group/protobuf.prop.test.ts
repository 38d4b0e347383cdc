import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hexToBytes } from '../encoding/text.ts';
import { encodeProtobuf, readProtobuf } from './protobuf.ts';

const malformed = expect.objectContaining({ code: 'group/malformed' });
const fieldNumber = fc.integer({ min: 1, max: 2 ** 29 - 1 });
const uint32 = fc.integer({ min: 0, max: 0xffffffff });

describe('Protocol Buffers', () => {
  it('give back the fields that were written, the last of a number', () => {
    const field = fc.tuple(fieldNumber, fc.oneof(uint32, fc.uint8Array({ maxLength: 300 })));
    fc.assert(
      fc.property(fc.array(field, { maxLength: 8 }), (fields) => {
        const read = readProtobuf(encodeProtobuf(...fields));
        for (const [number, value] of new Map(fields)) {
          expect(typeof value === 'number' ? read.uint32(number) : read.bytes(number)).toEqual(value);
          expect(() => (typeof value === 'number' ? read.bytes(number) : read.uint32(number))).toThrow(malformed);
        }
      }),
    );
  });

  it.each([
    [0, '0800'],
    [1, '0801'],
    [127, '087f'],
    [128, '088001'],
    [300, '08ac02'],
    [0xffffffff, '08ffffffff0f'],
  ])('write %i as the encoding guide does', (value, hex) => {
    expect(encodeProtobuf([1, value])).toEqual(hexToBytes(hex));
  });

  it.each([
    ['of a varint', '1880808080808080808001'],
    ['of eight bytes', '190102030405060708'],
    ['of bytes', '1a03616263'],
    ['of four bytes', '1d01020304'],
  ])('skip an unknown field %s', (_, hex) => {
    expect(readProtobuf(hexToBytes(`${hex}0805`)).uint32(1)).toBe(5);
  });

  it.each([
    ['a varint that does not end', '0880'],
    ['a varint of eleven bytes', '088080808080808080808001'],
    ['bytes that are longer than what is left', '0a05616263'],
    ['a length above all bounds', '0affffffffffffffff7f61'],
    ['a tag without a value', '08'],
    ['eight bytes that are seven', '0901020304050607'],
    ['four bytes that are three', '0d010203'],
    ['the beginning of a group', '0b'],
    ['the end of a group', '0c'],
    ['a kind of value that there is not', '0e00'],
    ['the field number 0', '00'],
    ['the field number 0 with a value', '0200'],
    ['a field number above 32 bits', '8080808080800100'],
  ])('refuse %s', (_, hex) => {
    expect(() => readProtobuf(hexToBytes(hex))).toThrow(malformed);
  });

  it('refuse a number of more than 32 bits where it is asked for', () => {
    const fields = readProtobuf(hexToBytes('088080808010'));
    expect(() => fields.uint32(1)).toThrow(malformed);
  });

  it('refuse bytes of another length than is asked for, and fields that are missing', () => {
    const fields = readProtobuf(encodeProtobuf([1, new Uint8Array(31)]));
    expect(fields.bytes(1, 31)).toHaveLength(31);
    expect(() => fields.bytes(1, 32)).toThrow(malformed);
    expect(() => fields.bytes(2)).toThrow(malformed);
    expect(() => fields.uint32(2)).toThrow(malformed);
  });

  it('throw nothing but that, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        try {
          readProtobuf(bytes);
        } catch (error) {
          expect(error).toEqual(malformed);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
