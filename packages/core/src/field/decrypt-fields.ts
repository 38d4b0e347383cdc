/** Checking a document against its author's statement, and decrypting the fields that one may read. Source: docs/spec/fields.md §5. */
import { isSdkError } from '../errors.ts';
import type { PrivateKey, PublicKey } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { verify } from '../signature/signature.ts';
import { type EncryptedField, type Head, listFields, readHead, type Replacement, replaceFields } from './document.ts';
import { requireDocumentId } from './encrypt-fields.ts';
import { authorOf, type Grant, openGrant } from './envelope.ts';
import { fieldError } from './errors.ts';
import { createFieldCipher, type FieldCipher } from './field-key.ts';
import { isPlainObject } from './json.ts';
import { digestFields, digestPlain, encodeStatement, type Statement } from './statement.ts';
import { decodeValue } from './value.ts';

export interface OpenFieldsOptions {
  readonly document: unknown;
  readonly documentId: string;
  /** The key ring. */
  readonly keys: readonly PrivateKey[];
  /** Keys of the authors that are accepted. */
  readonly signers: readonly PublicKey[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Older revisions are refused. */
  readonly minRevision?: number | undefined;
}

export interface DecryptedFields {
  /** The document with the fields that could be read; the others are left out, in arrays null. */
  readonly document: Record<string, unknown>;
  readonly revision: number;
  readonly expiresAt?: Date | undefined;
  /** JSON Pointers of the fields that are for other readers. */
  readonly hidden: readonly string[];
  readonly signer: PublicKey;
}

/** A document that is what its author signed, with the grants of the sets that one may read, by index. */
export interface VerifiedDocument {
  readonly document: Record<string, unknown>;
  readonly head: Head;
  readonly fields: readonly EncryptedField[];
  readonly statement: Statement;
  readonly grants: ReadonlyMap<number, Grant>;
  readonly signer: PublicKey;
}

/** @throws `field/*`, `json/*` */
export async function decryptFields(provider: CryptoProvider, options: OpenFieldsOptions): Promise<DecryptedFields> {
  const { document, fields, statement, grants, signer } = await verifyDocument(provider, options);
  const { revision, expiresAt } = statement;
  const cipher = createFieldCipher(provider, statement);
  const replaced = await Promise.all(
    fields.map(async ({ pointer, set, ciphertext }): Promise<[string, Replacement]> => {
      const contentKey = grants.get(set)?.contentKey;
      if (!contentKey) return [pointer, 'left out'];
      const plaintext = await openField(cipher, contentKey, pointer, ciphertext);
      return [pointer, { value: decodeValue(plaintext) }];
    }),
  );
  return {
    document: replaceFields(document, new Map(replaced)),
    revision,
    expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
    hidden: fields.filter(({ set }) => !grants.has(set)).map(({ pointer }) => pointer),
    signer,
  };
}

/** Everything but the values. @throws as `decryptFields` */
export async function verifyDocument(provider: CryptoProvider, options: OpenFieldsOptions): Promise<VerifiedDocument> {
  const { document, documentId, keys, signers, now, minRevision = 0 } = options;
  if (!isPlainObject(document)) throw fieldError('field/not-an-object');
  requireDocumentId(documentId);
  const head = readHead(document);
  const fields = listFields(document);
  const grants = new Map<number, Grant>();
  for (const [index, set] of head.sets.entries()) {
    const grant = await openGrant(provider, set, keys);
    if (grant) grants.set(index, grant);
  }
  const [first] = grants.values();
  if (!first) throw fieldError('field/not-a-reader');
  const { statement } = first;
  const signer = await verifyAuthor(provider, first, signers);
  if (statement.documentId !== documentId) throw fieldError('field/other-document');
  await compareWithStatement(provider, { document, head, fields, statement });
  if (statement.revision < minRevision) throw fieldError('field/rolled-back');
  if (statement.expiresAt !== undefined && !(Date.parse(statement.expiresAt) > now)) throw fieldError('field/expired');
  return { document, head, fields, statement, grants, signer };
}

async function verifyAuthor(
  provider: CryptoProvider,
  { author, signature, statement }: Grant,
  signers: readonly PublicKey[],
): Promise<PublicKey> {
  const signer = signers.find((key) => authorOf(key) === author);
  if (!signer) throw fieldError('field/other-author');
  try {
    if (await verify(provider, signer, encodeStatement(statement), signature)) return signer;
  } catch (cause) {
    if (!isSdkError(cause)) throw cause;
  }
  throw fieldError('field/bad-signature');
}

async function compareWithStatement(
  provider: CryptoProvider,
  { document, head, fields, statement }: Pick<VerifiedDocument, 'document' | 'head' | 'fields' | 'statement'>,
): Promise<void> {
  const isSame =
    head.revision === statement.revision &&
    head.expiresAt === statement.expiresAt &&
    head.sets.length === statement.keys.length &&
    head.sets.every(({ id }, index) => id === statement.keys[index]) &&
    (await digestFields(provider, fields)) === statement.fields;
  if (!isSame) throw fieldError('field/altered');
  const { coverage } = statement;
  const plain = await digestPlain(provider, { document, fields, coverage });
  if (plain !== statement.plain) throw fieldError('field/plain-altered');
}

async function openField(cipher: FieldCipher, ...field: Parameters<FieldCipher['decrypt']>): Promise<Uint8Array> {
  try {
    return await cipher.decrypt(...field);
  } catch (error) {
    throw isSdkError(error, 'envelope/undecryptable') ? fieldError('field/altered') : error;
  }
}
