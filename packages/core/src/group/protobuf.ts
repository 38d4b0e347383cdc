/**
 * Protocol Buffers, as much as the messages of groups need: fields of unsigned 32-bit integers and of byte strings. Readers ignore
 * fields that they do not know, and of a field that comes twice the last one counts. Source: docs/spec/groups.md §1.
 */
import { GroupError } from './errors.ts';

const WIRE = { varint: 0, eightBytes: 1, bytes: 2, fourBytes: 5 } as const;
const MAX_UINT32 = 0xffffffff;
const MAX_VARINT_LENGTH = 10;

/** The fields of one message, by number. */
export class ProtobufFields {
  readonly #values: ReadonlyMap<number, number | Uint8Array>;

  constructor(values: ReadonlyMap<number, number | Uint8Array>) {
    this.#values = values;
  }

  has(number: number): boolean {
    return this.#values.has(number);
  }

  /** @throws `group/malformed` where it is missing or of another kind */
  uint32(number: number): number {
    const value = this.#values.get(number);
    if (typeof value !== 'number' || value > MAX_UINT32) throw new GroupError('group/malformed');
    return value;
  }

  /** A view. @throws `group/malformed` where it is missing, of another kind, or of another length than the given one */
  bytes(number: number, length?: number): Uint8Array {
    const value = this.#values.get(number);
    if (!(value instanceof Uint8Array) || (length !== undefined && value.length !== length))
      throw new GroupError('group/malformed');
    return value;
  }
}

/** @throws `group/malformed` */
export function readProtobuf(bytes: Uint8Array): ProtobufFields {
  const values = new Map<number, number | Uint8Array>();
  let offset = 0;

  const take = (length: number): Uint8Array => {
    if (length > bytes.length - offset) throw new GroupError('group/malformed');
    offset += length;
    return bytes.subarray(offset - length, offset);
  };
  /** Above 2^53 not exact, which is of no matter: none but uint32 is used. */
  const takeVarint = (): number => {
    let value = 0;
    for (let index = 0; index < MAX_VARINT_LENGTH; index++) {
      const byte = take(1)[0]!;
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    throw new GroupError('group/malformed');
  };
  const takeValue = (wireType: number): number | Uint8Array => {
    switch (wireType) {
      case WIRE.varint:
        return takeVarint();
      case WIRE.eightBytes:
        return take(8);
      case WIRE.bytes:
        return take(takeVarint());
      case WIRE.fourBytes:
        return take(4);
      default:
        throw new GroupError('group/malformed');
    }
  };

  while (offset < bytes.length) {
    const tag = takeVarint();
    if (tag > MAX_UINT32 || tag < 8) throw new GroupError('group/malformed'); // no field has the number 0
    values.set(tag >>> 3, takeValue(tag & 7));
  }
  return new ProtobufFields(values);
}

/** A number is a uint32; a message inside is its bytes. */
export type ProtobufField = readonly [number: number, value: number | Uint8Array];

/** A message of these fields, in their order. */
export function encodeProtobuf(...fields: readonly ProtobufField[]): Uint8Array {
  let length = 0;
  for (const [number, value] of fields) {
    length += varintLength(number * 8);
    length += typeof value === 'number' ? varintLength(value) : varintLength(value.length) + value.length;
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  const putVarint = (value: number): void => {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[offset++] = (rest % 0x80) | 0x80;
    bytes[offset++] = rest;
  };
  for (const [number, value] of fields) {
    if (typeof value === 'number') {
      putVarint(number * 8 + WIRE.varint);
      putVarint(value);
      continue;
    }
    putVarint(number * 8 + WIRE.bytes);
    putVarint(value.length);
    bytes.set(value, offset);
    offset += value.length;
  }
  return bytes;
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}
