/**
 * The frames of a series, byte by byte. The first byte is version and kind; a start holds an envelope, all others name their session by
 * four bytes. Source: docs/spec/series.md §2.
 */
import { concatBytes } from '../encoding/bytes.ts';
import { seriesError } from './errors.ts';

export const TAG_LENGTH = 16;
export const SIGNATURE_LENGTH = 64;
export const SESSION_TAG_LENGTH = 4;
export const DIGEST_LENGTH = 16;
export const MAX_SEQUENCE = 2 ** 32 - 1;
export const MAX_READING = 64 * 1024 * 1024;
/** Readings that one checkpoint can vouch for. */
export const MAX_BATCH = 1024;

const VERSION = 1;
const KIND = { start: 0, reading: 1, signedReading: 2, checkpoint: 3, close: 4 } as const;

export type Frame =
  | { readonly kind: 'start'; readonly envelope: Uint8Array }
  | ({ readonly kind: 'reading'; readonly sessionTag: Uint8Array } & Reading)
  | ({ readonly kind: 'checkpoint'; readonly sessionTag: Uint8Array } & SignedCheckpoint);

export interface Reading {
  readonly sequence: number;
  /** First byte, session and sequence as they stand in the frame: the associated data. */
  readonly head: Uint8Array;
  readonly ciphertext: Uint8Array;
  /** Of a reading that is signed by itself. */
  readonly signature?: Uint8Array | undefined;
}

export interface Checkpoint {
  /** Sequence number after the last reading so far. */
  readonly next: number;
  /** By the clock of the device, milliseconds since 1970. */
  readonly at: number;
  /** SHA-512, first 16 bytes, of each of the readings before `next` that this checkpoint vouches for, oldest first. */
  readonly digests: readonly Uint8Array[];
}

export interface SignedCheckpoint extends Checkpoint {
  /** Nothing follows it. */
  readonly isLast: boolean;
  /** All before the signature. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

export function encodeStart(envelope: Uint8Array): Uint8Array {
  return concatBytes(firstByte('start'), envelope);
}

export function encodeReadingHead(
  kind: 'reading' | 'signedReading',
  sessionTag: Uint8Array,
  sequence: number,
): Uint8Array {
  return concatBytes(firstByte(kind), sessionTag, varint(sequence));
}

/** All but the signature. */
export function encodeCheckpoint(
  kind: 'checkpoint' | 'close',
  sessionTag: Uint8Array,
  { next, at, digests }: Checkpoint,
): Uint8Array {
  return concatBytes(firstByte(kind), sessionTag, varint(next), varint(at), varint(digests.length), ...digests);
}

/** @throws `series/malformed`, `series/other-version` */
export function parseFrame(frame: Uint8Array): Frame {
  const [first] = frame;
  if (first === undefined) throw seriesError('series/malformed');
  if (first >> 4 !== VERSION) throw seriesError(first >> 4 > VERSION ? 'series/other-version' : 'series/malformed');
  const kind = (Object.keys(KIND) as (keyof typeof KIND)[]).find((name) => KIND[name] === (first & 15));
  if (!kind) throw seriesError('series/malformed');
  if (kind === 'start') return { kind, envelope: frame.subarray(1) };
  const sessionTag = frame.subarray(1, 1 + SESSION_TAG_LENGTH);
  const rest = new Reader(frame, 1 + SESSION_TAG_LENGTH);
  if (kind === 'reading' || kind === 'signedReading')
    return { kind: 'reading', sessionTag, ...parseReading(frame, rest, kind === 'signedReading') };
  return { kind: 'checkpoint', sessionTag, isLast: kind === 'close', ...parseCheckpoint(frame, rest) };
}

function parseReading(frame: Uint8Array, rest: Reader, isSigned: boolean): Reading {
  const sequence = rest.varint(MAX_SEQUENCE);
  const end = frame.length - (isSigned ? SIGNATURE_LENGTH : 0);
  if (end < rest.offset + TAG_LENGTH || end > rest.offset + MAX_READING + TAG_LENGTH)
    throw seriesError('series/malformed');
  return {
    sequence,
    head: frame.subarray(0, rest.offset),
    ciphertext: frame.subarray(rest.offset, end),
    signature: isSigned ? frame.subarray(end) : undefined,
  };
}

function parseCheckpoint(frame: Uint8Array, rest: Reader): Omit<SignedCheckpoint, 'isLast'> {
  const next = rest.varint(MAX_SEQUENCE + 1);
  const at = rest.varint(Number.MAX_SAFE_INTEGER);
  const count = rest.varint(MAX_BATCH);
  const end = rest.offset + count * DIGEST_LENGTH;
  if (count > next || frame.length !== end + SIGNATURE_LENGTH) throw seriesError('series/malformed');
  const digests = Array.from({ length: count }, (_, index) => {
    const start = rest.offset + index * DIGEST_LENGTH;
    return frame.subarray(start, start + DIGEST_LENGTH);
  });
  return { next, at, digests, signed: frame.subarray(0, end), signature: frame.subarray(end) };
}

function firstByte(kind: keyof typeof KIND): Uint8Array {
  return Uint8Array.of((VERSION << 4) | KIND[kind]);
}

/** Unsigned LEB128: seven bits a byte, the low ones first, no more bytes than needed. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.of(...bytes, rest);
}

class Reader {
  offset: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, offset: number) {
    this.#bytes = bytes;
    this.offset = offset;
  }

  varint(max: number): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.offset++];
      if (byte === undefined || (byte === 0 && scale > 1)) throw seriesError('series/malformed');
      value += (byte & 127) * scale;
      if (value > max) throw seriesError('series/malformed');
      if (byte < 128) return value;
    }
  }
}
