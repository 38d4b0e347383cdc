/** Reading a document with encrypted fields, if its author is who the caller says and it is not older than what was read before. */
import { addReaders, type DecryptedFields, decryptFields as decrypt } from '@sotto/core/field';
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
  { anyRevision = false, ...options }: DecryptFieldsOptions,
): Promise<Record<string, unknown>> {
  const { documentId } = options;
  const { documentRevisions } = session;
  const { read } = anyRevision ? { read: 0 } : await documentRevisions.get(documentId);
  const opened = await openDocument(session, document, { ...options, minRevision: read });
  if (opened.revision > read) await documentRevisions.notice(documentId, { read: opened.revision });
  return opened.document;
}

/** Without asking or noting which revisions this device has seen. @throws as `decryptFields` */
export async function openDocument(
  session: Session,
  document: unknown,
  {
    documentId,
    from,
    date,
    minRevision,
  }: Omit<DecryptFieldsOptions, 'anyRevision'> & { readonly minRevision?: number },
): Promise<DecryptedFields> {
  const { provider, clock } = session;
  return withKeyRing(session, 'field/not-a-reader', (keys) => {
    const signers = listSigners(keys, { sender: from, encryptedAt: date });
    return decrypt(provider, { document, documentId, keys, signers, now: clock(), minRevision });
  });
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
