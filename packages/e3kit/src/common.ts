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
export { GroupError, GroupErrorCode, GroupTicketAlreadyExistsError } from '@sotto/core/group';
export { type FieldsInspection, inspectFields, type TextSource } from '@sotto/core/field';
export type { SeriesEvent, SeriesPosition, SeriesReader } from '@sotto/core/series';
export type { AddFieldReadersOptions, DecryptFieldsOptions } from './field/decrypt-fields.ts';
export type { EncryptFieldsOptions, Field } from './field/encrypt-fields.ts';
export type { DecryptLinesOptions, EncryptLinesOptions } from './fields.ts';
export type { Sealer, SealerOptions } from './series/create-sealer.ts';
export type { SeriesReaderOptions } from './series/create-series-reader.ts';
export type { Group } from './group/group.ts';
export type { GroupMembers } from './group/participants.ts';
export type { DecryptFileOptions } from './file/decrypt-file.ts';
export type { EncryptFileOptions, SharedFile } from './file/encrypt-file.ts';
export { AbortError, IntegrityCheckFailedError } from './file/file-errors.ts';
export type { FileOptions, FileProgress, FileSource, NamedFile } from './file/source.ts';
export type { DecryptStreamOptions, EncryptStreamOptions, StreamOptions } from './file/streams.ts';
export type { StreamSource } from './file/web-stream.ts';
export type { FileWorker } from './file/worker-bulk.ts';
export type { EThreeOptions } from './open-session.ts';
export type { KeyEntryStorage, StoredKeyEntry } from './key-entry-storage.ts';
export type { PassphraseCost } from './passphrase-key.ts';
export { createMemoryGroupStore } from './platform/memory-group-store.ts';
export { createMemoryCardCache, createMemoryKeyStore } from './platform/memory.ts';
export type {
  CardCache,
  Clock,
  GroupStore,
  GroupStoreUser,
  Http,
  HttpRequest,
  HttpResponse,
  KeyEntry,
  KeyStore,
} from './ports.ts';
export type { Reader, Readers } from './use-cases/encrypt.ts';
export {
  LookupError,
  LookupNotFoundError,
  type LookupResult,
  type LookupResultWithErrors,
} from './use-cases/lookup-public-keys.ts';
export type { SafetyNumber } from './use-cases/verify-peer.ts';
