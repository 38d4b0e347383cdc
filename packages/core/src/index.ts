/** Formats and primitives of Sotto: bytes in, bytes out. Runs anywhere; a `CryptoProvider` comes from `@sotto/core/node` or `@sotto/core/noble`. */
export * from './card/card.ts';
export * from './card/issue.ts';
export * from './card/service-keys.ts';
export * from './card/verify.ts';
export { bytesToUtf8, compareBytes, concatBytes, equalBytes, utf8ToBytes } from './encoding/bytes.ts';
export * from './encoding/text.ts';
export { type FooterInfo, type MessageInfo, parseMessageInfo, type RecipientEntry } from './envelope/header.ts';
export type { EnvelopeMode } from './envelope/mode.ts';
export * from './envelope/open.ts';
export {
  type DetachedMessage,
  type SealOptions,
  seal,
  sealDetached,
} from './envelope/seal.ts';
export * from './errors.ts';
export * from './keys/generate.ts';
export { importPrivateKey } from './keys/import-private.ts';
export { importPublicKey } from './keys/import-public.ts';
export {
  type IdentifierKind,
  identifierOf,
  type KeyPair,
  type KeyType,
  type MetKeyType,
  PrivateKey,
  PublicKey,
} from './keys/key.ts';
export type * from './provider/port.ts';
export { type FingerprintPair, fingerprintOf } from './safety/fingerprint.ts';
export * from './safety/safety-qr.ts';
export * from './safety/safety-number.ts';
export { sign, verify, verifyEd25519Half } from './signature/signature.ts';
export * from './token/token.ts';
