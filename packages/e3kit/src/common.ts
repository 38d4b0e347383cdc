/** What the client exports on every platform, but for `EThree` itself. */
export {
  type Card,
  type CryptoProvider,
  isSdkError,
  type KeyPair,
  type KeyType,
  PrivateKey,
  PublicKey,
  type RawCard,
  SdkError,
} from '@sotto/core';
export type { AccessTokenProvider } from './access-tokens.ts';
export type { CardManager, NewCard } from './card-manager.ts';
export type { VirgilCrypto } from './crypto-facade.ts';
export type { Bytes, Data, EncodedData } from './data.ts';
export type { CallOptions, EncryptCallOptions, FindUsersResult } from './e3kit.ts';
export {
  ArgumentError,
  IdentityAlreadyExistsError,
  LookupError,
  LookupNotFoundError,
  type LookupResult,
  type LookupResultWithErrors,
  MissingPrivateKeyError,
  MultipleCardsError,
  UsersFoundWithMultipleCardsError,
  UsersNotFoundError,
} from './errors.ts';
export type { KeyChange } from './known-users.ts';
export type { EThreeOptions } from './open-session.ts';
export type { KeyEntryStorage, StoredKeyEntry } from './key-entry-storage.ts';
export { createMemoryCardCache, createMemoryKeyStore } from './platform/memory.ts';
export type { CardCache, Clock, Http, HttpRequest, HttpResponse, KeyEntry, KeyStore } from './ports.ts';
export type { Reader, Readers } from './use-cases/encrypt.ts';
