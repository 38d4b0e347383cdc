/**
 * The `virgilCrypto` property: the official crypto library's calls over our core, under their names. Unlike there each call gives
 * a promise, since a browser's own cryptography does. Data in is bytes, or text as the official calls read it.
 */
import {
  type CryptoProvider,
  generateKeyPair,
  type HashName,
  type IdentifierKind,
  importPrivateKey,
  importPublicKey,
  type KeyPair,
  keyPairFromMaterial,
  type KeyType,
  open,
  openDetached,
  openUnverified,
  type PrivateKey,
  type PublicKey,
  seal,
  sealDetached,
  sign,
  verify,
} from '@sotto/core';
import { type Data, dataToBytes } from './data.ts';

type OneOrMore<T> = T | readonly T[];

/** The official names of hashes; ours have a dash. */
const HASH_BY_OFFICIAL_NAME = { SHA224: 'SHA-224', SHA256: 'SHA-256', SHA384: 'SHA-384', SHA512: 'SHA-512' } as const;
type OfficialHashName = keyof typeof HASH_BY_OFFICIAL_NAME;

const KEY_TYPES = {
  ED25519: 'ED25519',
  CURVE25519: 'CURVE25519',
  CURVE25519_ED25519: 'CURVE25519_ED25519',
  SECP256R1: 'SECP256R1',
  RSA_2048: 'RSA_2048',
  RSA_3072: 'RSA_3072',
  RSA_4096: 'RSA_4096',
} as const satisfies { [Type in KeyType]: Type };

export class VirgilCrypto {
  /** The hashes that `calculateHash` takes, by name. */
  readonly hashAlgorithm = { SHA224: 'SHA224', SHA256: 'SHA256', SHA384: 'SHA384', SHA512: 'SHA512' } as const;
  /** The types of keys that `generateKeys` takes, by name. */
  readonly keyPairType = KEY_TYPES;
  readonly defaultKeyPairType: KeyType = 'ED25519';
  readonly #provider: CryptoProvider;
  readonly #identifiers: IdentifierKind;
  readonly #toBytes: (bytes: Uint8Array) => Uint8Array;

  constructor(provider: CryptoProvider, identifiers: IdentifierKind, toBytes: (bytes: Uint8Array) => Uint8Array) {
    this.#provider = provider;
    this.#identifiers = identifiers;
    this.#toBytes = toBytes;
  }

  get useSha256Identifiers(): boolean {
    return this.#identifiers === 'sha256';
  }

  async getRandomBytes(length: number): Promise<Uint8Array> {
    return this.#toBytes(this.#provider.randomBytes(length));
  }

  generateKeys(type: KeyType = 'ED25519'): Promise<KeyPair> {
    return generateKeyPair(this.#provider, type);
  }

  /** @throws `key/material-length` outside 32 to 512 bytes */
  async generateKeysFromKeyMaterial(material: Data, type: KeyType = 'ED25519'): Promise<KeyPair> {
    return keyPairFromMaterial(this.#provider, dataToBytes(material, 'base64'), type);
  }

  async importPrivateKey(data: Data): Promise<PrivateKey> {
    return importPrivateKey(this.#provider, dataToBytes(data, 'base64'));
  }

  async importPublicKey(data: Data): Promise<PublicKey> {
    return importPublicKey(dataToBytes(data, 'base64'));
  }

  async exportPrivateKey(key: PrivateKey): Promise<Uint8Array> {
    return this.#toBytes(key.exportDer());
  }

  async exportPublicKey(key: PublicKey): Promise<Uint8Array> {
    return this.#toBytes(key.exportDer());
  }

  async extractPublicKey(key: PrivateKey): Promise<PublicKey> {
    return key.publicKey;
  }

  async calculateHash(data: Data, algorithm: HashName | OfficialHashName = 'SHA-512'): Promise<Uint8Array> {
    const name = Object.hasOwn(HASH_BY_OFFICIAL_NAME, algorithm)
      ? HASH_BY_OFFICIAL_NAME[algorithm as OfficialHashName]
      : (algorithm as HashName);
    return this.#toBytes(await this.#provider.hash(name, dataToBytes(data, 'utf8')));
  }

  async calculateSignature(data: Data, key: PrivateKey): Promise<Uint8Array> {
    return this.#toBytes(await sign(this.#provider, key, dataToBytes(data, 'utf8')));
  }

  /** @throws `signature/malformed` */
  async verifySignature(data: Data, signature: Data, key: PublicKey): Promise<boolean> {
    return verify(this.#provider, key, dataToBytes(data, 'utf8'), dataToBytes(signature, 'base64'));
  }

  async encrypt(data: Data, recipients: OneOrMore<PublicKey>, padding = false): Promise<Uint8Array> {
    const plaintext = dataToBytes(data, 'utf8');
    const common = { plaintext, recipients: toList(recipients), padding, identifiers: this.#identifiers };
    return this.#toBytes(await seal(this.#provider, { ...common, mode: 'encrypt' }));
  }

  /** Opens messages of every kind and asks for no signature: anybody may have written what comes out. */
  async decrypt(data: Data, key: PrivateKey): Promise<Uint8Array> {
    const message = dataToBytes(data, 'base64');
    return this.#toBytes((await openUnverified(this.#provider, { message, keys: [key] })).plaintext);
  }

  signThenEncrypt(
    data: Data,
    signer: PrivateKey,
    recipients: OneOrMore<PublicKey>,
    padding = false,
  ): Promise<Uint8Array> {
    return this.#sealSigned('signThenEncrypt', { data, signer, recipients, padding });
  }

  decryptThenVerify(data: Data, key: PrivateKey, signers: OneOrMore<PublicKey>): Promise<Uint8Array> {
    return this.#openSigned('signThenEncrypt', { data, key, signers });
  }

  /** As `signThenEncrypt`, with the head of the message apart. */
  async signThenEncryptDetached(
    data: Data,
    signer: PrivateKey,
    recipients: OneOrMore<PublicKey>,
    padding = false,
  ): Promise<{ metadata: Uint8Array; encryptedData: Uint8Array }> {
    const plaintext = dataToBytes(data, 'utf8');
    const common = { plaintext, signer, recipients: toList(recipients), padding, identifiers: this.#identifiers };
    const { metadata, body } = await sealDetached(this.#provider, { ...common, mode: 'signThenEncrypt' });
    return { metadata: this.#toBytes(metadata), encryptedData: this.#toBytes(body) };
  }

  async decryptThenVerifyDetached(
    encryptedData: Data,
    metadata: Data,
    key: PrivateKey,
    signers: OneOrMore<PublicKey>,
  ): Promise<Uint8Array> {
    const opened = await openDetached(this.#provider, {
      metadata: dataToBytes(metadata, 'base64'),
      body: dataToBytes(encryptedData, 'base64'),
      keys: [key],
      signers: toList(signers),
      mode: 'signThenEncrypt',
    });
    return this.#toBytes(opened.plaintext);
  }

  signAndEncrypt(
    data: Data,
    signer: PrivateKey,
    recipients: OneOrMore<PublicKey>,
    padding = false,
  ): Promise<Uint8Array> {
    return this.#sealSigned('signAndEncrypt', { data, signer, recipients, padding });
  }

  decryptAndVerify(data: Data, key: PrivateKey, signers: OneOrMore<PublicKey>): Promise<Uint8Array> {
    return this.#openSigned('signAndEncrypt', { data, key, signers });
  }

  async #sealSigned(
    mode: 'signThenEncrypt' | 'signAndEncrypt',
    {
      data,
      signer,
      recipients,
      padding,
    }: {
      readonly data: Data;
      readonly signer: PrivateKey;
      readonly recipients: OneOrMore<PublicKey>;
      readonly padding: boolean;
    },
  ): Promise<Uint8Array> {
    const plaintext = dataToBytes(data, 'utf8');
    const common = { plaintext, signer, recipients: toList(recipients), padding, identifiers: this.#identifiers };
    return this.#toBytes(await seal(this.#provider, { ...common, mode }));
  }

  async #openSigned(
    mode: 'signThenEncrypt' | 'signAndEncrypt',
    { data, key, signers }: { readonly data: Data; readonly key: PrivateKey; readonly signers: OneOrMore<PublicKey> },
  ): Promise<Uint8Array> {
    const message = dataToBytes(data, 'base64');
    const opened = await open(this.#provider, { message, keys: [key], signers: toList(signers), mode });
    return this.#toBytes(opened.plaintext);
  }
}

function toList<T extends object>(value: OneOrMore<T>): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
