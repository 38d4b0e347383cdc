/** Encrypted fields as `EThree` offers them: one piece that is loaded with the first call. */
import { mapJsonLines, type TextSource } from '@sotto/core/field';
import { decryptFields, type DecryptFieldsOptions } from './field/decrypt-fields.ts';
import { encryptFields, type EncryptFieldsOptions } from './field/encrypt-fields.ts';
import type { Session } from './session.ts';

export { addFieldReaders } from './field/decrypt-fields.ts';
export { decryptFields, encryptFields };

/** With an id for each document, from its plain parts. */
export type ForLines<Options> = Omit<Options, 'documentId' | 'revision'> & {
  readonly documentId: (document: Readonly<Record<string, unknown>>) => string;
};

export function encryptFieldLines(
  session: Session,
  source: TextSource,
  { documentId, ...options }: ForLines<EncryptFieldsOptions>,
): AsyncGenerator<string, void, undefined> {
  return mapJsonLines(source, (document) =>
    encryptFields(session, document, { ...options, documentId: documentId(document) }),
  );
}

export function decryptFieldLines(
  session: Session,
  source: TextSource,
  { documentId, ...options }: ForLines<DecryptFieldsOptions>,
): AsyncGenerator<string, void, undefined> {
  return mapJsonLines(source, (document) =>
    decryptFields(session, document, { ...options, documentId: documentId(document) }),
  );
}
