import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../encoding/bytes.ts';
import { bytesToHex, hexToBytes } from '../encoding/text.ts';
import { isSdkError } from '../errors.ts';
import {
  encodeGroupHeader,
  encodeGroupMessage,
  encodeTicket,
  MAX_MESSAGE_LENGTH,
  parseGroupHeader,
  parseGroupMessage,
  parseTicket,
} from './message.ts';
import { encodeProtobuf, type ProtobufField } from './protobuf.ts';

const sessionId = new Uint8Array(32).fill(0x11);
const key = new Uint8Array(32).fill(0x22);
const header = encodeGroupHeader({ sessionId, epoch: 0, salt: new Uint8Array(32).fill(0x33) });
const ticket = encodeTicket({ sessionId, epoch: 0, key });
const message = encodeGroupMessage({ header, signature: new Uint8Array(64), ciphertext: new Uint8Array(16) });
const malformed = expect.objectContaining({ code: 'group/malformed' });

const ticketOf = (...fields: ProtobufField[]) => encodeProtobuf([1, 0], [2, encodeProtobuf(...fields)]);
const messageOf = (...fields: ProtobufField[]) => encodeProtobuf([1, 0], [3, encodeProtobuf(...fields)]);

describe('a ticket', () => {
  it('has 74 bytes in the first epochs, zeros written out', () => {
    expect(bytesToHex(ticket)).toBe(`080012460a20${'11'.repeat(32)}10001a20${'22'.repeat(32)}`);
  });

  it('is read as it was written, in any epoch', () => {
    const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const record = fc.record({ sessionId: bytes32, epoch: fc.integer({ min: 0, max: 0xffffffff }), key: bytes32 });
    fc.assert(
      fc.property(record, (written) => {
        expect(parseTicket(encodeTicket(written))).toEqual(written);
      }),
    );
  });

  it('is read whatever its version says, with fields that nobody knows, and the last of several', () => {
    const content = encodeProtobuf([1, sessionId], [2, 7], [3, key]);
    const read = parseTicket(encodeProtobuf([1, 99], [2, new Uint8Array(3)], [9, key], [2, content]));
    expect(read.epoch).toBe(7);
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['a version alone', encodeProtobuf([1, 0])],
    ['no version', ticket.subarray(2)],
    ['a message', message],
    ['a ticket and a message', concatBytes(ticket, message.subarray(2))],
    ['a session id of 31 bytes', ticketOf([1, key.subarray(1)], [2, 0], [3, key])],
    ['a key of 33 bytes', ticketOf([1, key], [2, 0], [3, new Uint8Array(33)])],
    ['no session id', ticketOf([2, 0], [3, key])],
    ['no epoch', ticketOf([1, key], [3, key])],
    ['no key', ticketOf([1, key], [2, 0])],
    ['an epoch as bytes', ticketOf([1, key], [2, key], [3, key])],
    ['a zero byte after it', concatBytes(ticket, Uint8Array.of(0))],
    ['too many bytes', concatBytes(ticket, encodeProtobuf([9, new Uint8Array(MAX_MESSAGE_LENGTH)]))],
  ])('is not %s', (_, bytes) => {
    expect(() => parseTicket(bytes)).toThrow(malformed);
  });

  it('is not cut off anywhere', () => {
    for (let length = 0; length < ticket.length; length++) {
      expect(() => parseTicket(ticket.subarray(0, length))).toThrow(malformed);
    }
  });
});

describe('a message', () => {
  it('has a header of 70 bytes in the first epochs, zeros written out', () => {
    expect(bytesToHex(header)).toBe(`0a20${'11'.repeat(32)}10001a20${'33'.repeat(32)}`);
    expect(bytesToHex(message)).toBe(`08001a9c010a46${bytesToHex(header)}1240${'00'.repeat(64)}1a10${'00'.repeat(16)}`);
  });

  it.each([
    ['a ticket', ticket],
    ['no header', messageOf([2, new Uint8Array(64)], [3, key])],
    ['no signature', messageOf([1, header], [3, key])],
    ['a signature of 63 bytes', messageOf([1, header], [2, new Uint8Array(63)], [3, key])],
    ['no text', messageOf([1, header], [2, new Uint8Array(64)])],
    ['a ticket and a message', concatBytes(message, ticket.subarray(2))],
    ['more bytes than official readers take', new Uint8Array(MAX_MESSAGE_LENGTH + 1)],
  ])('is not %s', (_, bytes) => {
    expect(() => parseGroupMessage(bytes)).toThrow(malformed);
  });

  it.each([
    ['a session id of 33 bytes', encodeProtobuf([1, new Uint8Array(33)], [2, 0], [3, key])],
    ['a salt of 31 bytes', encodeProtobuf([1, key], [2, 0], [3, key.subarray(1)])],
    [
      'an epoch of 33 bits',
      concatBytes(encodeProtobuf([1, key]), hexToBytes('108080808010'), encodeProtobuf([3, key])),
    ],
  ])('has no header with %s', (_, bytes) => {
    expect(() => parseGroupHeader(bytes)).toThrow(malformed);
  });
});

describe('the readers', () => {
  it.each([
    ['tickets', parseTicket, ticket],
    ['messages', parseGroupMessage, message],
    ['headers', parseGroupHeader, header],
  ] as const)('of %s throw nothing but their code on bytes that were changed anywhere', (_, parse, good) => {
    const change = fc.record({
      at: fc.nat({ max: good.length - 1 }),
      remove: fc.nat({ max: 4 }),
      insert: fc.uint8Array({ maxLength: 6 }),
    });
    fc.assert(
      fc.property(change, ({ at, remove, insert }) => {
        try {
          parse(concatBytes(good.subarray(0, at), insert, good.subarray(at + remove)));
        } catch (error) {
          expect(isSdkError(error, 'group/malformed')).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
