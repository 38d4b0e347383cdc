/**
 * Keys as the formats know them: a type, a canonical encoding, and the components that agree on secrets and sign. One key does
 * both, but for CURVE25519, which cannot sign, and post-quantum compounds, which are kept and not used. Objects of
 * these classes come from `import-public.ts`, `import-private.ts` and `generate.ts` alone, where they are checked.
 */
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { derToPem } from '../encoding/pem.ts';
import type { PrivateComponent, PublicComponent } from '../provider/port.ts';

/** Types of keys that can be made. */
export type KeyType =
  | 'ED25519'
  | 'CURVE25519'
  | 'CURVE25519_ED25519'
  | 'SECP256R1'
  | 'RSA_2048'
  | 'RSA_3072'
  | 'RSA_4096';

/** Types of keys that can be met: also RSA of other sizes, and compounds with a post-quantum part. */
export type MetKeyType = KeyType | 'RSA' | 'POST_QUANTUM_COMPOUND';

/** Which hash names a key in a message: the first 8 bytes of SHA-512 (default), or all 32 of SHA-256. */
export type IdentifierKind = 'sha512' | 'sha256';

export interface PublicKeyParts {
  readonly type: MetKeyType;
  /** Canonical SubjectPublicKeyInfo. */
  readonly der: Uint8Array;
  /** Its AlgorithmIdentifier. */
  readonly algorithm: Uint8Array;
  readonly agreement?: PublicComponent | undefined;
  readonly signing?: PublicComponent | undefined;
  /** The classical signing half of a post-quantum compound. */
  readonly ed25519Half?: PublicComponent | undefined;
}

/** A public key that passed its checks. */
export class PublicKey {
  readonly type: MetKeyType;
  readonly #identifier: Uint8Array;
  readonly #parts: PublicKeyParts;
  #identifierSha256: Uint8Array | undefined;

  constructor(parts: PublicKeyParts) {
    this.type = parts.type;
    this.#identifier = sha512(parts.der).slice(0, 8);
    this.#parts = parts;
  }

  /** First 8 bytes of SHA-512 of the canonical DER, a copy. */
  get identifier(): Uint8Array {
    return this.#identifier.slice();
  }

  /** SHA-256 of the canonical DER, 32 bytes, a copy. */
  get identifierSha256(): Uint8Array {
    this.#identifierSha256 ??= sha256(this.#parts.der);
    return this.#identifierSha256.slice();
  }

  get canSign(): boolean {
    return this.#parts.signing !== undefined;
  }

  get canEncrypt(): boolean {
    return this.#parts.agreement !== undefined;
  }

  /** The SubjectPublicKeyInfo, canonical DER, a copy. */
  exportDer(): Uint8Array {
    return this.#parts.der.slice();
  }

  exportPem(): string {
    return derToPem(this.#parts.der, 'PUBLIC KEY');
  }

  /** What the formats of this package need of the key. @internal */
  get parts(): PublicKeyParts {
    return this.#parts;
  }
}

export interface PrivateKeyParts {
  readonly der: Uint8Array;
  readonly publicKey: PublicKey;
  readonly agreement?: PrivateComponent | undefined;
  readonly signing?: PrivateComponent | undefined;
}

/** A private key that passed its checks. It prints as its type; `exportDer` and `exportPem` are the ways to its bytes. */
export class PrivateKey {
  readonly type: MetKeyType;
  readonly publicKey: PublicKey;
  readonly #parts: PrivateKeyParts;

  constructor(parts: PrivateKeyParts) {
    this.type = parts.publicKey.type;
    this.publicKey = parts.publicKey;
    this.#parts = parts;
  }

  get identifier(): Uint8Array {
    return this.publicKey.identifier;
  }

  get identifierSha256(): Uint8Array {
    return this.publicKey.identifierSha256;
  }

  /** PKCS#8, or SEC 1 for SECP256R1, as the official clients write it. A copy. */
  exportDer(): Uint8Array {
    return this.#parts.der.slice();
  }

  exportPem(): string {
    return derToPem(this.#parts.der, this.type === 'SECP256R1' ? 'EC PRIVATE KEY' : 'PRIVATE KEY');
  }

  toJSON(): string {
    return '<redacted>';
  }

  /** What the formats of this package need of the key. @internal */
  get parts(): PrivateKeyParts {
    return this.#parts;
  }
}

export interface KeyPair {
  readonly publicKey: PublicKey;
  readonly privateKey: PrivateKey;
}

/** The name of a key in messages. */
export function identifierOf(key: PublicKey | PrivateKey, kind: IdentifierKind): Uint8Array {
  return kind === 'sha256' ? key.identifierSha256 : key.identifier;
}
