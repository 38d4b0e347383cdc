/** Reading a document with encrypted fields, if its author is who the caller says and it is not older than what was read before. */
import { addReaders, decryptFields as decrypt } from '@sotto/core/field';
import type { Session } from '../session.ts';
import { listSigners, withKeyRing } from '../use-cases/decrypt.ts';
import { type Reader, type Readers, resolveReaders } from '../use-cases/encrypt.ts';

export interface DecryptFieldsOptions {
  /** The document that was asked for: fields of another one are refused. */
  readonly documentId: string;
  /** Who must have signed; absent: oneself. */
  readonly from?: Reader | undefined;
  /** When the document was written: picks the author's card of that time. */
  readonly date?: Date | undefined;
  /** Also take a revision older than one that this device has read, as from a history. */
  readonly anyRevision?: boolean | undefined;
}

/** @throws MissingPrivateKeyError, ArgumentError, `field/*`, `json/*` */
export async function decryptFields(
  session: Session,
  document: unknown,
  options: DecryptFieldsOptions,
): Promise<Record<string, unknown>> {
  const { documentId, anyRevision = false } = options;
  const { documentRevisions } = session;
  const { read } = anyRevision ? { read: 0 } : await documentRevisions.get(documentId);
  const { document: plain, revision } = await withKeyRing(session, 'field/not-a-reader', (keys) =>
    decrypt(session.provider, {
      document,
      documentId,
      keys,
      signers: listSigners(keys, { sender: options.from, encryptedAt: options.date }),
      now: session.clock(),
      minRevision: read,
    }),
  );
  if (revision > read) await documentRevisions.notice(documentId, { read: revision });
  return plain;
}

export interface AddFieldReadersOptions extends DecryptFieldsOptions {
  readonly to: Readers;
  /** Paths of the fields that they are to read, and with them all that have the same readers; all that this user reads unless given. */
  readonly fields?: readonly string[] | undefined;
}

/** @throws as `decryptFields`, `users/key-not-accepted` (strict) */
export async function addFieldReaders(
  session: Session,
  document: unknown,
  { to, fields, documentId, from, date }: AddFieldReadersOptions,
): Promise<Record<string, unknown>> {
  const { provider, clock, identifiers } = session;
  const { recipients } = await resolveReaders(session, { readers: to });
  return withKeyRing(session, 'field/not-a-reader', (keys) =>
    addReaders(provider, {
      document,
      documentId,
      keys,
      signers: listSigners(keys, { sender: from, encryptedAt: date }),
      now: clock(),
      readers: recipients,
      identifiers,
      paths: fields,
    }),
  );
}
