/**
 * The port behind which platforms differ. It is coarse: one call, and so one `await`, for a job of a format and not one
 * for each primitive. Adapters: `node.ts` (node:crypto), `web.ts` (Web Crypto) and `noble.ts` (portable). They give the same bytes and the
 * same verdict on every input; the acceptance suite of the port in `@sotto/testing` holds them to it.
 *
 * Adapters meet keys as components: raw material of one primitive, checked when it was imported. They may keep what they make
 * of a component (a `KeyObject`, a converted curve point) for as long as the component lives.
 */

export type HashName = 'SHA-224' | 'SHA-256' | 'SHA-384' | 'SHA-512';

/** The primitives of keys. An `ed25519` component signs, and agrees on secrets as the X25519 key on the other form of the curve. */
export type ComponentKind = 'ed25519' | 'x25519' | 'p256' | 'rsa';

/**
 * Public material: 32 bytes for `ed25519` (the encoded point) and `x25519` (u), 65 for `p256` (uncompressed point), the
 * SubjectPublicKeyInfo for `rsa`.
 */
export interface PublicComponent {
  readonly kind: ComponentKind;
  readonly bytes: Uint8Array;
}

/** Private material: 32 bytes for `ed25519` (seed), `x25519` (scalar) and `p256` (scalar, big-endian), PKCS#8 for `rsa`. */
export interface PrivateComponent {
  readonly kind: ComponentKind;
  readonly secret: Uint8Array;
}

/**
 * A content key wrapped for one recipient. `ecies`: ephemeral public key of the recipient's kind, encryption and
 * MAC under keys from KDF2. `rsa`: the OAEP block. Source: docs/spec/envelope.md §3.
 */
export type WrappedKey =
  | {
      readonly kind: 'ecies';
      readonly ephemeral: PublicComponent;
      readonly iv: Uint8Array;
      readonly mac: Uint8Array;
      readonly ciphertext: Uint8Array;
    }
  | { readonly kind: 'rsa'; readonly block: Uint8Array };

export interface BodyOptions {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** 12 bytes. */
  readonly nonce: Uint8Array;
  readonly aad?: Uint8Array | undefined;
}

export interface HkdfOptions {
  /** None, unless given. */
  readonly salt?: Uint8Array | undefined;
  /** None, unless given. */
  readonly info?: Uint8Array | undefined;
}

/** A digest, piece by piece. */
export interface HashStream {
  update(piece: Uint8Array): Promise<void>;
  finish(): Promise<Uint8Array>;
}

/** AES-256-GCM, piece by piece. What comes out of `update` may lag behind what went in by some bytes. */
export interface EncryptionStream {
  update(piece: Uint8Array): Promise<Uint8Array>;
  /** What is left of the ciphertext, and the 16-byte tag. */
  finish(): Promise<Uint8Array>;
}

/** What `update` gives is not authenticated before `finish` has checked the tag. */
export interface DecryptionStream {
  update(piece: Uint8Array): Promise<Uint8Array>;
  /** What is left of the text. @throws `envelope/undecryptable` */
  finish(tag: Uint8Array): Promise<Uint8Array>;
}

/**
 * The part of the port that works in pieces, for what is not to be held in memory. Pieces have any length; calls of one stream are
 * made one after the other.
 */
export interface StreamProvider {
  /** `atMost`: so many bytes will come at most, if that is known. Few are hashed faster in one go where there is a native way. */
  createHash(algorithm: HashName, atMost?: number): HashStream;
  createEncryption(options: BodyOptions): Promise<EncryptionStream>;
  createDecryption(options: BodyOptions): Promise<DecryptionStream>;
}

export interface CryptoProvider {
  readonly name: 'node' | 'web' | 'noble';
  randomBytes(length: number): Uint8Array;
  hash(algorithm: HashName, data: Uint8Array): Promise<Uint8Array>;
  /** HKDF with SHA-512 (RFC 5869). */
  hkdf(secret: Uint8Array, length: number, options?: HkdfOptions): Promise<Uint8Array>;

  /** A fresh private key. `modulusBits` is for `rsa` alone. @throws `key/unsupported` where RSA keys cannot be made */
  generateKey(kind: ComponentKind, modulusBits?: number): Promise<PrivateComponent>;
  /** @throws `key/invalid` */
  toPublic(key: PrivateComponent): Promise<PublicComponent>;

  /**
   * The bare signature. Ed25519 signs the digest of the data as its message; P-256 is ECDSA, DER; RSA is PSS with a
   * salt as long as the digest. @throws `key/cannot-sign`
   */
  sign(key: PrivateComponent, hash: HashName, data: Uint8Array): Promise<Uint8Array>;
  /** False for whatever is not a good signature, of any length. Ed25519 is strict and without cofactor. PSS salts have any length. */
  verify(key: PublicComponent, hash: HashName, data: Uint8Array, signature: Uint8Array): Promise<boolean>;

  /** Ed25519 over the message itself, 64 bytes. @throws `key/cannot-sign` for a key of another kind */
  signPure(key: PrivateComponent, message: Uint8Array): Promise<Uint8Array>;
  /** As `verify`, for what `signPure` makes. False for a key of another kind. */
  verifyPure(key: PublicComponent, message: Uint8Array, signature: Uint8Array): Promise<boolean>;

  /** Wraps `contentKey` once per recipient, order kept. One ephemeral key pair per kind serves all recipients of that kind. */
  wrapKey(contentKey: Uint8Array, recipients: readonly PublicComponent[]): Promise<WrappedKey[]>;
  /** @throws `envelope/undecryptable` */
  unwrapKey(wrapped: WrappedKey, key: PrivateComponent): Promise<Uint8Array>;

  /**
   * AES-256-GCM over the joined `parts`: pieces that, joined, are the ciphertext and the 16-byte tag. In pieces, so that a
   * message is copied once, when all of it is put together.
   */
  encryptBody(options: BodyOptions, parts: readonly Uint8Array[]): Promise<Uint8Array[]>;
  /** @throws `envelope/undecryptable` */
  decryptBody(options: BodyOptions, body: Uint8Array): Promise<Uint8Array>;

  /** Loaded when it is first asked for. */
  openStreams(): Promise<StreamProvider>;
}
