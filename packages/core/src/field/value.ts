/**
 * The value of a field as the bytes that are encrypted: its canonical JSON, in which a date and bytes are an object of one member
 * whose name says so, and padding (a byte 80, then zeros) to a multiple of 32 bytes, so that the length tells true from false no
 * more than null from a short text. Source: docs/spec/fields.md §4.
 */
import { bytesToUtf8, concatBytes, utf8ToBytes } from '../encoding/bytes.ts';
import { base64ToBytes, bytesToBase64 } from '../encoding/text.ts';
import { canonicalizeJson } from './canonical-json.ts';
import { fieldError } from './errors.ts';
import { isPlainObject, MAX_DEPTH, objectOf } from './json.ts';

const BLOCK = 32;
const PADDING_MARK = 0x80;
const DATE = '$sotto:date';
const BYTES = '$sotto:bytes';
const RESERVED = '$sotto:';

/** @throws `json/unsupported-value`, `json/too-deep` */
export function encodeValue(value: unknown): Uint8Array {
  const json = utf8ToBytes(canonicalizeJson(tag(value)));
  const padding = new Uint8Array(BLOCK - (json.length % BLOCK));
  padding[0] = PADDING_MARK;
  return concatBytes(json, padding);
}

/** @throws `field/malformed` */
export function decodeValue(bytes: Uint8Array): unknown {
  const end = bytes.lastIndexOf(PADDING_MARK);
  const isPadded =
    bytes.length % BLOCK === 0 &&
    end >= bytes.length - BLOCK &&
    end >= 0 &&
    bytes.subarray(end + 1).every((byte) => byte === 0);
  if (!isPadded) throw malformed();
  try {
    return untag(JSON.parse(bytesToUtf8(bytes.subarray(0, end))));
  } catch {
    throw malformed(); // without the cause, which quotes the value
  }
}

function tag(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw fieldError('json/too-deep');
  if (value instanceof Date) return { [DATE]: writeDate(value) };
  if (value instanceof Uint8Array) return { [BYTES]: bytesToBase64(value) };
  if (Array.isArray(value)) return Array.from(value, (item) => tag(item, depth + 1));
  if (!isPlainObject(value)) return value; // canonical JSON decides
  const reserved = Object.keys(value).find((name) => name.startsWith(RESERVED));
  if (reserved !== undefined) throw unsupported(`names that begin with ${RESERVED} are taken`);
  return objectOf(Object.entries(value).map(([name, member]) => [name, tag(member, depth + 1)]));
}

function untag(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untag);
  if (!isPlainObject(value)) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (only?.[0] === DATE) return readDate(only[1]);
  if (only?.[0] === BYTES) return base64ToBytes(only[1] as string);
  return objectOf(entries.map(([name, member]) => [name, untag(member)]));
}

function writeDate(date: Date): string {
  if (Number.isNaN(date.getTime())) throw unsupported('a date that is none');
  return date.toISOString();
}

function readDate(text: unknown): Date {
  const date = new Date(text as string);
  if (Number.isNaN(date.getTime())) throw malformed();
  return date;
}

function unsupported(reason: string): Error {
  return fieldError('json/unsupported-value', { details: { reason } });
}

function malformed(): Error {
  return fieldError('field/malformed', { details: { reason: 'a value that is not of this format' } });
}
