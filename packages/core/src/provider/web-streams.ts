/**
 * The part of Web Crypto that works in pieces: counter mode, and GHASH by way of AES-GCM. It hashes in one go only: what is short
 * is kept for that, being done six times as fast as by noble, which hashes the rest.
 */
import type { webcrypto } from 'node:crypto';
import { equalBytes } from '../encoding/bytes.ts';
import { BLOCK, createGcmDecryption, createGcmEncryption, type GcmParts } from './gcm-streams.ts';
import { createNobleGhash, createNobleHash } from './noble-pieces.ts';
import type { BodyOptions, HashName, HashStream, StreamProvider } from './port.ts';
import { createWebGhash } from './web-ghash.ts';

type Subtle = webcrypto.SubtleCrypto;

/** At most so much is kept in memory to be hashed in one go. */
const KEPT_BYTES = 8 * 1024 * 1024;

export function createWebStreams(subtle: Subtle): StreamProvider {
  let isNative: Promise<boolean> | undefined;
  const openParts = async (options: BodyOptions): Promise<GcmParts> => {
    isNative ??= hasNativeGhash(subtle);
    return createParts(subtle, options, await isNative);
  };
  return {
    createHash: (algorithm, atMost = Infinity) =>
      atMost <= KEPT_BYTES && algorithm !== 'SHA-224'
        ? createKeptHash(subtle, algorithm, atMost)
        : createNobleHash(algorithm),
    createEncryption: async (options) => createGcmEncryption(await openParts(options), options),
    createDecryption: async (options) => createGcmDecryption(await openParts(options), options),
  };
}

function createKeptHash(subtle: Subtle, algorithm: HashName, atMost: number): HashStream {
  const kept = new Uint8Array(atMost);
  let length = 0;
  return {
    async update(piece) {
      kept.set(piece, length);
      length += piece.length;
    },
    finish: async () => new Uint8Array(await subtle.digest(algorithm, kept.subarray(0, length))),
  };
}

async function createParts(subtle: Subtle, options: BodyOptions, isNative: boolean): Promise<GcmParts> {
  const [ctrKey, gcmKey] = await Promise.all([
    subtle.importKey('raw', options.key, 'AES-CTR', false, ['encrypt']),
    subtle.importKey('raw', options.key, 'AES-GCM', false, ['encrypt']),
  ]);
  const count = async (counter: Uint8Array, bytes: Uint8Array): Promise<Uint8Array> =>
    new Uint8Array(await subtle.encrypt({ name: 'AES-CTR', counter, length: 32 }, ctrKey, bytes));
  const h = await count(new Uint8Array(BLOCK), new Uint8Array(BLOCK));
  const ghash = isNative ? await createWebGhash({ subtle, key: gcmKey, nonce: options.nonce, h }) : createNobleGhash(h);
  return { count, ghash };
}

/**
 * Whether pieces give the tag that one call gives. They should everywhere; but a wrong tag would show when a file is opened only, so
 * it is tried out, once, before anything is written.
 */
async function hasNativeGhash(subtle: Subtle): Promise<boolean> {
  const [key, nonce, aad] = [32, 12, 20].map((length) => new Uint8Array(length).fill(length)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const text = new Uint8Array(100);
  try {
    const gcmKey = await subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']);
    const whole = await subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: aad }, gcmKey, text);
    const stream = await createGcmEncryption(await createParts(subtle, { key, nonce }, true), { nonce, aad });
    await stream.update(text.subarray(0, 40));
    await stream.update(text.subarray(40));
    const end = await stream.finish();
    return equalBytes(end.subarray(-BLOCK), new Uint8Array(whole).subarray(-BLOCK));
  } catch {
    return false;
  }
}
