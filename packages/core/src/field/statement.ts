/**
 * What the author signs of a document: its id and revision, when it ends, which content keys its fields have, and digests of the encrypted
 * fields, each in its place, and of the plain parts that the signature covers. Source: docs/spec/fields.md §3.
 */
import { utf8ToBytes } from '../encoding/bytes.ts';
import { bytesToBase64Url } from '../encoding/text.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { canonicalizeJson } from './canonical-json.ts';
import { type EncryptedField, replaceFields } from './document.ts';
import { objectOf } from './json.ts';
import { findMatches, parsePath, toPointer } from './path.ts';

/** Which plain parts the signature covers: all, none, or those to which paths lead. */
export type PlainCoverage = 'all' | 'none' | readonly string[];

export interface Statement {
  readonly documentId: string;
  readonly revision: number;
  /** ISO 8601. */
  readonly expiresAt?: string | undefined;
  /** What names each content key, in the order of the sets. */
  readonly keys: readonly string[];
  /** Base64url of SHA-512. */
  readonly fields: string;
  readonly coverage: PlainCoverage;
  /** Base64url of SHA-512; absent where nothing is covered. */
  readonly plain?: string | undefined;
}

const CONTEXT = 'SOTTO-FIELDS-1';

/** The bytes under the signature. */
export function encodeStatement(statement: Statement): Uint8Array {
  const { expiresAt, plain, ...rest } = statement;
  const optional = { ...(expiresAt === undefined ? {} : { expiresAt }), ...(plain === undefined ? {} : { plain }) };
  return utf8ToBytes(`${CONTEXT}${canonicalizeJson({ ...rest, ...optional })}`);
}

/** What a statement says of a content key, from which the key cannot be found: base64url of the first 16 bytes of SHA-512. */
export async function nameContentKey(provider: CryptoProvider, contentKey: Uint8Array): Promise<string> {
  const named = new Uint8Array([...utf8ToBytes(`${CONTEXT}-KEY`), ...contentKey]);
  return bytesToBase64Url((await provider.hash('SHA-512', named)).subarray(0, 16));
}

export async function digestFields(
  provider: CryptoProvider,
  fields: readonly Pick<EncryptedField, 'pointer' | 'text'>[],
): Promise<string> {
  return digest(provider, objectOf(fields.map(({ pointer, text }) => [pointer, text])));
}

/** @throws `json/*`, `field/path` */
export async function digestPlain(
  provider: CryptoProvider,
  {
    document,
    fields,
    coverage,
  }: {
    readonly document: Record<string, unknown>;
    readonly fields: readonly Pick<EncryptedField, 'pointer'>[];
    readonly coverage: PlainCoverage;
  },
): Promise<string | undefined> {
  if (coverage === 'none') return undefined;
  const plain = replaceFields(document, new Map(fields.map(({ pointer }) => [pointer, { value: null }])));
  if (coverage === 'all') return digest(provider, plain);
  const matches = coverage.flatMap((path) => findMatches(plain, parsePath(path)));
  return digest(provider, objectOf(matches.map(({ location, value }) => [toPointer(location), value])));
}

async function digest(provider: CryptoProvider, value: unknown): Promise<string> {
  return bytesToBase64Url(await provider.hash('SHA-512', utf8ToBytes(canonicalizeJson(value))));
}
