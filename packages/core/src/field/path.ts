/**
 * Paths to fields. Written as `visits[*].note`, or for names with dots and brackets as JSON Pointer (RFC 6901), in which a
 * segment that is `*` alone is a wildcard. A field itself is always named by its JSON Pointer, such as `/visits/0/note`.
 */
import { fieldError } from './errors.ts';
import { isPlainObject } from './json.ts';

/** Any member of an object, any element of an array. */
export const WILDCARD = Symbol('wildcard');

export type Segment = string | typeof WILDCARD;

/** Names and indexes from the root of a document. */
export type Location = readonly (string | number)[];

export interface Match {
  readonly location: Location;
  readonly value: unknown;
}

const INDEX = /^(?:0|[1-9]\d{0,15})$/;
const DOTTED = /^[^.[\]]+|(?<=.)\.[^.[\]]+|\[(?:\*|\d+)\]/y;

/** @throws `field/path` */
export function parsePath(text: unknown): Segment[] {
  if (typeof text !== 'string' || text === '') throw fieldError('field/path', { details: { path: String(text) } });
  const segments = text.startsWith('/') ? parsePointer(text) : parseDotted(text);
  if (!segments) throw fieldError('field/path', { details: { path: text } });
  return segments;
}

/** The JSON Pointer of a place. */
export function toPointer(location: Location): string {
  return location.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The places of the document that a path leads to, in the order of the document. */
export function findMatches(document: unknown, path: readonly Segment[]): Match[] {
  let matches: Match[] = [{ location: [], value: document }];
  for (const segment of path) matches = matches.flatMap((match) => step(match, segment));
  return matches;
}

function step({ location, value }: Match, segment: Segment): Match[] {
  const to = (key: string | number, next: unknown): Match => ({ location: [...location, key], value: next });
  if (Array.isArray(value)) {
    if (segment === WILDCARD) return value.map((item, index) => to(index, item));
    const index = INDEX.test(segment) ? Number(segment) : -1;
    return index >= 0 && index < value.length ? [to(index, value[index])] : [];
  }
  if (!isPlainObject(value)) return [];
  if (segment === WILDCARD) return Object.entries(value).map(([name, member]) => to(name, member));
  return Object.hasOwn(value, segment) ? [to(segment, value[segment])] : [];
}

function parsePointer(text: string): Segment[] | undefined {
  if (/~(?![01])/.test(text)) return undefined;
  const segments = text.slice(1).split('/');
  return segments.map((segment) => (segment === '*' ? WILDCARD : segment.replaceAll('~1', '/').replaceAll('~0', '~')));
}

function parseDotted(text: string): Segment[] | undefined {
  const segments: Segment[] = [];
  DOTTED.lastIndex = 0;
  while (DOTTED.lastIndex < text.length) {
    const found = DOTTED.exec(text)?.[0];
    if (found === undefined) return undefined;
    const name = found.replace(/^\.|^\[|\]$/g, '');
    segments.push(name === '*' ? WILDCARD : name);
  }
  return segments;
}
