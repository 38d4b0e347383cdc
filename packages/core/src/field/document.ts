/**
 * The outer form of a document with encrypted fields: each field is a text `sotto:f1:<set>:<base64url>`, and the member `$sotto` of the
 * root says for whom. All of it may come from anybody. Source: docs/spec/fields.md §2.
 */
import { base64UrlToBytes, bytesToBase64Url } from '../encoding/text.ts';
import { fieldError } from './errors.ts';
import { isPlainObject, MAX_DEPTH, objectOf } from './json.ts';
import type { Location } from './path.ts';
import { toPointer } from './path.ts';

export const HEAD = '$sotto';
const VERSION = 1;
const PREFIX = 'sotto:f1:';
const TEXT = /^sotto:f1:(0|[1-9]\d?):([\w-]+)$/;

export const MAX_FIELDS = 100_000;
export const MAX_SETS = 64;
export const MAX_ENVELOPES = 64;

/** A set of readers: one content key, in one envelope, and one more for each time that readers were added. */
export interface ReaderSet {
  /** Base64url of what the author's statement says of the content key, which names no more than that. */
  readonly id: string;
  readonly envelopes: readonly Uint8Array[];
}

export interface Head {
  readonly revision: number;
  /** As in the statement, for whoever cleans up. */
  readonly expiresAt?: string | undefined;
  readonly sets: readonly ReaderSet[];
}

export interface EncryptedField {
  readonly location: Location;
  readonly pointer: string;
  /** Index of its set of readers. */
  readonly set: number;
  readonly ciphertext: Uint8Array;
  readonly text: string;
}

export function toFieldText(set: number, ciphertext: Uint8Array): string {
  return `${PREFIX}${set}:${bytesToBase64Url(ciphertext)}`;
}

export function writeHead({ revision, expiresAt, sets }: Head): Record<string, unknown> {
  return {
    v: VERSION,
    revision,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    keys: sets.map(({ id, envelopes }) => ({ id, to: envelopes.map(bytesToBase64Url) })),
  };
}

/** @throws `field/malformed`, `field/other-version`, `field/too-many` */
export function readHead(document: Record<string, unknown>): Head {
  const head = Object.hasOwn(document, HEAD) ? document[HEAD] : undefined;
  if (!isPlainObject(head)) throw malformed(`no member ${HEAD}`);
  if (head.v !== VERSION)
    throw typeof head.v === 'number' ? fieldError('field/other-version') : malformed('no version');
  const { revision, expiresAt, keys } = head;
  if (!Number.isSafeInteger(revision)) throw malformed('no revision');
  if (expiresAt !== undefined && typeof expiresAt !== 'string') throw malformed('expiresAt is no text');
  if (!Array.isArray(keys)) throw malformed('no keys');
  if (keys.length > MAX_SETS) throw fieldError('field/too-many');
  return { revision: revision as number, expiresAt, sets: keys.map(readSet) };
}

function readSet(value: unknown): ReaderSet {
  if (!isPlainObject(value) || typeof value.id !== 'string' || !Array.isArray(value.to))
    throw malformed('a set of readers');
  if (value.to.length > MAX_ENVELOPES) throw fieldError('field/too-many');
  return { id: value.id, envelopes: value.to.map(readBase64Url) };
}

/** The encrypted fields in the order of the document. @throws `field/malformed`, `field/too-many`, `json/too-deep` */
export function listFields(document: Record<string, unknown>): EncryptedField[] {
  const fields: EncryptedField[] = [];
  for (const { location, text } of findTexts(document, [])) {
    const [, set, ciphertext] = TEXT.exec(text) ?? [];
    if (set === undefined || ciphertext === undefined) throw malformed('a field');
    if (fields.length === MAX_FIELDS) throw fieldError('field/too-many');
    fields.push({
      location,
      pointer: toPointer(location),
      set: Number(set),
      ciphertext: readBase64Url(ciphertext),
      text,
    });
  }
  return fields;
}

function* findTexts(value: unknown, location: Location): Generator<{ location: Location; text: string }> {
  if (location.length > MAX_DEPTH) throw fieldError('json/too-deep');
  if (typeof value === 'string' && value.startsWith(PREFIX)) yield { location, text: value };
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* findTexts(item, [...location, index]);
  } else if (isPlainObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (location.length > 0 || name !== HEAD) yield* findTexts(member, [...location, name]);
    }
  }
}

/** What becomes of a place: another value, or no member (in an array, whose length stays, null). */
export type Replacement = { readonly value: unknown } | 'left out';

/** The document without its head, its fields replaced as `byPointer` says; what is not named there stays. A copy. */
export function replaceFields(
  document: Record<string, unknown>,
  byPointer: ReadonlyMap<string, Replacement>,
): Record<string, unknown> {
  const copy = (value: unknown, pointer: string): unknown => {
    if (Array.isArray(value)) {
      return value.map((item, index) => {
        const replacement = byPointer.get(`${pointer}/${index}`);
        if (replacement === 'left out') return null;
        return replacement ? replacement.value : copy(item, `${pointer}/${index}`);
      });
    }
    return isPlainObject(value) ? copyObject(value, pointer) : value;
  };
  const copyObject = (object: Record<string, unknown>, pointer: string): Record<string, unknown> => {
    const members: [string, unknown][] = [];
    for (const [name, member] of Object.entries(object)) {
      if (pointer === '' && name === HEAD) continue;
      const at = pointer + toPointer([name]);
      const replacement = byPointer.get(at);
      if (replacement === 'left out') continue;
      members.push([name, replacement ? replacement.value : copy(member, at)]);
    }
    return objectOf(members);
  };
  return copyObject(document, '');
}

function readBase64Url(text: unknown): Uint8Array {
  try {
    return base64UrlToBytes(text as string);
  } catch {
    throw malformed('a text that is not base64url');
  }
}

function malformed(reason: string): Error {
  return fieldError('field/malformed', { details: { reason } });
}
