/** Encrypting fields of a document, and signing the whole. Source: docs/spec/fields.md. */
import { bytesToHex } from '../encoding/text.ts';
import type { IdentifierKind, PrivateKey, PublicKey } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { sign } from '../signature/signature.ts';
import { HEAD, listFields, MAX_FIELDS, MAX_SETS, replaceFields, toFieldText, writeHead } from './document.ts';
import { authorOf, sealGrant } from './envelope.ts';
import { fieldError } from './errors.ts';
import { createFieldCipher } from './field-key.ts';
import { isPlainObject } from './json.ts';
import { findMatches, parsePath, toPointer } from './path.ts';
import {
  digestFields,
  digestPlain,
  encodeStatement,
  nameContentKey,
  type PlainCoverage,
  type Statement,
} from './statement.ts';
import { encodeValue } from './value.ts';

/** Fields by path, and who reads them. */
export interface FieldSelection {
  readonly path: string;
  /** Oneself is not added: the caller decides who reads. */
  readonly readers: readonly PublicKey[];
  /** The document may lack what the path names. Paths with a wildcard are never asked for a match. */
  readonly isOptional?: boolean | undefined;
}

export interface EncryptFieldsOptions {
  readonly document: unknown;
  /** What the app calls the document, 1 to 1,024 characters. It is not in the result; readers have to say it. */
  readonly documentId: string;
  /** From 1, higher with each change of the document. */
  readonly revision: number;
  readonly selections: readonly FieldSelection[];
  readonly signer: PrivateKey;
  readonly coverage: PlainCoverage;
  readonly expiresAt?: Date | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly identifiers?: IdentifierKind | undefined;
}

interface PlainField {
  readonly pointer: string;
  readonly set: number;
  readonly value: unknown;
}

interface NewSet {
  readonly contentKey: Uint8Array;
  readonly readers: readonly PublicKey[];
}

/** @throws `field/*`, `json/*`, `envelope/no-recipients`, `key/unsupported`, `key/cannot-sign` */
export async function encryptFields(
  provider: CryptoProvider,
  options: EncryptFieldsOptions,
): Promise<Record<string, unknown>> {
  const { document, documentId, revision, signer, coverage, identifiers } = options;
  requireDocument(document);
  requireDocumentId(documentId);
  if (!Number.isSafeInteger(revision) || revision < 1) throw fieldError('field/revision');
  const expiresAt = readExpiry(options);
  const { sets, fields } = select(provider, document, options.selections);

  const cipher = createFieldCipher(provider, { documentId, revision });
  const encrypted = await Promise.all(
    fields.map(async ({ pointer, set, value }) => {
      const ciphertext = await cipher.encrypt(sets[set]!.contentKey, pointer, encodeValue(value));
      return { pointer, text: toFieldText(set, ciphertext) };
    }),
  );
  const statement: Statement = {
    documentId,
    revision,
    expiresAt,
    keys: await Promise.all(sets.map(({ contentKey }) => nameContentKey(provider, contentKey))),
    fields: await digestFields(provider, encrypted),
    coverage,
    plain: await digestPlain(provider, { document, fields: encrypted, coverage }),
  };
  const signature = await sign(provider, signer, encodeStatement(statement));
  const author = authorOf(signer.publicKey);
  const head = writeHead({
    revision,
    expiresAt,
    sets: await Promise.all(
      sets.map(async ({ contentKey, readers }, index) => {
        const envelope = await sealGrant(
          provider,
          { contentKey, author, signature, statement },
          { readers, identifiers },
        );
        contentKey.fill(0);
        return { id: statement.keys[index]!, envelopes: [envelope] };
      }),
    ),
  });
  const result = replaceFields(document, new Map(encrypted.map(({ pointer, text }) => [pointer, { value: text }])));
  result[HEAD] = head;
  return result;
}

/** @throws `field/not-an-object`, `field/already-encrypted`, `json/too-deep` */
function requireDocument(document: unknown): asserts document is Record<string, unknown> {
  if (!isPlainObject(document)) throw fieldError('field/not-an-object');
  const found = Object.hasOwn(document, HEAD) ? HEAD : listFields(document)[0]?.pointer;
  if (found !== undefined) throw fieldError('field/already-encrypted', { details: { path: found } });
}

/** @throws `field/document-id` */
export function requireDocumentId(documentId: unknown): void {
  const isGood = typeof documentId === 'string' && documentId.length >= 1 && documentId.length <= 1024;
  if (!isGood || /\p{Surrogate}/u.test(documentId)) throw fieldError('field/document-id');
}

function readExpiry({ expiresAt, now }: EncryptFieldsOptions): string | undefined {
  if (expiresAt === undefined) return undefined;
  if (!(expiresAt instanceof Date) || !(expiresAt.getTime() > now)) throw fieldError('field/expiry');
  return expiresAt.toISOString();
}

/** The fields that the selections name, and one content key for each set of readers. */
function select(
  provider: CryptoProvider,
  document: Record<string, unknown>,
  selections: readonly FieldSelection[],
): { readonly sets: readonly NewSet[]; readonly fields: readonly PlainField[] } {
  if (selections.length === 0) throw fieldError('field/path');
  const setsByReaders = new Map<string, NewSet & { readonly index: number }>();
  const fields = new Map<string, PlainField>();
  for (const { path, readers, isOptional = false } of selections) {
    const segments = parsePath(path);
    const matches = findMatches(document, segments);
    const mustMatch = !isOptional && segments.every((segment) => typeof segment === 'string');
    if (mustMatch && matches.length === 0) throw fieldError('field/not-found', { details: { path } });
    const name = [...new Set(readers.map((key) => bytesToHex(key.identifierSha256)))].sort().join();
    const set = setsByReaders.get(name) ?? { contentKey: provider.randomBytes(32), readers, index: setsByReaders.size };
    setsByReaders.set(name, set);
    for (const { location, value } of matches) {
      const pointer = toPointer(location);
      if (fields.has(pointer)) throw fieldError('field/overlap', { details: { path } });
      fields.set(pointer, { pointer, set: set.index, value });
    }
  }
  for (const { pointer } of fields.values()) {
    const outer = outerPointers(pointer).find((candidate) => fields.has(candidate));
    if (outer !== undefined) throw fieldError('field/overlap', { details: { path: outer } });
  }
  if (setsByReaders.size > MAX_SETS || fields.size > MAX_FIELDS) throw fieldError('field/too-many');
  return { sets: [...setsByReaders.values()], fields: [...fields.values()] };
}

/** The pointers of all that a place lies in, from the outside. */
function outerPointers(pointer: string): string[] {
  const segments = pointer.split('/').slice(1, -1);
  return segments.map((_, index) => `/${segments.slice(0, index + 1).join('/')}`);
}
