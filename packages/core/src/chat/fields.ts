/** Reading the members of a payload, each within its bounds. What does not fit is `chat/malformed`, and `details.part` names the member. */
import { base64UrlToBytes } from '../encoding/text.ts';
import { isPlainObject } from '../field/json.ts';
import { chatFormatError } from './errors.ts';

export type Members = Readonly<Record<string, unknown>>;
type Reader<T> = (value: unknown, part: string) => T;

export function asObject(value: unknown, part: string): Members {
  return isPlainObject(value) ? value : refuse(part);
}

/** 1 to `max` UTF-16 units. */
export const asText =
  (max: number): Reader<string> =>
  (value, part) =>
    typeof value === 'string' && value.length > 0 && value.length <= max ? value : refuse(part);

export const asInteger =
  (min: number, max = Number.MAX_SAFE_INTEGER): Reader<number> =>
  (value, part) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max ? value : refuse(part);

/** Base64url, in its one form, of a number of bytes between the bounds. */
export const asBytesText =
  (min: number, max = min): Reader<string> =>
  (value, part) => {
    if (typeof value !== 'string' || value.length > Math.ceil((max * 4) / 3)) return refuse(part);
    const { length } = decode(value, part);
    return length >= min && length <= max ? value : refuse(part);
  };

export const asList =
  <T>(read: Reader<T>, { min, max }: { readonly min: number; readonly max: number }): Reader<readonly T[]> =>
  (value, part) =>
    Array.isArray(value) && value.length >= min && value.length <= max
      ? value.map((item: unknown) => read(item, part))
      : refuse(part);

/** Ascending by UTF-16 units, each once. */
export const asSortedList =
  (read: Reader<string>, bounds: { readonly min: number; readonly max: number }): Reader<readonly string[]> =>
  (value, part) => {
    const items = asList(read, bounds)(value, part);
    return items.every((item, index) => index === 0 || items[index - 1]! < item) ? items : refuse(part);
  };

export const orNull =
  <T>(read: Reader<T>): Reader<T | null> =>
  (value, part) =>
    value === null ? null : read(value, part);

export function required<T>(members: Members, name: string, read: Reader<T>): T {
  return read(members[name], name);
}

/** The member under its name, or nothing: to be spread into an object. */
export function optional<Name extends string, T>(
  members: Members,
  name: Name,
  read: Reader<T>,
): { readonly [K in Name]?: T } {
  const value = members[name];
  return (value === undefined ? {} : { [name]: read(value, name) }) as { readonly [K in Name]?: T };
}

export function refuse(part: string): never {
  throw chatFormatError('chat/malformed', { details: { part } });
}

function decode(text: string, part: string): Uint8Array {
  try {
    return base64UrlToBytes(text);
  } catch {
    return refuse(part);
  }
}
