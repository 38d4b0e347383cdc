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
export type { CallOptions, EncryptCallOptions, FindUsersResult, ReplaceKeyOptions } from './e3kit.ts';
export {
  ArgumentError,
  IdentityAlreadyExistsError,
  MissingPrivateKeyError,
  MultipleCardsError,
  UsersFoundWithMultipleCardsError,
  UsersNotFoundError,
} from './errors.ts';
export {
  CloudEntryExistsError,
  PrivateKeyAlreadyExistsError,
  PrivateKeyNoBackupError,
  RegisterRequiredError,
  WrongKeyknoxPasswordError,
} from './key-errors.ts';
export type { KeyChange } from './key-change.ts';
export type { Outcome, ProgressStep, TaskOptions } from './task.ts';
export type { EThreeOptions } from './open-session.ts';
export type { KeyEntryStorage, StoredKeyEntry } from './key-entry-storage.ts';
export type { PassphraseCost } from './passphrase-key.ts';
export { createMemoryCardCache, createMemoryKeyStore } from './platform/memory.ts';
export type { CardCache, Clock, Http, HttpRequest, HttpResponse, KeyEntry, KeyStore } from './ports.ts';
export type { Reader, Readers } from './use-cases/encrypt.ts';
export {
  LookupError,
  LookupNotFoundError,
  type LookupResult,
  type LookupResultWithErrors,
} from './use-cases/lookup-public-keys.ts';
export type { SafetyNumber } from './use-cases/verify-peer.ts';
