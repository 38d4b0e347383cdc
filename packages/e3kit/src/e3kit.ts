/**
 * The handle that an app holds: one user, on one device. Names and behaviour are those of the official client; overloads and
 * argument checks live here, and each method then makes one call into `use-cases/`.
 */
import { bytesToBase64, bytesToUtf8, type Card, type KeyPair, type KeyType, type PublicKey } from '@sotto/core';
import { type DerivedPasswords, derivePasswords } from '@sotto/core/backup';
import type { TextSource } from '@sotto/core/field';
import type { SeriesReader } from '@sotto/core/series';
import type { AccessTokenProvider } from './access-tokens.ts';
import type { CardManager } from './card-manager.ts';
import type { ChatSession } from './chat.ts';
import { VirgilCrypto } from './crypto-facade.ts';
import { type Bytes, type Data, dataToBytes, type EncodedData } from './data.ts';
import { ArgumentError, clientError } from './errors.ts';
import type { AddFieldReadersOptions, DecryptFieldsOptions } from './field/decrypt-fields.ts';
import type { EncryptFieldsOptions } from './field/encrypt-fields.ts';
import type { DecryptLinesOptions, EncryptLinesOptions } from './fields.ts';
import type { DecryptFileOptions } from './file/decrypt-file.ts';
import type { EncryptFileOptions, SharedFile } from './file/encrypt-file.ts';
import type { FileOptions, FileSource, NamedFile } from './file/source.ts';
import type { DecryptStreamOptions, EncryptStreamOptions } from './file/streams.ts';
import type { StreamSource } from './file/web-stream.ts';
import type { Group } from './group/group.ts';
import type { GroupMembers } from './group/participants.ts';
import type { Groups } from './groups.ts';
import type { OpenedSession } from './open-session.ts';
import type { KeyEntryStorage } from './key-entry-storage.ts';
import type { PassphraseCost } from './passphrase-key.ts';
import type { KeyStore } from './ports.ts';
import { setOwn } from './records.ts';
import type { Sealer, SealerOptions } from './series/create-sealer.ts';
import type { SeriesReaderOptions } from './series/create-series-reader.ts';
import type { Session } from './session.ts';
import type { Outcome, TaskOptions } from './task.ts';
import { cleanup } from './use-cases/cleanup.ts';
import { decrypt } from './use-cases/decrypt.ts';
import { encrypt, type Reader, type Readers } from './use-cases/encrypt.ts';
import { findCachedUsers, findUsers } from './use-cases/find-users.ts';
import type { LookupResult } from './use-cases/lookup-public-keys.ts';
import { register } from './use-cases/register.ts';
import type { SafetyNumber } from './use-cases/verify-peer.ts';

export type FindUsersResult = Record<string, Card>;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface ReplaceKeyOptions extends TaskOptions {
  /** Of the backup that is to have the new key. */
  readonly password?: Data | undefined;
  /** Name of that backup, if it has one. */
  readonly keyName?: string | undefined;
  /** Go on without a password though there is a backup; it then opens former messages only. */
  readonly ignoreBackup?: boolean | undefined;
}

export interface EncryptCallOptions {
  /** Cards of further readers of this one message. */
  readonly alsoFor?: readonly Card[] | undefined;
}

type Mode = 'signThenEncrypt' | 'signAndEncrypt';

export class EThreeBase {
  readonly identity: string;
  readonly keyPairType: KeyType;
  readonly virgilCrypto: VirgilCrypto;
  readonly cardManager: CardManager;
  readonly accessTokenProvider: AccessTokenProvider;
  /** The store of private keys in use. */
  readonly keyStore: KeyStore;
  /** The storage that the app brought along, else `keyStore`. */
  readonly keyEntryStorage: KeyStore | KeyEntryStorage;
  readonly #session: Session;
  readonly #toBytes: (bytes: Uint8Array) => Uint8Array;
  #isChangingCards = false;

  protected constructor({
    session,
    keyStore,
    keyEntryStorage,
    cardManager,
    accessTokenProvider,
    toBytes,
  }: OpenedSession) {
    this.identity = session.identity;
    this.keyPairType = session.keyPairType;
    this.virgilCrypto = new VirgilCrypto(session.provider, session.identifiers, toBytes);
    this.cardManager = cardManager;
    this.accessTokenProvider = accessTokenProvider;
    this.keyStore = keyStore;
    this.keyEntryStorage = keyEntryStorage;
    this.#session = session;
    this.#toBytes = toBytes;
  }

  /**
   * Two passwords from one, so that the backend that checks the one for sign-in does not learn the one that opens backups.
   * Bytes: pass `backupPassword` on as it is, since its base64 would be another password.
   */
  static derivePasswords(password: Data): DerivedPasswords {
    return derivePasswords(passwordToBytes(password));
  }

  /**
   * Makes a key pair, keeps it on this device and publishes its card.
   * @throws IdentityAlreadyExistsError, MultipleCardsError, `register/in-progress`, and what service and key store throw
   */
  async register(keyPair?: Pick<KeyPair, 'privateKey'>, { signal }: CallOptions = {}): Promise<void> {
    await this.#changeCards(() => register(this.#session, { privateKey: keyPair?.privateKey, signal }));
  }

  /**
   * For a user whose key is lost: makes a new one and publishes its card in place of the current one. What was encrypted for the
   * former key stays closed on this device, unless a backup brings that key back.
   * @throws RegisterRequiredError, PrivateKeyAlreadyExistsError, MultipleCardsError, `register/in-progress`
   */
  async rotatePrivateKey(options: TaskOptions = {}): Promise<void> {
    await this.#changeCards(async () => (await import('./later.ts')).rotatePrivateKey(this.#session, options));
  }

  /**
   * Replaces the key of this device by a new one, which the former one endorses, and keeps the former one to read with. With the
   * password of the backup the backup is brought up to date. A call that was cut off is finished by the next one.
   * @throws MissingPrivateKeyError, RegisterRequiredError, MultipleCardsError, WrongKeyknoxPasswordError,
   *   `backup/password-needed`, `backup/due`, `key/not-current`, `register/in-progress`
   */
  async replacePrivateKey({ password, keyName, ignoreBackup = false, ...task }: ReplaceKeyOptions = {}): Promise<void> {
    const bytes = password === undefined ? undefined : passwordToBytes(password);
    await this.#changeCards(async () => {
      const { planReplacement, replacePrivateKey } = await import('./later.ts');
      const backup = await planReplacement(this.#session, { ...task, password: bytes, keyName, ignoreBackup });
      await replacePrivateKey(this.#session, { ...task, backup });
    });
  }

  /**
   * Revokes the user's cards and removes keys and groups from this device. Backups stay until `resetPrivateKeyBackup()`.
   * @throws RegisterRequiredError, `register/in-progress`
   */
  async unregister(options: TaskOptions = {}): Promise<void> {
    await this.#changeCards(async () => (await import('./later.ts')).unregister(this.#session, options));
  }

  /**
   * Stores the private keys at the service, encrypted under a key that needs both the password and the service. It is read back
   * and opened before it counts. `already-done` if the backup has all keys of this device.
   * @param password text, or bytes as they are: 1 to 128 bytes, of which all count
   * @param keyName a backup by this name; without it the one that every user has
   * @throws MissingPrivateKeyError, WrongKeyknoxPasswordError, CloudEntryExistsError, `brain-key/*`, `backup/*`
   */
  async backupPrivateKey(password: Data, keyName?: string, options: TaskOptions = {}): Promise<Outcome> {
    const { backUp } = await import('./later.ts');
    return backUp(this.#session, { ...options, password: passwordToBytes(password), keyName });
  }

  /**
   * Brings the private keys of a backup to this device. `already-done` if it has them.
   * @throws PrivateKeyNoBackupError, WrongKeyknoxPasswordError, PrivateKeyAlreadyExistsError, `backup/outdated`,
   *   `brain-key/*`, `backup/*`
   */
  async restorePrivateKey(password: Data, keyName?: string, options: TaskOptions = {}): Promise<Outcome> {
    const { restore } = await import('./later.ts');
    return restore(this.#session, { ...options, password: passwordToBytes(password), keyName });
  }

  /**
   * Puts a backup under another password. One of the two opens it at every moment. `already-done` if the new one opens it.
   * @throws WrongKeyknoxPasswordError, PrivateKeyNoBackupError, `brain-key/*`, `backup/*`
   */
  async changePassword(
    oldPassword: Data,
    newPassword: Data,
    keyName?: string,
    options: TaskOptions = {},
  ): Promise<Outcome> {
    const [password, next] = [passwordToBytes(oldPassword), passwordToBytes(newPassword)];
    const { changePassword } = await import('./later.ts');
    return changePassword(this.#session, { ...options, password, newPassword: next, keyName });
  }

  /**
   * Removes the backup without a name, with all that is in it. With a password, removes this user's keys from it.
   * @throws with a password: PrivateKeyNoBackupError, WrongKeyknoxPasswordError
   */
  async resetPrivateKeyBackup(password?: Data, options: TaskOptions = {}): Promise<void> {
    const { removeFromBackup, resetBackup } = await import('./later.ts');
    if (password === undefined) return resetBackup(this.#session, options);
    await removeFromBackup(this.#session, { ...options, password: passwordToBytes(password) });
  }

  /** Removes the backup of that name, if there is one. */
  async resetPrivateKeyBackupWithKeyName(keyName: string, { signal }: TaskOptions = {}): Promise<void> {
    const { resetBackup } = await import('./later.ts');
    await resetBackup(this.#session, { keyName, signal });
  }

  /**
   * Begins a group of this user and up to 99 others, whom the standing `alsoFor` joins. They read what is written in it until they are
   * removed; who is added later reads it from the beginning.
   * @param groupId what the app calls it: at least 10 bytes, text as UTF-8
   * @throws GroupError, GroupTicketAlreadyExistsError, MissingPrivateKeyError, ArgumentError, `users/key-not-accepted` (strict)
   */
  async createGroup(groupId: Data, participants?: GroupMembers, options?: CallOptions): Promise<Group> {
    return (await this.#groups()).create(groupId, participants, options);
  }

  /** A group as the service has it, to be kept on this device. @throws GroupError, MissingPrivateKeyError, ArgumentError */
  async loadGroup(groupId: Data, initiator: Card, options?: CallOptions): Promise<Group> {
    return (await this.#groups()).load(groupId, initiator, options);
  }

  /** A group as this device has it, asking nobody; null if it has none. @throws GroupError */
  async getGroup(groupId: Data): Promise<Group | null> {
    return (await this.#groups()).get(groupId);
  }

  /** Ends a group that this user has begun, and removes it from this device. One that is not there does no harm. @throws GroupError */
  async deleteGroup(groupId: Data, options?: CallOptions): Promise<void> {
    await (await this.#groups()).delete(groupId, options);
  }

  /** Whether this device has the user's private key. */
  async hasLocalPrivateKey(): Promise<boolean> {
    return (await this.#session.keys.reload()).current !== undefined;
  }

  /**
   * The private keys of this device as a text, encrypted under a passphrase: for the user to keep, or to take to another device.
   * Whoever has the text can try passphrases on it for as long as they like, so it takes a strong one.
   * @param cost of each such try; at least, and unless given, 19,456 KiB and 2 passes, for which the page or process stands still
   * @throws MissingPrivateKeyError, ArgumentError
   */
  async exportKeyRing(passphrase: string, { cost }: { readonly cost?: PassphraseCost } = {}): Promise<string> {
    const { exportKeys } = await import('./later.ts');
    return exportKeys(this.#session, { passphrase, cost });
  }

  /**
   * Adds the keys of an exported text to those of this device, of which none is lost. The one of the user's card is the current one
   * from then on; all read. `already-done` if they were there.
   * @throws `key-ring/wrong-passphrase`, `key-ring/other-user`, `key-ring/outdated` (none is of the user's card; they were kept to
   *   read with), `key-ring/damaged`, `key-ring/other-version`, `key-ring/unreasonable-cost`, ArgumentError, and what service and key
   *   store throw
   */
  async importKeyRing(text: string, passphrase: string): Promise<Outcome> {
    const { importKeys } = await import('./later.ts');
    return importKeys(this.#session, { text, passphrase });
  }

  /** Removes the user's private keys, groups, and what was seen and verified of others from this device. Back up first: nothing can bring the keys back. */
  async cleanup(): Promise<void> {
    await cleanup(this.#session);
  }

  /**
   * The card of a user, or the cards of several by identity; each verified. While the service is away, users seen before are
   * found all the same.
   * @throws UsersNotFoundError, UsersFoundWithMultipleCardsError, ArgumentError, `card/*`, `service-key/*`, `transport/*`
   */
  findUsers(identity: string, options?: CallOptions): Promise<Card>;
  findUsers(identities: readonly string[], options?: CallOptions): Promise<FindUsersResult>;
  async findUsers(wanted: string | readonly string[], { signal }: CallOptions = {}): Promise<Card | FindUsersResult> {
    return oneOrAll(wanted, (identities) => findUsers(this.#session, identities, signal));
  }

  /** As `findUsers`, from what this device has seen, asking nobody. */
  findCachedUsers(identity: string): Promise<Card>;
  findCachedUsers(identities: readonly string[]): Promise<FindUsersResult>;
  async findCachedUsers(wanted: string | readonly string[]): Promise<Card | FindUsersResult> {
    return oneOrAll(wanted, (identities) => findCachedUsers(this.#session, identities));
  }

  /**
   * The public key of a user, or those of several by identity, as in 2019. New code: `findUsers`.
   * @throws LookupError, ArgumentError, `users/none-given`, `users/repeated`
   */
  lookupPublicKeys(identity: string, options?: CallOptions): Promise<PublicKey>;
  lookupPublicKeys(identities: readonly string[], options?: CallOptions): Promise<LookupResult>;
  async lookupPublicKeys(
    wanted: string | readonly string[],
    { signal }: CallOptions = {},
  ): Promise<PublicKey | LookupResult> {
    const identities = requireIdentities(wanted);
    const { lookupPublicKeys } = await import('./later.ts');
    const keys = await lookupPublicKeys(this.#session, identities, signal);
    return typeof wanted === 'string' ? keys[wanted]! : keys;
  }

  /** Takes the replaced key of a user as good, after comparing it with them. */
  async acceptKey(card: Card): Promise<void> {
    await this.#session.knownUsers.accept(card);
  }

  /** Takes the key of a user as bad: not accepted, not verified, until `acceptKey` or `setVerified`. With `strict` nothing is encrypted for it. */
  async refuseKey(card: Card): Promise<void> {
    await this.#session.knownUsers.refuse(card);
  }

  /** False from a replacement or `refuseKey` until `acceptKey` or `setVerified`, and for a card that is not the last one seen of its user. */
  async isAccepted(card: Card): Promise<boolean> {
    const known = await this.#session.knownUsers.get(card.identity);
    return known !== undefined && known.card.id === card.id && known.isAccepted;
  }

  /**
   * The number by which this user and a peer find out whether each has the other's true key. Both see the same digits and words;
   * `qr` is for the peer to scan. An identity is looked up as by `findUsers`.
   * @throws MissingPrivateKeyError, ArgumentError, and what `findUsers` throws
   */
  async getSafetyNumber(peer: Card | string, options?: CallOptions): Promise<SafetyNumber> {
    const card = typeof peer === 'string' ? await this.findUsers(peer, options) : peer;
    const { getSafetyNumber } = await import('./later.ts');
    return getSafetyNumber(this.#session, card);
  }

  /**
   * Compares the text of the QR code that was scanned from the peer's screen. Returns if both have the same keys; `setVerified` is
   * then in order.
   * @throws `safety-qr/mismatch`, `safety-qr/own`, `safety-qr/other-version`, `safety-qr/malformed`, MissingPrivateKeyError, ArgumentError
   */
  async compareSafetyQr(card: Card, scanned: string): Promise<void> {
    const { compareSafetyQr } = await import('./later.ts');
    await compareSafetyQr(this.#session, card, scanned);
  }

  /**
   * Remembers on this device that the user has compared the key of this card, and accepts it. It holds for keys that this one
   * endorses, and ends when the key is replaced.
   * @throws `users/card-not-current`, ArgumentError
   */
  async setVerified(card: Card): Promise<void> {
    const { setVerified } = await import('./later.ts');
    await setVerified(this.#session, card);
  }

  /** Takes `setVerified` back. */
  async clearVerified(card: Card): Promise<void> {
    const { clearVerified } = await import('./later.ts');
    await clearVerified(this.#session, card);
  }

  /** Whether the key of this card was compared, or is endorsed by one that was. @throws ArgumentError */
  async isVerified(card: Card): Promise<boolean> {
    const { isVerified } = await import('./later.ts');
    return isVerified(this.#session, card);
  }

  /**
   * Signs and encrypts for `readers` and oneself. Text gives base64, bytes give bytes.
   * @throws MissingPrivateKeyError, ArgumentError, `users/key-not-accepted` (strict), `key/unsupported`
   */
  authEncrypt(text: string, readers?: Readers, options?: EncryptCallOptions): Promise<string>;
  authEncrypt(data: Bytes | EncodedData, readers?: Readers, options?: EncryptCallOptions): Promise<Uint8Array>;
  authEncrypt(data: Data, readers?: Readers, options?: EncryptCallOptions): Promise<string | Uint8Array>;
  authEncrypt(data: Data, readers?: Readers, options?: EncryptCallOptions): Promise<string | Uint8Array> {
    return this.#encrypt('signAndEncrypt', data, readers, options);
  }

  /**
   * Decrypts what `authEncrypt` made, if `sender` wrote it (oneself, if absent). `date` picks the sender's card of that time.
   * @throws MissingPrivateKeyError, ArgumentError, `envelope/*`
   */
  authDecrypt(text: string, sender?: Reader, date?: Date): Promise<string>;
  authDecrypt(data: Bytes | EncodedData, sender?: Reader, date?: Date): Promise<Uint8Array>;
  authDecrypt(data: Data, sender?: Reader, date?: Date): Promise<string | Uint8Array>;
  authDecrypt(data: Data, sender?: Reader, date?: Date): Promise<string | Uint8Array> {
    return this.#decrypt('signAndEncrypt', data, sender, date);
  }

  /**
   * As `authEncrypt`, in the format of 2019. Its signature stands in clear: whoever stores the message can test guesses of
   * the text and see equal texts. New code: `authEncrypt`.
   */
  encrypt(text: string, readers?: Readers, options?: EncryptCallOptions): Promise<string>;
  encrypt(data: Bytes | EncodedData, readers?: Readers, options?: EncryptCallOptions): Promise<Uint8Array>;
  encrypt(data: Data, readers?: Readers, options?: EncryptCallOptions): Promise<string | Uint8Array>;
  encrypt(data: Data, readers?: Readers, options?: EncryptCallOptions): Promise<string | Uint8Array> {
    return this.#encrypt('signThenEncrypt', data, readers, options);
  }

  /** As `authDecrypt`, for what `encrypt` made. */
  decrypt(text: string, sender?: Reader, date?: Date): Promise<string>;
  decrypt(data: Bytes | EncodedData, sender?: Reader, date?: Date): Promise<Uint8Array>;
  decrypt(data: Data, sender?: Reader, date?: Date): Promise<string | Uint8Array>;
  decrypt(data: Data, sender?: Reader, date?: Date): Promise<string | Uint8Array> {
    return this.#decrypt('signThenEncrypt', data, sender, date);
  }

  /**
   * A copy of a JSON document in which the named fields are encrypted for `to` and oneself, each bound to its place; the rest stays
   * plain and, unless `coverPlain` says otherwise, is covered by the signature.
   * @throws MissingPrivateKeyError, ArgumentError, `field/*`, `json/*`, `users/key-not-accepted` (strict), `key/unsupported`
   */
  async encryptFields(document: object, options: EncryptFieldsOptions): Promise<Record<string, unknown>> {
    const { encryptFields } = await import('./fields.ts');
    return encryptFields(this.#session, document, options);
  }

  /**
   * The document with those fields decrypted that are for this user; the others are left out. Anything that its author did not sign
   * is refused, and so is a revision older than one that this device has read.
   * @throws MissingPrivateKeyError, ArgumentError, `field/*`, `json/*`
   */
  async decryptFields(document: object, options: DecryptFieldsOptions): Promise<Record<string, unknown>> {
    const { decryptFields } = await import('./fields.ts');
    return decryptFields(this.#session, document, options);
  }

  /**
   * A copy of an encrypted document whose fields more people can read. To take readers out, encrypt the document again.
   * @throws as `decryptFields`, `field/not-found`, `users/key-not-accepted` (strict)
   */
  async addFieldReaders(document: object, options: AddFieldReadersOptions): Promise<Record<string, unknown>> {
    const { addFieldReaders } = await import('./fields.ts');
    return addFieldReaders(this.#session, document, options);
  }

  /**
   * `encryptFields` for each line of a text in JSON Lines; the number of a line that is refused is in `details.line`. Which revisions were
   * seen is not kept: `revision` is that of all.
   */
  async *encryptFieldLines(source: TextSource, options: EncryptLinesOptions): AsyncGenerator<string, void> {
    const { encryptFieldLines } = await import('./fields.ts');
    yield* encryptFieldLines(this.#session, source, options);
  }

  /** `decryptFields` for each line of a text in JSON Lines, of any revision. */
  async *decryptFieldLines(source: TextSource, options: DecryptLinesOptions): AsyncGenerator<string, void> {
    const { decryptFieldLines } = await import('./fields.ts');
    yield* decryptFieldLines(this.#session, source, options);
  }

  /**
   * Begins a session of a series: readings of this device are sealed at the price of a symmetric cipher and a signature, or a share
   * in one. Send `start` first.
   * @throws MissingPrivateKeyError, ArgumentError, `series/name`, `key/cannot-sign`, `storage/*`, `users/key-not-accepted` (strict)
   */
  async createSealer(options: SealerOptions = {}): Promise<Sealer> {
    const { createSealer } = await import('./series.ts');
    return createSealer(this.#session, options, this.#toBytes);
  }

  /** Reads what a sealer made, and says what is missing. @throws MissingPrivateKeyError, ArgumentError */
  async createSeriesReader(options: SeriesReaderOptions = {}): Promise<SeriesReader> {
    const { createSeriesReader } = await import('./series.ts');
    return createSeriesReader(this.#session, options);
  }

  /** What `@sotto/chat` needs of its user: pass this `EThree` to `encrypted()`, which calls it. */
  async openChatSession(): Promise<ChatSession> {
    const { openChatSession } = await import('./chat.ts');
    return openChatSession(this.#session);
  }

  /**
   * Signs and encrypts a file for `readers` and oneself; name and type stay, in clear. `sealFile` hides them.
   * @throws RegisterRequiredError, AbortError, ArgumentError, `file/*`, `users/key-not-accepted` (strict), `key/unsupported`
   */
  authEncryptFile(file: NamedFile, readers?: Readers, options?: EncryptFileOptions): Promise<File>;
  authEncryptFile(file: FileSource, readers?: Readers, options?: EncryptFileOptions): Promise<Blob>;
  async authEncryptFile(file: FileSource, readers?: Readers, options?: EncryptFileOptions): Promise<Blob> {
    return (await import('./files.ts')).authEncryptFile(this.#session, file, { ...options, readers });
  }

  /**
   * Decrypts what `authEncryptFile` made, if `sender` wrote it (oneself, if absent).
   * @throws IntegrityCheckFailedError, RegisterRequiredError, AbortError, ArgumentError, `envelope/*`, `file/*`
   */
  authDecryptFile(file: NamedFile, sender?: Reader, options?: DecryptFileOptions): Promise<File>;
  authDecryptFile(file: FileSource, sender?: Reader, options?: DecryptFileOptions): Promise<Blob>;
  async authDecryptFile(file: FileSource, sender?: Reader, options?: DecryptFileOptions): Promise<Blob> {
    return (await import('./files.ts')).authDecryptFile(this.#session, file, { ...options, sender });
  }

  /** As `authEncryptFile`, for whoever is given the key that is made for this file. Without it oneself cannot read it either. */
  encryptSharedFile(file: NamedFile, options?: FileOptions): Promise<SharedFile<File>>;
  encryptSharedFile(file: FileSource, options?: FileOptions): Promise<SharedFile>;
  async encryptSharedFile(file: FileSource, options?: FileOptions): Promise<SharedFile> {
    const { encryptSharedFile } = await import('./files.ts');
    return encryptSharedFile(this.#session, file, { ...options, toBytes: this.#toBytes });
  }

  /** As `authDecryptFile`, with the key that `encryptSharedFile` gave: bytes, or base64. @throws `key/malformed` too */
  decryptSharedFile(file: NamedFile, fileKey: Data, sender?: Reader, options?: DecryptFileOptions): Promise<File>;
  decryptSharedFile(file: FileSource, fileKey: Data, sender?: Reader, options?: DecryptFileOptions): Promise<Blob>;
  async decryptSharedFile(
    file: FileSource,
    fileKey: Data,
    sender?: Reader,
    options?: DecryptFileOptions,
  ): Promise<Blob> {
    return (await import('./files.ts')).decryptSharedFile(this.#session, file, { ...options, fileKey, sender });
  }

  /** As `authEncryptFile`, in the format of 2019: reads the file twice, and its signature stands in clear. New code: `authEncryptFile`. */
  encryptFile(file: NamedFile, readers?: Readers, options?: EncryptFileOptions): Promise<File>;
  encryptFile(file: FileSource, readers?: Readers, options?: EncryptFileOptions): Promise<Blob>;
  async encryptFile(file: FileSource, readers?: Readers, options?: EncryptFileOptions): Promise<Blob> {
    return (await import('./files.ts')).encryptFile(this.#session, file, { ...options, readers });
  }

  /** As `authDecryptFile`, for what `encryptFile` made. */
  async decryptFile(file: FileSource, sender?: Reader, options?: DecryptFileOptions): Promise<Blob> {
    return (await import('./files.ts')).decryptFile(this.#session, file, { ...options, sender });
  }

  /** As `authEncryptFile`, with name, type and date of the file encrypted too. Official clients do not read it as a file. */
  async sealFile(file: FileSource, readers?: Readers, options?: EncryptFileOptions): Promise<Blob> {
    return (await import('./files.ts')).sealFile(this.#session, file, { ...options, readers });
  }

  /** What `sealFile` made, with its details. The name is cleaned of paths; the type is what the sender says. @throws `file/no-details` too */
  async openFile(file: FileSource, sender?: Reader, options?: DecryptFileOptions): Promise<File> {
    return (await import('./files.ts')).openFile(this.#session, file, { ...options, sender });
  }

  /**
   * As `authEncryptFile`, from a web stream or a stream of Node, of which the size is known. Who reads the stream that this gives
   * gets an error if the source fails or has another size.
   */
  async authEncryptStream(
    source: StreamSource,
    readers: Readers | undefined,
    options: EncryptStreamOptions,
  ): Promise<ReadableStream<Uint8Array>> {
    return (await import('./files.ts')).authEncryptStream(this.#session, source, { ...options, readers });
  }

  /**
   * Decrypts a stream as it comes, before anybody knows who wrote it: what it gives is good only if it ends without an error. Otherwise
   * it ends with `stream/unverified`, and all of it is to be discarded.
   */
  async authDecryptStreamUnverified(
    source: StreamSource,
    sender?: Reader,
    options?: DecryptStreamOptions,
  ): Promise<ReadableStream<Uint8Array>> {
    return (await import('./files.ts')).authDecryptStreamUnverified(this.#session, source, { ...options, sender });
  }

  /** As `authDecryptFile`, into a stream: the file is read and verified before this resolves, and read once more for the stream. */
  async authDecryptFileToStream(
    file: FileSource,
    sender?: Reader,
    options?: DecryptFileOptions,
  ): Promise<ReadableStream<Uint8Array>> {
    return (await import('./files.ts')).authDecryptFileToStream(this.#session, file, { ...options, sender });
  }

  async #groups(): Promise<Groups> {
    return (await import('./groups.ts')).openGroups(this.#session, this.#toBytes);
  }

  /** One change of cards at a time: a second one would answer for the state that the first is about to change. */
  async #changeCards(task: () => Promise<void>): Promise<void> {
    if (this.#isChangingCards) throw clientError('register/in-progress');
    this.#isChangingCards = true;
    try {
      await task();
    } finally {
      this.#isChangingCards = false;
    }
  }

  async #encrypt(
    mode: Mode,
    data: Data,
    readers: Readers | undefined,
    { alsoFor }: EncryptCallOptions = {},
  ): Promise<string | Uint8Array> {
    const message = await encrypt(this.#session, { plaintext: dataToBytes(data, 'utf8'), readers, alsoFor, mode });
    return typeof data === 'string' ? bytesToBase64(message) : this.#toBytes(message);
  }

  async #decrypt(mode: Mode, data: Data, sender?: Reader, date?: Date): Promise<string | Uint8Array> {
    const message = dataToBytes(data, 'base64');
    const plaintext = await decrypt(this.#session, { message, sender, encryptedAt: date, mode });
    return typeof data === 'string' ? bytesToUtf8(plaintext) : this.#toBytes(plaintext);
  }
}

function passwordToBytes(password: Data): Uint8Array {
  const bytes = dataToBytes(password, 'utf8');
  if (bytes.length === 0) throw new ArgumentError('Pass a password.');
  return bytes.slice(); // the caller may wipe its own
}

/** One identity gives its card, a list gives a map from identity to card. */
async function oneOrAll(
  wanted: string | readonly string[],
  find: (identities: readonly string[]) => Promise<Map<string, Card>>,
): Promise<Card | FindUsersResult> {
  const found = await find(requireIdentities(wanted));
  if (typeof wanted === 'string') return found.get(wanted)!;
  const cards: FindUsersResult = {};
  for (const [identity, card] of found) setOwn(cards, identity, card);
  return cards;
}

function requireIdentities(wanted: string | readonly string[]): readonly string[] {
  const identities: readonly unknown[] = typeof wanted === 'string' ? [wanted] : wanted;
  const isUsable =
    Array.isArray(identities) && identities.every((identity) => typeof identity === 'string' && identity !== '');
  if (!isUsable) throw new ArgumentError('Pass the identity of a user, or an array of identities.');
  return identities as readonly string[];
}
