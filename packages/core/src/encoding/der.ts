/**
 * DER (X.690), as much as the formats need: definite lengths, tags below 31. `DerReader` walks one level and refuses a length
 * that leaves its parent, indefinite lengths, and lengths of more than four bytes; it takes long forms where a short
 * one would do, as the original writers' readers do. Whoever has read all it wants calls `end()`, unless trailing
 * fields are to be ignored. Writers give exactly DER.
 */
import { coreError, type SdkError } from '../errors.ts';
import { compareBytes, joinBytes } from './bytes.ts';

export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The explicit, constructed context tag `[number]`. */
export function contextTag(number: number): number {
  return 0xa0 + number;
}

export class DerReader {
  readonly #bytes: Uint8Array;
  #offset: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#offset = start;
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#end;
  }

  /** The next tag without moving on, undefined at the end. */
  peek(): number | undefined {
    return this.isAtEnd ? undefined : this.#bytes[this.#offset];
  }

  /** Content of the next element, a view. @throws `encoding/der` */
  read(tag: number): Uint8Array {
    const { start, end } = this.#next(tag);
    return this.#bytes.subarray(start, end);
  }

  /** A reader over the content of the next, constructed element. @throws `encoding/der` */
  enter(tag: number): DerReader {
    const { start, end } = this.#next(tag);
    return new DerReader(this.#bytes, start, end);
  }

  /** The whole next element with tag and length, a view. @throws `encoding/der` */
  element(tag: number): Uint8Array {
    const begin = this.#offset;
    const { end } = this.#next(tag);
    return this.#bytes.subarray(begin, end);
  }

  /** What is left of this level, a view. */
  rest(): Uint8Array {
    return this.#bytes.subarray(this.#offset, this.#end);
  }

  /** A non-negative INTEGER below 2^48, in shortest form. @throws `encoding/der` */
  integer(): number {
    const content = this.read(TAG.integer);
    if (content.length === 0 || content.length > 7 || content[0]! >= 0x80) throw derError();
    if (content.length === 7 && content[0] !== 0) throw derError();
    if (content.length > 1 && content[0] === 0 && content[1]! < 0x80) throw derError();
    let value = 0;
    for (const byte of content) value = value * 256 + byte;
    return value;
  }

  /** @throws `encoding/der` where something is left on this level */
  end(): void {
    if (!this.isAtEnd) throw derError();
  }

  #next(tag: number): { start: number; end: number } {
    const bytes = this.#bytes;
    let at = this.#offset;
    if (at + 2 > this.#end || bytes[at] !== tag) throw derError();
    let length = bytes[at + 1]!;
    at += 2;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > 4 || at + count > this.#end) throw derError();
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + bytes[at + i]!;
      at += count;
    }
    if (length > this.#end - at) throw derError();
    this.#offset = at + length;
    return { start: at, end: at + length };
  }
}

export function derError(): SdkError {
  return coreError('encoding/der');
}

/** One element: tag, length in shortest form, content. */
export function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = joinBytes(content);
  const length = body.length;
  const header =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : length < 0x10000
          ? [tag, 0x82, length >> 8, length & 0xff]
          : [tag, 0x84, length >>> 24, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff];
  if (header[1] === 0x84 && header[2] === 0) header.splice(1, 2, 0x83);
  const element = new Uint8Array(header.length + length);
  element.set(header);
  element.set(body, header.length);
  return element;
}

export function derSequence(...content: readonly Uint8Array[]): Uint8Array {
  return der(TAG.sequence, ...content);
}

/** SET OF, sorted as DER demands. */
export function derSetOf(elements: readonly Uint8Array[]): Uint8Array {
  return der(TAG.set, ...[...elements].sort(compareBytes));
}

export function derOctets(bytes: Uint8Array): Uint8Array {
  return der(TAG.octetString, bytes);
}

/** A BIT STRING of whole bytes. */
export function derBits(bytes: Uint8Array): Uint8Array {
  return der(TAG.bitString, Uint8Array.of(0), bytes);
}

/** A non-negative INTEGER below 2^48. */
export function derInteger(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.unshift(rest % 256);
    rest = Math.floor(rest / 256);
  } while (rest > 0);
  if (bytes[0]! >= 0x80) bytes.unshift(0);
  return der(TAG.integer, Uint8Array.from(bytes));
}

/** A non-negative INTEGER from big-endian bytes. */
export function derUnsigned(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = bytes.subarray(start);
  return digits[0]! >= 0x80 ? der(TAG.integer, Uint8Array.of(0), digits) : der(TAG.integer, digits);
}

/** Content of a positive INTEGER in shortest form, without its sign byte. @throws `encoding/der` */
export function readUnsigned(reader: DerReader): Uint8Array {
  const content = reader.read(TAG.integer);
  if (content.length === 0 || content[0]! >= 0x80) throw derError();
  if (content[0] !== 0) return content;
  if (content.length === 1 || content[1]! < 0x80) throw derError();
  return content.subarray(1);
}
