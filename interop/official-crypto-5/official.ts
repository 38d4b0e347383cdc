/** The official crypto library and SDK, loaded as an app on Node loads them, and keys that both sides hold. */
import { createRequire } from 'node:module';
import {
  bytesToHex,
  type CryptoProvider,
  generateKeyPair,
  type IdentifierKind,
  importPrivateKey,
  type KeyType,
  type PrivateKey,
} from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import type * as VirgilCryptoModule from 'virgil-crypto';
import type * as VirgilSdkModule from 'virgil-sdk';

const require = createRequire(import.meta.url);
export const officialCrypto = require('virgil-crypto') as typeof VirgilCryptoModule;
export const officialSdk = require('virgil-sdk') as typeof VirgilSdkModule;

await officialCrypto.initCrypto();

/** Names keys as its clients do unless told otherwise. */
export const official = new officialCrypto.VirgilCrypto();
export const officialSha256 = new officialCrypto.VirgilCrypto({ useSha256Identifiers: true });

export type OfficialPrivateKey = VirgilCryptoModule.VirgilPrivateKey;
export type OfficialPublicKey = VirgilCryptoModule.VirgilPublicKey;

/** The types that both sides make and use. */
export const KEY_TYPES = ['ED25519', 'CURVE25519', 'CURVE25519_ED25519', 'SECP256R1', 'RSA_2048'] as const;
export const SIGNING_KEY_TYPES = KEY_TYPES.filter((type) => type !== 'CURVE25519');
/** Made by official clients alone; we know such a key, and refuse to use it. */
export const POST_QUANTUM_TYPE = 'CURVE25519_ROUND5_ED25519_FALCON';

/** One key pair, as each side holds it. */
export interface SharedKey {
  readonly type: KeyType;
  readonly ours: PrivateKey;
  readonly theirs: OfficialPrivateKey;
  readonly theirPublicKey: OfficialPublicKey;
}

/** A new key pair, made by the official library or by ours, and read by the other. */
export async function makeSharedKey(
  type: KeyType,
  { provider = nodeProvider, identifiers = 'sha512' }: { provider?: CryptoProvider; identifiers?: IdentifierKind } = {},
): Promise<SharedKey> {
  const crypto = identifiers === 'sha256' ? officialSha256 : official;
  const der = await makePrivateKey(type);
  const theirs = crypto.importPrivateKey(der);
  const theirPublicKey = crypto.extractPublicKey(theirs);
  return { type, ours: await importPrivateKey(provider, der), theirs, theirPublicKey };
}

/** RSA keys come from us: the official library takes seconds for one. */
async function makePrivateKey(type: KeyType): Promise<Uint8Array> {
  if (type.startsWith('RSA')) return (await generateKeyPair(nodeProvider, type)).privateKey.exportDer();
  return official.exportPrivateKey(official.generateKeys(officialCrypto.KeyPairType[type]).privateKey);
}

/** Bytes of either side in a form that compares and prints well. */
export function hex(bytes: Uint8Array): string {
  return bytesToHex(bytes);
}
