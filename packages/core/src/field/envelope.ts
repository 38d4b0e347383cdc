/**
 * What the readers of a set receive, as an unsigned message of docs/spec/envelope.md: the content key, the author's statement and
 * the signature over it. So a reader can pass all three on to another one, and only the author can say what the document is.
 */
import { base64UrlToBytes, bytesToBase64Url, bytesToHex } from '../encoding/text.ts';
import { bytesToUtf8, utf8ToBytes } from '../encoding/bytes.ts';
import { openUnverified } from '../envelope/open.ts';
import { seal } from '../envelope/seal.ts';
import { isSdkError } from '../errors.ts';
import { type IdentifierKind, type PrivateKey, type PublicKey } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';
import type { ReaderSet } from './document.ts';
import { fieldError } from './errors.ts';
import { isPlainObject } from './json.ts';
import { nameContentKey, type Statement } from './statement.ts';

export interface Grant {
  readonly contentKey: Uint8Array;
  /** Hex of the author's key identifier (8 bytes). */
  readonly author: string;
  readonly signature: Uint8Array;
  readonly statement: Statement;
}

export interface GrantReaders {
  readonly readers: readonly PublicKey[];
  readonly identifiers?: IdentifierKind | undefined;
}

/** @throws `envelope/no-recipients`, `key/unsupported` */
export async function sealGrant(
  provider: CryptoProvider,
  { contentKey, author, signature, statement }: Grant,
  { readers, identifiers }: GrantReaders,
): Promise<Uint8Array> {
  const grant = {
    key: bytesToBase64Url(contentKey),
    author,
    signature: bytesToBase64Url(signature),
    statement,
  };
  const plaintext = utf8ToBytes(JSON.stringify(grant));
  return seal(provider, { mode: 'encrypt', plaintext, recipients: readers, identifiers, padding: true });
}

/** The grant of a set, if one of its envelopes is for one of these keys. @throws `field/malformed` */
export async function openGrant(
  provider: CryptoProvider,
  { id, envelopes }: ReaderSet,
  keys: readonly PrivateKey[],
): Promise<Grant | undefined> {
  for (const message of envelopes) {
    const grant = await tryOpen(provider, message, keys);
    // An envelope that anybody may have added opens nothing unless it has the key that the set is named by.
    if (grant && (await nameContentKey(provider, grant.contentKey)) === id) return grant;
  }
  return undefined;
}

export function authorOf(key: PublicKey): string {
  return bytesToHex(key.identifier);
}

async function tryOpen(
  provider: CryptoProvider,
  message: Uint8Array,
  keys: readonly PrivateKey[],
): Promise<Grant | undefined> {
  try {
    const { plaintext } = await openUnverified(provider, { message, keys });
    return readGrant(plaintext);
  } catch (error) {
    if (isSdkError(error)) return undefined;
    throw error;
  }
}

function readGrant(plaintext: Uint8Array): Grant {
  let grant: unknown;
  try {
    grant = JSON.parse(bytesToUtf8(plaintext));
  } catch {
    throw malformed(); // without the cause, which quotes a key
  }
  if (!isPlainObject(grant) || !isStatement(grant.statement)) throw malformed();
  const { key, author, signature, statement } = grant;
  if (typeof key !== 'string' || typeof author !== 'string' || typeof signature !== 'string') throw malformed();
  return { contentKey: base64UrlToBytes(key), author, signature: base64UrlToBytes(signature), statement };
}

function isStatement(value: unknown): value is Statement {
  if (!isPlainObject(value)) return false;
  const { documentId, revision, expiresAt, keys, fields, coverage, plain } = value;
  const isText = (item: unknown): boolean => typeof item === 'string';
  return (
    isText(documentId) &&
    Number.isSafeInteger(revision) &&
    (expiresAt === undefined || isText(expiresAt)) &&
    Array.isArray(keys) &&
    keys.every(isText) &&
    isText(fields) &&
    (coverage === 'all' || coverage === 'none' || (Array.isArray(coverage) && coverage.every(isText))) &&
    (coverage === 'none' ? plain === undefined : isText(plain))
  );
}

function malformed(): Error {
  return fieldError('field/malformed', { details: { reason: 'a grant that is not of this format' } });
}
