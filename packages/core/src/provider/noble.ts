/**
 * The portable adapter: noble's primitives, for platforms without node:crypto and Web Crypto. noble's curves are not
 * constant-time in the strict sense (JavaScript bigints); its own README says how far the timing was measured.
 */
import { cbc, gcm } from '@noble/ciphers/aes.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { bytesToNumberLE, randomBytes } from '@noble/curves/utils.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha384, sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, equalBytes, joinBytes } from '../encoding/bytes.ts';
import { coreError } from '../errors.ts';
import { edwardsToMontgomery } from './curve25519.ts';
import { checkEphemeral } from './ephemeral.ts';
import { deriveEciesKeys } from './kdf2.ts';
import { signDigest, verifyDigest } from './noble-digests.ts';
import { NOBLE_HASH } from './noble-hashes.ts';
import { decryptOaep, encryptOaep, rsaPublicOf } from './noble-rsa.ts';
import type { ComponentKind, CryptoProvider, PrivateComponent, PublicComponent, WrappedKey } from './port.ts';

export const nobleProvider: CryptoProvider = {
  name: 'noble',
  randomBytes: drawBytes,
  hash: async (algorithm, data) => NOBLE_HASH[algorithm](data),
  hkdf: async (secret, length, { salt, info } = {}) => hkdf(sha512, secret, salt, info, length),
  generateKey: async (kind) => ({ kind, secret: generateSecret(kind) }),
  toPublic: async (key) => ({ kind: key.kind, bytes: publicBytes(key) }),

  async sign(key, hash, data) {
    const digest = NOBLE_HASH[hash](data);
    return key.kind === 'ed25519' ? ed25519.sign(digest, key.secret) : signDigest(key, hash, digest);
  },

  async verify(key, hash, data, signature) {
    const digest = NOBLE_HASH[hash](data);
    return key.kind === 'ed25519'
      ? verifyEd25519(signature, digest, key.bytes)
      : verifyDigest(key, { hash, digest, signature });
  },

  async signPure(key, message) {
    if (key.kind !== 'ed25519') throw coreError('key/cannot-sign');
    return ed25519.sign(message, key.secret);
  },

  async verifyPure(key, message, signature) {
    return key.kind === 'ed25519' && verifyEd25519(signature, message, key.bytes);
  },

  async wrapKey(contentKey, recipients) {
    const ephemerals = new Map<ComponentKind, { secret: PrivateComponent; public: PublicComponent }>();
    return recipients.map((recipient): WrappedKey => {
      if (recipient.kind === 'rsa') return { kind: 'rsa', block: encryptOaep(recipient.bytes, contentKey) };
      let ephemeral = ephemerals.get(recipient.kind);
      if (!ephemeral) {
        const secret = { kind: recipient.kind, secret: generateSecret(recipient.kind) };
        ephemeral = { secret, public: { kind: recipient.kind, bytes: publicBytes(secret) } };
        ephemerals.set(recipient.kind, ephemeral);
      }
      const keys = deriveEciesKeys(sha384, agree(ephemeral.secret, recipient));
      const iv = randomBytes(16);
      const ciphertext = cbc(keys.encryption, iv).encrypt(contentKey);
      return {
        kind: 'ecies',
        ephemeral: ephemeral.public,
        iv,
        mac: hmac(sha384, keys.mac, ciphertext),
        ciphertext,
      };
    });
  },

  async unwrapKey(wrapped, key) {
    try {
      if (wrapped.kind === 'rsa') return decryptOaep(key.secret, wrapped.block);
      checkEphemeral(wrapped.ephemeral, key.kind);
      const keys = deriveEciesKeys(sha384, agree(key, wrapped.ephemeral));
      if (!equalBytes(hmac(sha384, keys.mac, wrapped.ciphertext), wrapped.mac))
        throw coreError('envelope/undecryptable');
      return cbc(keys.encryption, wrapped.iv).decrypt(wrapped.ciphertext);
    } catch {
      // One error whatever failed: the cause would tell an attacker how far the block was good.
      throw coreError('envelope/undecryptable');
    }
  },

  encryptBody: async ({ key, nonce, aad }, parts) => [gcm(key, nonce, aad).encrypt(joinBytes(parts))],

  async decryptBody({ key, nonce, aad }, body) {
    try {
      return gcm(key, nonce, aad).decrypt(body);
    } catch {
      throw coreError('envelope/undecryptable');
    }
  },

  openStreams: async () => (await import('./noble-streams.ts')).nobleStreams,
};

/**
 * RFC 8032 §5.1.7 without the cofactor: the encoding of [S]B − [k]A must equal R, as node:crypto and Web Crypto compare.
 * noble's own `verify` multiplies by the cofactor, in its strict mode too, and so takes signatures that they refuse.
 * @internal
 */
export function verifyEd25519(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const { Point } = ed25519;
  const r = signature.subarray(0, 32);
  const s = bytesToNumberLE(signature.subarray(32));
  if (s >= Point.Fn.ORDER) return false;
  const k = bytesToNumberLE(sha512(concatBytes(r, publicKey, message))) % Point.Fn.ORDER;
  const A = Point.fromBytes(publicKey);
  const sB = s === 0n ? Point.ZERO : Point.BASE.multiplyUnsafe(s);
  const kA = k === 0n ? Point.ZERO : A.multiplyUnsafe(k);
  return equalBytes(sB.subtract(kA).toBytes(), r);
}

/** The platform's source gives at most 64 KiB a call. */
function drawBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let offset = 0; offset < length; offset += 0x10000) {
    bytes.set(randomBytes(Math.min(0x10000, length - offset)), offset);
  }
  return bytes;
}

function generateSecret(kind: ComponentKind): Uint8Array {
  if (kind === 'ed25519' || kind === 'x25519') return randomBytes(32);
  if (kind === 'p256') return p256.utils.randomSecretKey();
  throw coreError('key/unsupported', { details: { reason: 'RSA keys are not made on this platform' } });
}

function publicBytes(key: PrivateComponent): Uint8Array {
  try {
    switch (key.kind) {
      case 'ed25519':
        return ed25519.getPublicKey(key.secret);
      case 'x25519':
        return x25519.getPublicKey(key.secret);
      case 'p256':
        return p256.getPublicKey(key.secret, false);
      case 'rsa':
        return rsaPublicOf(key.secret);
    }
  } catch (cause) {
    throw coreError('key/invalid', { cause });
  }
}

/**
 * The shared secret, 32 bytes: the X25519 output, or the x coordinate on P-256. Throws for keys of small order.
 * @internal
 */
export function agree(key: PrivateComponent, peer: PublicComponent): Uint8Array {
  switch (key.kind) {
    case 'ed25519':
      return x25519.getSharedSecret(ed25519.utils.toMontgomerySecret(key.secret), edwardsToMontgomery(peer.bytes));
    case 'x25519':
      return x25519.getSharedSecret(key.secret, peer.bytes);
    case 'p256':
      return p256.getSharedSecret(key.secret, peer.bytes, false).subarray(1, 33);
    case 'rsa':
      throw coreError('envelope/undecryptable');
  }
}
