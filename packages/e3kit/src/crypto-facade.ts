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
  openUnverified,
  type PrivateKey,
  type PublicKey,
  seal,
  sign,
  verify,
} from '@sotto/core';
import { type Data, dataToBytes } from './data.ts';

type OneOrMore<T> = T | readonly T[];

export class VirgilCrypto {
  readonly #provider: CryptoProvider;
  readonly #identifiers: IdentifierKind;
  readonly #toBytes: (bytes: Uint8Array) => Uint8Array;

  constructor(provider: CryptoProvider, identifiers: IdentifierKind, toBytes: (bytes: Uint8Array) => Uint8Array) {
    this.#provider = provider;
    this.#identifiers = identifiers;
    this.#toBytes = toBytes;
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

  async calculateHash(data: Data, algorithm: HashName = 'SHA-512'): Promise<Uint8Array> {
    return this.#toBytes(await this.#provider.hash(algorithm, dataToBytes(data, 'utf8')));
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
