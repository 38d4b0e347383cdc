/**
 * The one text of a JSON value (RFC 8785): names sorted by UTF-16 units, no white space, numbers as ECMAScript writes them. What JSON
 * would change in silence is refused: NaN and infinities, −0, undefined, dates and other objects, half a surrogate pair.
 */
import { fieldError } from './errors.ts';
import { isPlainObject, MAX_DEPTH } from './json.ts';
import { toPointer } from './path.ts';

/** @throws `json/unsupported-value`, `json/too-deep` */
export function canonicalizeJson(value: unknown): string {
  return write(value, []);
}

function write(value: unknown, at: readonly (string | number)[]): string {
  if (at.length > MAX_DEPTH) throw fieldError('json/too-deep');
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return writeNumber(value, at);
  if (typeof value === 'string') return writeText(value, at);
  if (Array.isArray(value)) return `[${Array.from(value, (item, index) => write(item, [...at, index])).join(',')}]`;
  if (!isPlainObject(value)) throw unsupported(at, 'not a value of JSON');
  if (Object.getOwnPropertySymbols(value).length > 0) throw unsupported(at, 'a symbol as name');
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${writeText(name, at)}:${write(value[name], [...at, name])}`).join(',')}}`;
}

function writeNumber(value: number, at: readonly (string | number)[]): string {
  if (!Number.isFinite(value)) throw unsupported(at, 'NaN or infinite');
  if (Object.is(value, -0)) throw unsupported(at, 'negative zero');
  return JSON.stringify(value);
}

function writeText(value: string, at: readonly (string | number)[]): string {
  if (/\p{Surrogate}/u.test(value)) throw unsupported(at, 'half a surrogate pair');
  return JSON.stringify(value);
}

function unsupported(at: readonly (string | number)[], reason: string): Error {
  return fieldError('json/unsupported-value', { details: { path: toPointer(at), reason } });
}
