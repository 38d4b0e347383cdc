/** Encrypted fields of a document: `@sotto/core/field`, apart from the rest so that an app without them loads nothing of it. */
export { type AddReadersOptions, addReaders } from './add-readers.ts';
export { canonicalizeJson } from './canonical-json.ts';
export { type DecryptedFields, decryptFields, type OpenFieldsOptions } from './decrypt-fields.ts';
export { type EncryptFieldsOptions, encryptFields, type FieldSelection } from './encrypt-fields.ts';
export { FIELD_ERRORS } from './errors.ts';
export { type FieldsInspection, inspectFields } from './inspect-fields.ts';
export { mapJsonLines, type TextSource } from './json-lines.ts';
export type { PlainCoverage } from './statement.ts';
export { parseStrictJson } from './strict-json.ts';
