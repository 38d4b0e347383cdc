/** Encrypted fields as `EThree` offers them: one piece that is loaded with the first call. */
import { mapJsonLines, type TextSource } from '@sotto/core/field';
import { decryptFields, type DecryptFieldsOptions, openDocument } from './field/decrypt-fields.ts';
import { encryptFields, type EncryptFieldsOptions, prepareEncryption } from './field/encrypt-fields.ts';
import type { Session } from './session.ts';

export { addFieldReaders } from './field/decrypt-fields.ts';
export { decryptFields, encryptFields };

/**
 * With an id for each document, from its plain parts. Which revisions were seen is not kept for the documents of a collection, of which
 * there may be millions: `revision` counts for all of them, 1 unless given.
 */
export type EncryptLinesOptions = ForLines<EncryptFieldsOptions>;
/** As for `decryptFields`; any revision is taken. */
export type DecryptLinesOptions = Omit<ForLines<DecryptFieldsOptions>, 'anyRevision'>;

type ForLines<Options> = Omit<Options, 'documentId'> & {
  readonly documentId: (document: Readonly<Record<string, unknown>>) => string;
};

export async function* encryptFieldLines(
  session: Session,
  source: TextSource,
  { documentId, revision = 1, ...options }: EncryptLinesOptions,
): AsyncGenerator<string, void, undefined> {
  const encrypt = await prepareEncryption(session, options);
  yield* mapJsonLines(source, (document) => encrypt({ document, documentId: documentId(document), revision }));
}

export function decryptFieldLines(
  session: Session,
  source: TextSource,
  { documentId, ...options }: DecryptLinesOptions,
): AsyncGenerator<string, void, undefined> {
  return mapJsonLines(source, async (document) => {
    const opened = await openDocument(session, document, { ...options, documentId: documentId(document) });
    return opened.document;
  });
}
