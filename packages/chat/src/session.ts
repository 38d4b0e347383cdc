/**
 * What a room needs of a user. Private keys stay behind it: a room hands over payloads and gets them sealed, or opened and verified.
 * `EThree` of `@sotto/e3kit` opens such sessions; `chat-users.ts` of `@sotto/testing` shows how to bring one's own.
 */
import type { Card, CryptoProvider } from '@sotto/core';

/** Whose chat it is. `EThree` of `@sotto/e3kit` is one. */
export interface ChatUser {
  openChatSession(): Promise<ChatSession>;
}

export interface ChatSession {
  readonly identity: string;
  readonly provider: CryptoProvider;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Standing extra readers of all that this user encrypts. */
  readonly alsoFor: readonly Card[];
  /** Small values of this user that survive restarts. */
  readonly store: ChatStore;

  /** Those who have a card, verified; others are absent. Asks the service, and takes what this device has seen while it is away. */
  findPeople(
    identities: readonly string[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<ReadonlyMap<string, Person>>;
  /** The readers of one message: oneself always among them, each key once. */
  prepareEnvelope(readers: readonly Card[]): Promise<PreparedEnvelope>;
  /**
   * Decrypts, and verifies that `author` wrote it, by one of the keys of the author's accepted card and its chain.
   * @throws `envelope/not-a-recipient`, `envelope/undecryptable`, `envelope/other-signer`, `envelope/bad-signature`, `envelope/malformed`,
   *   `envelope/not-signed`, `chat/unknown-sender` (no card), `chat/key-not-accepted`
   */
  openEnvelope(options: OpenEnvelopeOptions): Promise<OpenedEnvelope>;
  /** The format of 2019 (`signThenEncrypt`), for `unsafeLegacyFormat` alone. */
  sealLegacy(options: { readonly plaintext: Uint8Array; readonly readers: readonly Card[] }): Promise<Uint8Array>;

  /** A file under a key of its own, signed by this user. */
  sealFile(file: Blob, options?: FileOptions): Promise<SealedFile>;
  openFile(
    ciphertext: Blob,
    options: { readonly key: Uint8Array; readonly author: string } & FileOptions,
  ): Promise<Blob>;

  /** Symmetric, under a secret that the readers share, signed by this user: the message format of groups. */
  sealShared(options: SharedOptions & { readonly plaintext: Uint8Array }): Promise<Uint8Array>;
  openShared(options: SharedOptions & { readonly message: Uint8Array; readonly author: string }): Promise<Uint8Array>;

  /** A group with oneself and `members`, 100 in all at most. `groupId`: 10 bytes at least. */
  createGroup(
    groupId: Uint8Array,
    members: readonly Card[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<RoomGroup>;
  /** From this device, else from the service. */
  loadGroup(
    groupId: Uint8Array,
    initiator: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<RoomGroup>;

  /** Calls back when keys of peers or own keys change, so that failed messages are tried again. Gives back how to stop. */
  onKeysChanged?(listener: () => void): () => void;
}

export interface Person {
  readonly card: Card;
  /** False from a replaced or refused key on until it is accepted. */
  readonly isAccepted: boolean;
  /** Compared by safety words or QR. */
  readonly isVerified: boolean;
}

export interface PreparedEnvelope {
  /** As the message will list them: base64url, sorted. */
  readonly keyIds: readonly string[];
  seal(plaintext: Uint8Array): Promise<Uint8Array>;
}

export interface OpenEnvelopeOptions {
  readonly message: Uint8Array;
  readonly author: string;
  readonly signal?: AbortSignal | undefined;
}

export interface OpenedEnvelope {
  readonly plaintext: Uint8Array;
  readonly mode: 'signAndEncrypt' | 'signThenEncrypt';
  readonly signer: Signer;
  /** Of all readers: base64url, sorted. */
  readonly keyIds: readonly string[];
}

/** A key that has signed, and whether its owner has a newer one. */
export type Signer = Pick<Card, 'identity' | 'publicKey' | 'isOutdated'>;

export interface SealedFile {
  readonly ciphertext: Blob;
  readonly key: Uint8Array;
}

export interface FileOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface SharedOptions {
  /** 32 bytes that name the use. */
  readonly id: Uint8Array;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

export interface RoomGroup {
  readonly initiator: string;
  readonly participants: readonly string[];
  /** 32 bytes. */
  readonly sessionId: Uint8Array;
  encrypt(plaintext: Uint8Array): Promise<Uint8Array>;
  /** The card of `author` is looked up as in `openEnvelope`. */
  decrypt(message: Uint8Array, author: string): Promise<{ readonly plaintext: Uint8Array; readonly signer: Signer }>;
  update(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}

/**
 * Encrypted at rest, removed with the user's keys. A write is on disk when its promise resolves. Names are 1 to 100 characters
 * of `A–Z a–z 0–9 . _ -`.
 */
export interface ChatStore {
  load(name: string): Promise<Uint8Array | undefined>;
  save(name: string, value: Uint8Array): Promise<void>;
  remove(name: string): Promise<boolean>;
  /** Runs `task` while no other tab or process of this user runs one under this name. */
  withLock<T>(name: string, task: () => Promise<T>): Promise<T>;
}
