/**
 * `CryptoKey`s of components: imported once, in the form that every browser takes, and kept as long as the component lives.
 * Web Crypto ties a key to one use and, for RSA and HMAC, to one hash, so a component may have several.
 */
import type { webcrypto } from 'node:crypto';
import { derInteger, derOctets, derSequence } from '../encoding/der.ts';
import { base64UrlToBytes, bytesToBase64Url } from '../encoding/text.ts';
import { ALGORITHM } from '../keys/algorithms.ts';
import type { ComponentKind, HashName, PrivateComponent, PublicComponent } from './port.ts';

type Key = webcrypto.CryptoKey;
type Usage = webcrypto.KeyUsage;
type Algorithm = webcrypto.AlgorithmIdentifier | webcrypto.EcKeyImportParams | webcrypto.RsaHashedImportParams;

export interface WebKeys {
  signing(key: PrivateComponent, hash: HashName): Promise<Key>;
  verifying(key: PublicComponent, hash: HashName): Promise<Key>;
  /** For `deriveBits`; an `ed25519` component as the X25519 key that it is. */
  agreeing(key: PrivateComponent, toMontgomery: (seed: Uint8Array) => Promise<Uint8Array>): Promise<Key>;
  /** The other side of `deriveBits`; `u` is the X25519 form of the point. */
  peer(key: PublicComponent, toMontgomery: (point: Uint8Array) => Uint8Array): Promise<Key>;
  encrypting(key: PublicComponent): Promise<Key>;
  decrypting(key: PrivateComponent): Promise<Key>;
  /** The public half of an `ed25519` or `x25519` component, 32 bytes. */
  publicPoint(key: PrivateComponent): Promise<Uint8Array>;
}

export function createWebKeys(subtle: webcrypto.SubtleCrypto): WebKeys {
  const remember = createMemory();

  const importPublic = (key: PublicComponent, algorithm: Algorithm, usages: Usage[]): Promise<Key> => {
    const format = key.kind === 'rsa' ? 'spki' : 'raw';
    return subtle.importKey(format, key.bytes, algorithm, false, usages);
  };
  const importPrivate = async (key: PrivateComponent, algorithm: Algorithm, usages: Usage[]): Promise<Key> => {
    if (key.kind === 'p256') return subtle.importKey('jwk', await p256Jwk(key), algorithm, false, usages);
    const pkcs8 = key.kind === 'rsa' ? key.secret : okpPkcs8(key.kind, key.secret);
    return subtle.importKey('pkcs8', pkcs8, algorithm, false, usages);
  };

  return {
    signing: (key, hash) => remember(key, `sign ${hash}`, () => importPrivate(key, signatureOf(key, hash), ['sign'])),
    verifying: (key, hash) =>
      remember(key, `verify ${hash}`, () => importPublic(key, signatureOf(key, hash), ['verify'])),
    agreeing: (key, toMontgomery) =>
      remember(key, 'agree', async () => {
        if (key.kind === 'p256') return importPrivate(key, ECDH, ['deriveBits']);
        const secret = key.kind === 'ed25519' ? await toMontgomery(key.secret) : key.secret;
        return importPrivate({ kind: 'x25519', secret }, 'X25519', ['deriveBits']);
      }),
    peer: (key, toMontgomery) =>
      remember(key, 'peer', async () => {
        if (key.kind === 'p256') return importPublic(key, ECDH, []);
        const bytes = key.kind === 'ed25519' ? toMontgomery(key.bytes) : key.bytes;
        return importPublic({ kind: 'x25519', bytes }, 'X25519', []);
      }),
    encrypting: (key) => remember(key, 'encrypt', () => importPublic(key, OAEP, ['encrypt'])),
    decrypting: (key) => remember(key, 'decrypt', () => importPrivate(key, OAEP, ['decrypt'])),
    async publicPoint({ kind, secret }) {
      const [name, usage]: [string, Usage] = kind === 'ed25519' ? ['Ed25519', 'sign'] : ['X25519', 'deriveBits'];
      const key = await subtle.importKey('pkcs8', okpPkcs8(kind, secret), name, true, [usage]);
      return base64UrlToBytes((await subtle.exportKey('jwk', key)).x!);
    },
  };
}

const ECDH = { name: 'ECDH', namedCurve: 'P-256' } as const;
const OAEP = { name: 'RSA-OAEP', hash: 'SHA-512' } as const;

function signatureOf({ kind }: PrivateComponent | PublicComponent, hash: HashName): Algorithm {
  if (kind === 'p256') return { name: 'ECDSA', namedCurve: 'P-256' };
  return kind === 'rsa' ? { name: 'RSA-PSS', hash } : 'Ed25519';
}

/** Results per component and use. What fails is not kept. */
function createMemory(): (component: object, use: string, make: () => Promise<Key>) => Promise<Key> {
  const byComponent = new WeakMap<object, Map<string, Promise<Key>>>();
  return (component, use, make) => {
    const byUse = byComponent.get(component) ?? new Map<string, Promise<Key>>();
    byComponent.set(component, byUse);
    const made = byUse.get(use) ?? make();
    byUse.set(use, made);
    made.catch(() => byUse.delete(use));
    return made;
  };
}

function okpPkcs8(kind: ComponentKind, secret: Uint8Array): Uint8Array {
  const algorithm = kind === 'ed25519' ? ALGORITHM.ed25519 : ALGORITHM.x25519;
  return derSequence(derInteger(0), algorithm, derOctets(derOctets(secret)));
}

/** With the public point, which some browsers want in a private key. */
async function p256Jwk(key: PrivateComponent): Promise<webcrypto.JsonWebKey> {
  const { nobleProvider } = await import('./noble.ts');
  const { bytes } = await nobleProvider.toPublic(key);
  const [x, y] = [bytes.subarray(1, 33), bytes.subarray(33)].map(bytesToBase64Url);
  return { kty: 'EC', crv: 'P-256', d: bytesToBase64Url(key.secret), x: x!, y: y! };
}
