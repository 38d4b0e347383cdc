/**
 * The adapter over Web Crypto. What a browser lacks (Ed25519 and X25519 in older ones; SHA-224, and the public half of a
 * P-256 key, in all) comes from noble; that is found out once, by trying, when the adapter is made. noble's adapter is loaded
 * when it is first needed, which for ED25519 keys in a current browser is never. `CryptoKey`s are made once per component and kept.
 */
import type { webcrypto } from 'node:crypto';
import { hmac } from '@noble/hashes/hmac.js';
import { sha384 } from '@noble/hashes/sha2.js';
import { equalBytes, joinBytes } from '../encoding/bytes.ts';
import { coreError } from '../errors.ts';
import { edwardsToMontgomery, montgomeryToEdwards } from './curve25519.ts';
import { derToRaw, rawToDer } from './ecdsa.ts';
import { checkEphemeral } from './ephemeral.ts';
import { deriveEciesKeys } from './kdf2.ts';
import type {
  BodyOptions,
  ComponentKind,
  CryptoProvider,
  HashName,
  PrivateComponent,
  PublicComponent,
  WrappedKey,
} from './port.ts';
import { createWebKeys } from './web-keys.ts';

/** The part of `globalThis.crypto` that is used. `subtle` is missing in pages that did not come by HTTPS. */
export interface WebCrypto {
  readonly subtle: webcrypto.SubtleCrypto;
  getRandomValues(bytes: Uint8Array): Uint8Array;
}

type Subtle = webcrypto.SubtleCrypto;
type Key = webcrypto.CryptoKey;

interface Ephemeral {
  readonly public: PublicComponent;
  agree(recipient: PublicComponent): Promise<Uint8Array>;
}

/** Largest request that `getRandomValues` takes. */
const RANDOM_CHUNK = 65_536;
const EMPTY = new Uint8Array(0);
const CURVE = { ed25519: 'Ed25519', x25519: 'X25519' } as const;

const loadNoble = () => import('./noble.ts');

/** Makes the adapter; tries out which curves the platform has. */
export async function createWebProvider(crypto: WebCrypto): Promise<CryptoProvider> {
  const { subtle } = crypto;
  const [ed25519, x25519] = await Promise.all([canGenerate(subtle, CURVE.ed25519), canGenerate(subtle, CURVE.x25519)]);
  const has = { ed25519, x25519 };
  const keys = createWebKeys(subtle);

  const randomBytes = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += RANDOM_CHUNK) crypto.getRandomValues(bytes.subarray(at, at + RANDOM_CHUNK));
    return bytes;
  };
  const digest = async (hash: HashName, data: Uint8Array): Promise<Uint8Array> =>
    hash === 'SHA-224'
      ? (await loadNoble()).nobleProvider.hash(hash, data)
      : new Uint8Array(await subtle.digest(hash, data));
  const signsNatively = (kind: ComponentKind, hash: HashName): boolean =>
    kind === 'ed25519' ? has.ed25519 : hash !== 'SHA-224';

  /** The shared secret, 32 bytes: the X25519 output, or the x coordinate on P-256. Rejects for keys of small order. */
  const deriveSecret = async (own: Key, peer: PublicComponent): Promise<Uint8Array> => {
    const algorithm = { name: own.algorithm.name, public: await keys.peer(peer, edwardsToMontgomery) };
    return new Uint8Array(await subtle.deriveBits(algorithm, own, 256));
  };

  const agree = async (key: PrivateComponent, peer: PublicComponent): Promise<Uint8Array> => {
    if (key.kind !== 'p256' && !has.x25519) return (await loadNoble()).agree(key, peer);
    const own = await keys.agreeing(key, async (seed) => (await digest('SHA-512', seed)).slice(0, 32));
    return deriveSecret(own, peer);
  };

  const createEphemeral = async (kind: ComponentKind): Promise<Ephemeral> => {
    if (kind !== 'p256' && !has.x25519) {
      const secret = { kind, secret: randomBytes(32) };
      const { nobleProvider, agree: agreeWithNoble } = await loadNoble();
      return { public: await nobleProvider.toPublic(secret), agree: async (peer) => agreeWithNoble(secret, peer) };
    }
    const algorithm = kind === 'p256' ? { name: 'ECDH', namedCurve: 'P-256' } : { name: CURVE.x25519 };
    const pair = (await subtle.generateKey(algorithm, false, ['deriveBits'])) as webcrypto.CryptoKeyPair;
    const bytes = new Uint8Array(await subtle.exportKey('raw', pair.publicKey));
    return {
      public: { kind, bytes: kind === 'ed25519' ? montgomeryToEdwards(bytes) : bytes },
      agree: (peer) => deriveSecret(pair.privateKey, peer),
    };
  };

  return {
    name: 'web',
    randomBytes,
    hash: digest,

    async hkdf(secret, length, { salt = EMPTY, info = EMPTY } = {}) {
      const key = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
      const algorithm = { name: 'HKDF', hash: 'SHA-512', salt, info };
      return new Uint8Array(await subtle.deriveBits(algorithm, key, length * 8));
    },

    async generateKey(kind, modulusBits = 2048) {
      if (kind === 'p256') return (await loadNoble()).nobleProvider.generateKey(kind);
      return { kind, secret: kind === 'rsa' ? await generateRsa(subtle, modulusBits) : randomBytes(32) };
    },

    async toPublic(key) {
      const isNative = (key.kind === 'ed25519' || key.kind === 'x25519') && has[key.kind];
      return isNative
        ? { kind: key.kind, bytes: await keys.publicPoint(key) }
        : (await loadNoble()).nobleProvider.toPublic(key);
    },

    async sign(key, hash, data) {
      if (!signsNatively(key.kind, hash)) return (await loadNoble()).nobleProvider.sign(key, hash, data);
      switch (key.kind) {
        case 'ed25519':
          return new Uint8Array(
            await subtle.sign(CURVE.ed25519, await keys.signing(key, hash), await digest(hash, data)),
          );
        case 'p256': {
          const raw = await subtle.sign({ name: 'ECDSA', hash }, await keys.signing(key, hash), data);
          return rawToDer(new Uint8Array(raw));
        }
        case 'rsa':
          return new Uint8Array(await subtle.sign(pss(hash), await keys.signing(key, hash), data));
        case 'x25519':
          throw coreError('key/cannot-sign');
      }
    },

    async verify(key, hash, data, signature) {
      if (!signsNatively(key.kind, hash)) return (await loadNoble()).nobleProvider.verify(key, hash, data, signature);
      switch (key.kind) {
        case 'ed25519': {
          const verifyingKey = await keys.verifying(key, hash);
          return subtle.verify(CURVE.ed25519, verifyingKey, signature, await digest(hash, data));
        }
        case 'p256': {
          const raw = derToRaw(signature);
          if (!raw) return false;
          return subtle.verify({ name: 'ECDSA', hash }, await keys.verifying(key, hash), raw, data);
        }
        case 'rsa': {
          const verifyingKey = await keys.verifying(key, hash);
          if (!hasModulusLength(verifyingKey, signature)) return false;
          // Web Crypto asks for the length of the salt, which a signature does not tell: nearly all have this one.
          return (
            (await subtle.verify(pss(hash), verifyingKey, signature, data)) ||
            (await loadNoble()).nobleProvider.verify(key, hash, data, signature)
          );
        }
        case 'x25519':
          return false;
      }
    },

    async signPure(key, message) {
      if (key.kind !== 'ed25519') throw coreError('key/cannot-sign');
      if (!has.ed25519) return (await loadNoble()).nobleProvider.signPure(key, message);
      return new Uint8Array(await subtle.sign(CURVE.ed25519, await keys.signing(key, 'SHA-512'), message));
    },

    async verifyPure(key, message, signature) {
      if (key.kind !== 'ed25519') return false;
      if (!has.ed25519) return (await loadNoble()).nobleProvider.verifyPure(key, message, signature);
      return subtle.verify(CURVE.ed25519, await keys.verifying(key, 'SHA-512'), signature, message);
    },

    async wrapKey(contentKey, recipients) {
      const ephemerals = new Map<ComponentKind, Promise<Ephemeral>>();
      const ephemeralOf = (kind: ComponentKind): Promise<Ephemeral> => {
        const made = ephemerals.get(kind) ?? createEphemeral(kind);
        ephemerals.set(kind, made);
        return made;
      };
      const wrap = async (recipient: PublicComponent): Promise<WrappedKey> => {
        if (recipient.kind === 'rsa') {
          const block = await subtle.encrypt('RSA-OAEP', await keys.encrypting(recipient), contentKey);
          return { kind: 'rsa', block: new Uint8Array(block) };
        }
        const ephemeral = await ephemeralOf(recipient.kind);
        const derived = deriveEciesKeys(sha384, await ephemeral.agree(recipient));
        const iv = randomBytes(16);
        const cipherKey = await subtle.importKey('raw', derived.encryption, 'AES-CBC', false, ['encrypt']);
        const ciphertext = new Uint8Array(await subtle.encrypt({ name: 'AES-CBC', iv }, cipherKey, contentKey));
        return {
          kind: 'ecies',
          ephemeral: ephemeral.public,
          iv,
          mac: hmac(sha384, derived.mac, ciphertext),
          ciphertext,
        };
      };
      return Promise.all(recipients.map(wrap));
    },

    async unwrapKey(wrapped, key) {
      try {
        if (wrapped.kind === 'rsa') {
          const privateKey = await keys.decrypting(key);
          if (!hasModulusLength(privateKey, wrapped.block)) throw coreError('envelope/undecryptable');
          return new Uint8Array(await subtle.decrypt('RSA-OAEP', privateKey, wrapped.block));
        }
        checkEphemeral(wrapped.ephemeral, key.kind);
        const derived = deriveEciesKeys(sha384, await agree(key, wrapped.ephemeral));
        if (!equalBytes(hmac(sha384, derived.mac, wrapped.ciphertext), wrapped.mac))
          throw coreError('envelope/undecryptable');
        const cipherKey = await subtle.importKey('raw', derived.encryption, 'AES-CBC', false, ['decrypt']);
        const algorithm = { name: 'AES-CBC', iv: wrapped.iv };
        return new Uint8Array(await subtle.decrypt(algorithm, cipherKey, wrapped.ciphertext));
      } catch {
        // One error whatever failed: the cause would tell an attacker how far the block was good.
        throw coreError('envelope/undecryptable');
      }
    },

    async encryptBody(options, parts) {
      const key = await subtle.importKey('raw', options.key, 'AES-GCM', false, ['encrypt']);
      return [new Uint8Array(await subtle.encrypt(gcm(options), key, joinBytes(parts)))];
    },

    async decryptBody(options, body) {
      const key = await subtle.importKey('raw', options.key, 'AES-GCM', false, ['decrypt']);
      try {
        return new Uint8Array(await subtle.decrypt(gcm(options), key, body));
      } catch {
        throw coreError('envelope/undecryptable');
      }
    },

    openStreams: async () => (await import('./web-streams.ts')).createWebStreams(subtle),
  };
}

/** RFC 8017 asks for it (§7.1.2, §8.1.2); Web Crypto on Node also takes what lacks its leading zeros. */
function hasModulusLength({ algorithm }: webcrypto.CryptoKey, bytes: Uint8Array): boolean {
  return bytes.length === Math.ceil((algorithm as webcrypto.RsaKeyAlgorithm).modulusLength / 8);
}

async function canGenerate(subtle: Subtle, name: string): Promise<boolean> {
  try {
    await subtle.generateKey({ name }, false, name === CURVE.x25519 ? ['deriveBits'] : ['sign', 'verify']);
    return true;
  } catch {
    return false;
  }
}

async function generateRsa(subtle: Subtle, modulusLength: number): Promise<Uint8Array> {
  const algorithm = { name: 'RSA-PSS', hash: 'SHA-512', modulusLength, publicExponent: Uint8Array.of(1, 0, 1) };
  const { privateKey } = await subtle.generateKey(algorithm, true, ['sign', 'verify']);
  return new Uint8Array(await subtle.exportKey('pkcs8', privateKey));
}

function pss(hash: HashName): { name: string; saltLength: number } {
  return { name: 'RSA-PSS', saltLength: Number(hash.slice(4)) / 8 };
}

/** Without `additionalData` where there is none: browsers differ on an undefined one. */
function gcm({ nonce, aad }: BodyOptions): { name: string; iv: Uint8Array; additionalData?: Uint8Array } {
  return { name: 'AES-GCM', iv: nonce, ...(aad ? { additionalData: aad } : {}) };
}
