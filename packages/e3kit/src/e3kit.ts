/**
 * The handle that an app holds: one user, on one device. Names and behaviour are those of the official client; overloads and
 * argument checks live here, and each method then makes one call into `use-cases/`.
 */
import { bytesToBase64, bytesToUtf8, type Card, type KeyPair, type KeyType, type PublicKey } from '@sotto/core';
import type { AccessTokenProvider } from './access-tokens.ts';
import type { CardManager } from './card-manager.ts';
import { VirgilCrypto } from './crypto-facade.ts';
import { type Bytes, type Data, dataToBytes, type EncodedData } from './data.ts';
import { ArgumentError, clientError, type LookupResult } from './errors.ts';
import type { OpenedSession } from './open-session.ts';
import type { KeyEntryStorage } from './key-entry-storage.ts';
import type { KeyStore } from './ports.ts';
import { setOwn } from './records.ts';
import type { Session } from './session.ts';
import { cleanup } from './use-cases/cleanup.ts';
import { decrypt } from './use-cases/decrypt.ts';
import { encrypt, type Reader, type Readers } from './use-cases/encrypt.ts';
import { findCachedUsers, findUsers } from './use-cases/find-users.ts';
import { lookupPublicKeys } from './use-cases/lookup-public-keys.ts';
import { register } from './use-cases/register.ts';

export type FindUsersResult = Record<string, Card>;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
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
  #isRegistering = false;

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
   * Makes a key pair, keeps it on this device and publishes its card.
   * @throws IdentityAlreadyExistsError, MultipleCardsError, `register/in-progress`, and what service and key store throw
   */
  async register(keyPair?: Pick<KeyPair, 'privateKey'>, { signal }: CallOptions = {}): Promise<void> {
    if (this.#isRegistering) throw clientError('register/in-progress');
    this.#isRegistering = true;
    try {
      await register(this.#session, { privateKey: keyPair?.privateKey, signal });
    } finally {
      this.#isRegistering = false;
    }
  }

  /** Whether this device has the user's private key. */
  async hasLocalPrivateKey(): Promise<boolean> {
    return (await this.#session.keys.reload()).current !== undefined;
  }

  /** Removes the user's private keys and what was seen of others from this device. Back up first: nothing can bring the keys back. */
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
    const keys = await lookupPublicKeys(this.#session, requireIdentities(wanted), signal);
    return typeof wanted === 'string' ? keys[wanted]! : keys;
  }

  /** Takes the replaced key of a user as good, after comparing it with them. */
  async acceptKey(card: Card): Promise<void> {
    await this.#session.knownUsers.accept(card);
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
