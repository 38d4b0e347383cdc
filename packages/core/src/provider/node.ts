/**
 * The adapter over node:crypto. Its calls are synchronous inside: at the size of a message a trip to the thread pool costs
 * more than the work. Raw keys become `KeyObject`s by way of JWK, which is ten times faster than by DER, and are kept per
 * component.
 *
 * NOTE: never `export` a KeyObject that `generateKeyPairSync` has just made. On Node 20.20 a garbage collection in the middle of a
 * JWK export deadlocks the process when it frees the job that generated that key, about once in 50,000 times. Secrets are
 * drawn at random here, or come out of the generation encoded.
 */
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type ECDH,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { concatBytes, equalBytes } from '../encoding/bytes.ts';
import { bytesToBase64Url } from '../encoding/text.ts';
import { coreError } from '../errors.ts';
import { edwardsToMontgomery, montgomeryToEdwards } from './curve25519.ts';
import { checkEphemeral } from './ephemeral.ts';
import { deriveEciesKeys } from './kdf2.ts';
import type {
  BodyOptions,
  ComponentKind,
  CryptoProvider,
  HashName,
  HkdfOptions,
  PrivateComponent,
  PublicComponent,
  WrappedKey,
} from './port.ts';

const NODE_HASH: Record<HashName, string> = {
  'SHA-224': 'sha224',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};
const TAG_LENGTH = 16;
const EMPTY = new Uint8Array(0);
const UNUSED_COORDINATE = bytesToBase64Url(new Uint8Array(32)); // a private JWK must have x; node derives its own

export const nodeProvider: CryptoProvider = {
  name: 'node',
  randomBytes: (length) => toPlain(randomBytes(length)),
  hash: async (algorithm, data) => toPlain(createHash(NODE_HASH[algorithm]).update(data).digest()),
  hkdf: async (secret, length, options) => deriveHkdf(secret, length, options),
  generateKey: async (kind, modulusBits) => ({ kind, secret: generateSecret(kind, modulusBits) }),
  toPublic: async (key) => ({ kind: key.kind, bytes: publicBytes(key) }),

  async sign(key, hash, data) {
    switch (key.kind) {
      case 'ed25519':
        return toPlain(sign(null, digest(hash, data), privateObject(key)));
      case 'p256':
        return toPlain(sign(NODE_HASH[hash], data, { key: privateObject(key), dsaEncoding: 'der' }));
      case 'rsa':
        return toPlain(
          sign(NODE_HASH[hash], data, {
            key: privateObject(key),
            padding: constants.RSA_PKCS1_PSS_PADDING,
            saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
          }),
        );
      case 'x25519':
        throw coreError('key/cannot-sign');
    }
  },

  async verify(key, hash, data, signature) {
    switch (key.kind) {
      case 'ed25519':
        return verify(null, digest(hash, data), publicObject(key), signature);
      case 'p256':
        return verify(NODE_HASH[hash], data, { key: publicObject(key), dsaEncoding: 'der' }, signature);
      case 'rsa':
        if (!hasModulusLength(publicObject(key), signature)) return false;
        return verify(
          NODE_HASH[hash],
          data,
          {
            key: publicObject(key),
            padding: constants.RSA_PKCS1_PSS_PADDING,
            saltLength: constants.RSA_PSS_SALTLEN_AUTO,
          },
          signature,
        );
      case 'x25519':
        return false;
    }
  },

  async signPure(key, message) {
    if (key.kind !== 'ed25519') throw coreError('key/cannot-sign');
    return toPlain(sign(null, message, privateObject(key)));
  },

  async verifyPure(key, message, signature) {
    return key.kind === 'ed25519' && verify(null, message, publicObject(key), signature);
  },

  async wrapKey(contentKey, recipients) {
    const ephemerals = new Map<ComponentKind, Ephemeral>();
    const ivs = toPlain(randomBytes(16 * recipients.length)); // one call for all: each has a fixed price
    return recipients.map((recipient, index): WrappedKey => {
      if (recipient.kind === 'rsa') return { kind: 'rsa', block: encryptOaep(recipient, contentKey) };
      let ephemeral = ephemerals.get(recipient.kind);
      if (!ephemeral) {
        ephemeral = recipient.kind === 'p256' ? createEphemeralP256() : createEphemeral25519(recipient.kind);
        ephemerals.set(recipient.kind, ephemeral);
      }
      const keys = deriveEciesKeys(hashEcies, ephemeral.agree(recipient));
      const iv = ivs.subarray(16 * index, 16 * (index + 1));
      const cipher = createCipheriv('aes-256-cbc', keys.encryption, iv);
      const ciphertext = concatBytes(cipher.update(contentKey), cipher.final());
      return { kind: 'ecies', ephemeral: ephemeral.public, iv, mac: computeMac(keys.mac, ciphertext), ciphertext };
    });
  },

  async unwrapKey(wrapped, key) {
    try {
      if (wrapped.kind === 'rsa') return decryptOaep(key, wrapped.block);
      checkEphemeral(wrapped.ephemeral, key.kind);
      const keys = deriveEciesKeys(hashEcies, agree(key, wrapped.ephemeral));
      if (!equalBytes(computeMac(keys.mac, wrapped.ciphertext), wrapped.mac)) throw coreError('envelope/undecryptable');
      const decipher = createDecipheriv('aes-256-cbc', keys.encryption, wrapped.iv);
      return concatBytes(decipher.update(wrapped.ciphertext), decipher.final());
    } catch {
      // One error whatever failed: the cause would tell an attacker how far the block was good.
      throw coreError('envelope/undecryptable');
    }
  },

  async encryptBody({ key, nonce, aad }, parts) {
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_LENGTH });
    if (aad) cipher.setAAD(aad);
    const pieces: Uint8Array[] = parts.map((part) => cipher.update(part));
    cipher.final(); // empty: GCM holds nothing back
    pieces.push(cipher.getAuthTag());
    return pieces;
  },

  async decryptBody({ key, nonce, aad }: BodyOptions, body) {
    const end = body.length - TAG_LENGTH;
    if (end < 0) throw coreError('envelope/undecryptable');
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_LENGTH });
    if (aad) decipher.setAAD(aad);
    decipher.setAuthTag(body.subarray(end));
    const plaintext = decipher.update(body.subarray(0, end));
    try {
      decipher.final();
    } catch {
      plaintext.fill(0);
      throw coreError('envelope/undecryptable');
    }
    return toPlain(plaintext);
  },

  openStreams: async () => (await import('./node-streams.ts')).nodeStreams,
};

// --- keys -----------------------------------------------------------------------------------------------------------

const publicObjects = new WeakMap<PublicComponent, KeyObject>();
const privateObjects = new WeakMap<PrivateComponent, KeyObject>();
const agreementPublic = new WeakMap<PublicComponent, KeyObject>();
const agreementPrivate = new WeakMap<PrivateComponent, KeyObject>();
const ecdhObjects = new WeakMap<PrivateComponent, ECDH>();

function remember<K extends object, V>(cache: WeakMap<K, V>, key: K, make: (key: K) => V): V {
  let value = cache.get(key);
  if (value === undefined) {
    value = make(key);
    cache.set(key, value);
  }
  return value;
}

function publicObject(key: PublicComponent): KeyObject {
  return remember(publicObjects, key, ({ kind, bytes }) => {
    switch (kind) {
      case 'ed25519':
        return importOkpPublic('Ed25519', bytes);
      case 'x25519':
        return importOkpPublic('X25519', bytes);
      case 'p256':
        return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', ...coordinates(bytes) } });
      case 'rsa':
        return createPublicKey({ format: 'der', type: 'spki', key: Buffer.from(bytes) });
    }
  });
}

function privateObject(key: PrivateComponent): KeyObject {
  return remember(privateObjects, key, ({ kind, secret }) => {
    switch (kind) {
      case 'ed25519':
        return importOkpPrivate('Ed25519', secret);
      case 'x25519':
        return importOkpPrivate('X25519', secret);
      case 'p256': {
        const point = ecdhObject(key).getPublicKey();
        const jwk = { kty: 'EC', crv: 'P-256', d: bytesToBase64Url(secret), ...coordinates(point) };
        return createPrivateKey({ format: 'jwk', key: jwk });
      }
      case 'rsa':
        return createPrivateKey({ format: 'der', type: 'pkcs8', key: Buffer.from(secret) });
    }
  });
}

/** The X25519 form of an `ed25519` or `x25519` key. */
function agreementPublicObject(key: PublicComponent): KeyObject {
  if (key.kind === 'x25519') return publicObject(key);
  return remember(agreementPublic, key, ({ bytes }) => importOkpPublic('X25519', edwardsToMontgomery(bytes)));
}

function agreementPrivateObject(key: PrivateComponent): KeyObject {
  if (key.kind === 'x25519') return privateObject(key);
  return remember(agreementPrivate, key, ({ secret }) =>
    importOkpPrivate('X25519', digest('SHA-512', secret).subarray(0, 32)),
  );
}

function ecdhObject(key: PrivateComponent): ECDH {
  return remember(ecdhObjects, key, ({ secret }) => {
    const ecdh = createECDH('prime256v1');
    ecdh.setPrivateKey(secret);
    return ecdh;
  });
}

function importOkpPublic(crv: 'Ed25519' | 'X25519', bytes: Uint8Array): KeyObject {
  return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv, x: bytesToBase64Url(bytes) } });
}

function importOkpPrivate(crv: 'Ed25519' | 'X25519', secret: Uint8Array): KeyObject {
  return createPrivateKey({
    format: 'jwk',
    key: { kty: 'OKP', crv, x: UNUSED_COORDINATE, d: bytesToBase64Url(secret) },
  });
}

function coordinates(point: Uint8Array): { x: string; y: string } {
  return { x: bytesToBase64Url(point.subarray(1, 33)), y: bytesToBase64Url(point.subarray(33, 65)) };
}

function okpBytes(object: KeyObject): Uint8Array {
  return new Uint8Array(Buffer.from(object.export({ format: 'jwk' }).x!, 'base64url'));
}

function publicBytes(key: PrivateComponent): Uint8Array {
  try {
    switch (key.kind) {
      case 'ed25519':
      case 'x25519':
        return okpBytes(createPublicKey(privateObject(key)));
      case 'p256':
        return toPlain(ecdhObject(key).getPublicKey());
      case 'rsa':
        return toPlain(createPublicKey(privateObject(key)).export({ format: 'der', type: 'spki' }));
    }
  } catch (cause) {
    throw coreError('key/invalid', { cause });
  }
}

function generateSecret(kind: ComponentKind, modulusBits = 2048): Uint8Array {
  if (kind === 'ed25519' || kind === 'x25519') return toPlain(randomBytes(32));
  if (kind === 'p256') {
    const ecdh = createECDH('prime256v1');
    ecdh.generateKeys();
    const scalar = ecdh.getPrivateKey(); // shorter than 32 bytes where it begins with zeros
    const secret = new Uint8Array(32);
    secret.set(scalar, 32 - scalar.length);
    return secret;
  }
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: modulusBits,
    publicKeyEncoding: { format: 'der', type: 'spki' },
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
  });
  return toPlain(privateKey);
}

// --- wrapping -------------------------------------------------------------------------------------------------------

interface Ephemeral {
  readonly public: PublicComponent;
  agree(recipient: PublicComponent): Uint8Array;
}

/** For Ed25519 recipients the pair is made in the X25519 form too: only its public half has to be mapped. */
function createEphemeral25519(kind: ComponentKind): Ephemeral {
  const privateKey = importOkpPrivate('X25519', randomBytes(32));
  const u = okpBytes(privateKey);
  return {
    public: { kind, bytes: kind === 'ed25519' ? montgomeryToEdwards(u) : u },
    agree: (recipient) => diffieHellman({ privateKey, publicKey: agreementPublicObject(recipient) }),
  };
}

function createEphemeralP256(): Ephemeral {
  const ecdh = createECDH('prime256v1');
  const bytes = toPlain(ecdh.generateKeys());
  return { public: { kind: 'p256', bytes }, agree: (recipient) => ecdh.computeSecret(recipient.bytes) };
}

function agree(key: PrivateComponent, ephemeral: PublicComponent): Uint8Array {
  if (key.kind === 'p256') return ecdhObject(key).computeSecret(ephemeral.bytes);
  return diffieHellman({ privateKey: agreementPrivateObject(key), publicKey: agreementPublicObject(ephemeral) });
}

const hashEcies = (data: Uint8Array): Uint8Array => digest('SHA-384', data);

/** By hand from three HMACs: the platform's call first makes a KeyObject, and takes twice as long. */
function deriveHkdf(secret: Uint8Array, length: number, { salt = EMPTY, info = EMPTY }: HkdfOptions = {}): Uint8Array {
  const extracted = createHmac('sha512', salt).update(secret).digest();
  const output = new Uint8Array(length);
  let block: Uint8Array = EMPTY;
  for (let offset = 0, index = 1; offset < length; offset += block.length, index++) {
    block = createHmac('sha512', extracted).update(block).update(info).update(Uint8Array.of(index)).digest();
    output.set(block.subarray(0, length - offset), offset);
  }
  return output;
}

function computeMac(key: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  return toPlain(createHmac('sha384', key).update(ciphertext).digest());
}

function encryptOaep(recipient: PublicComponent, contentKey: Uint8Array): Uint8Array {
  const key = publicObject(recipient);
  return toPlain(publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha512' }, contentKey));
}

function decryptOaep(recipient: PrivateComponent, block: Uint8Array): Uint8Array {
  const key = privateObject(recipient);
  if (!hasModulusLength(key, block)) throw coreError('envelope/undecryptable');
  return toPlain(privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha512' }, block));
}

/** RFC 8017 asks for it (§7.1.2, §8.1.2); OpenSSL also takes what lacks its leading zeros. */
function hasModulusLength(key: KeyObject, bytes: Uint8Array): boolean {
  return bytes.length === Math.ceil(key.asymmetricKeyDetails!.modulusLength! / 8);
}

function digest(hash: HashName, data: Uint8Array): Uint8Array {
  return createHash(NODE_HASH[hash]).update(data).digest();
}

/** The same bytes as a plain Uint8Array, on memory of their own: small Buffers are windows onto a shared pool. */
function toPlain(buffer: Buffer): Uint8Array {
  if (buffer.byteLength === buffer.buffer.byteLength) return new Uint8Array(buffer.buffer);
  return new Uint8Array(buffer);
}
