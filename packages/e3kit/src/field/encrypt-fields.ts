/** Encrypting fields of a document for their readers, oneself and the standing extra readers among them. */
import type { Card } from '@sotto/core';
import { encryptFields as encrypt, type FieldSelection } from '@sotto/core/field';
import { ArgumentError } from '../errors.ts';
import type { Session } from '../session.ts';
import { type Readers, resolveReaders } from '../use-cases/encrypt.ts';

/** A path, or one with readers of its own. */
export type Field =
  | string
  | {
      readonly path: string;
      /** Instead of those of the document. */
      readonly to?: Readers | undefined;
      /** The document may lack it. Paths with a wildcard never need a match. */
      readonly optional?: boolean | undefined;
    };

export interface EncryptFieldsOptions {
  /** What the app calls the document, 1 to 1,024 characters. Readers have to say it; it is not in the result. */
  readonly documentId: string;
  /** `visits[*].note`; for names with dots as JSON Pointer, in which a segment `*` is a wildcard. */
  readonly fields: Field | readonly Field[];
  /** Oneself is always among them; absent: oneself alone. */
  readonly to?: Readers | undefined;
  /** From 1; one more than the newest that this device has seen unless given. */
  readonly revision?: number | undefined;
  /** Readers refuse the fields from then on, by their clocks. Whoever has read them keeps what they read. */
  readonly expiresAt?: Date | undefined;
  /** Which plain parts the signature covers, so that a change of theirs is refused: all (true, unless given), none, or these paths. */
  readonly coverPlain?: boolean | readonly string[] | undefined;
  readonly alsoFor?: readonly Card[] | undefined;
}

/** @throws MissingPrivateKeyError, ArgumentError, `users/key-not-accepted` (strict), `field/*`, `json/*` */
export async function encryptFields(
  session: Session,
  document: unknown,
  { documentId, revision, ...options }: EncryptFieldsOptions,
): Promise<Record<string, unknown>> {
  const { documentRevisions } = session;
  const encrypt = await prepareEncryption(session, options);
  const known = await documentRevisions.get(documentId);
  const next = revision ?? Math.max(known.read, known.written) + 1;
  const encrypted = await encrypt({ document, documentId, revision: next });
  await documentRevisions.notice(documentId, { written: next });
  return encrypted;
}

/** What encrypts documents for the same readers, who are looked up once. @throws as `encryptFields` */
export async function prepareEncryption(
  session: Session,
  { fields, to, expiresAt, coverPlain = true, alsoFor }: Omit<EncryptFieldsOptions, 'documentId' | 'revision'>,
): Promise<(of: Document) => Promise<Record<string, unknown>>> {
  const { provider, clock, identifiers } = session;
  const { signer, recipients } = await resolveReaders(session, { readers: to, alsoFor });
  const selections: FieldSelection[] = [];
  for (const field of toList(fields)) {
    const { path, to: own, optional } = typeof field === 'string' ? { path: field } : field;
    const readers =
      own === undefined ? recipients : (await resolveReaders(session, { readers: own, alsoFor })).recipients;
    selections.push({ path, readers, isOptional: optional });
  }
  const coverage = typeof coverPlain === 'boolean' ? (coverPlain ? 'all' : 'none') : coverPlain;
  return (of) => encrypt(provider, { ...of, selections, signer, coverage, expiresAt, now: clock(), identifiers });
}

type Document = Pick<Parameters<typeof encrypt>[1], 'document' | 'documentId' | 'revision'>;

function toList(fields: EncryptFieldsOptions['fields']): readonly Field[] {
  const list = (Array.isArray(fields) ? fields : [fields]) as readonly Field[];
  if (!list.every((field) => typeof field === 'string' || (typeof field === 'object' && field !== null)))
    throw new ArgumentError('fields is a path, { path, to, optional }, or a list of these.');
  return list;
}
