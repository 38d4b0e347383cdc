/**
 * AES-256-GCM in pieces (NIST SP 800-38D §7) for platforms that have it in one go only, put together from their counter mode and
 * GHASH. The nonce has 12 bytes. Callers see to it that no more comes than the counter can count: 2^36 − 32 bytes.
 */
import { concatBytes, equalBytes } from '../encoding/bytes.ts';
import { coreError } from '../errors.ts';
import type { BodyOptions, DecryptionStream, EncryptionStream } from './port.ts';

/** One GHASH. `H` is the block cipher's output for a block of zeros. */
export interface Ghash {
  /** Whole blocks of 16 bytes. */
  update(blocks: Uint8Array): Promise<void>;
  /** The result, 16 bytes, after one more block: that of the lengths. */
  finish(lengths: Uint8Array): Promise<Uint8Array>;
}

export interface GcmParts {
  /** Counter mode: `bytes` with the key stream that begins at the block `counter`, in new memory. */
  readonly count: (counter: Uint8Array, bytes: Uint8Array) => Promise<Uint8Array>;
  readonly ghash: Ghash;
}

export const BLOCK = 16;
const EMPTY = new Uint8Array(0);

type Direction = 'encrypt' | 'decrypt';

interface Gcm {
  readonly update: (piece: Uint8Array) => Promise<Uint8Array>;
  readonly finish: () => Promise<{ readonly rest: Uint8Array; readonly tag: Uint8Array }>;
}

export async function createGcmEncryption(
  parts: GcmParts,
  options: Pick<BodyOptions, 'nonce' | 'aad'>,
): Promise<EncryptionStream> {
  const { update, finish } = await createGcm(parts, 'encrypt', options);
  return {
    update,
    async finish() {
      const { rest, tag } = await finish();
      return concatBytes(rest, tag);
    },
  };
}

export async function createGcmDecryption(
  parts: GcmParts,
  options: Pick<BodyOptions, 'nonce' | 'aad'>,
): Promise<DecryptionStream> {
  const { update, finish } = await createGcm(parts, 'decrypt', options);
  return {
    update,
    async finish(expected) {
      const { rest, tag } = await finish();
      if (!equalBytes(tag, expected)) throw coreError('envelope/undecryptable');
      return rest;
    },
  };
}

async function createGcm(
  { count, ghash }: GcmParts,
  direction: Direction,
  { nonce, aad = EMPTY }: Pick<BodyOptions, 'nonce' | 'aad'>,
): Promise<Gcm> {
  let position = 0;
  let left = EMPTY;
  await ghash.update(padToBlocks(aad));

  /** Only the last call has bytes that fill no block. */
  const crypt = async (bytes: Uint8Array): Promise<Uint8Array> => {
    if (bytes.length === 0) return EMPTY;
    const counter = counterBlock(nonce, 2 + position / BLOCK);
    position += bytes.length;
    if (direction === 'decrypt') {
      return (await Promise.all([count(counter, bytes), ghash.update(padToBlocks(bytes))]))[0];
    }
    const output = await count(counter, bytes);
    await ghash.update(padToBlocks(output));
    return output;
  };

  return {
    update(piece) {
      const bytes = left.length === 0 ? piece : concatBytes(left, piece);
      const whole = bytes.length - (bytes.length % BLOCK);
      left = bytes.slice(whole);
      return crypt(bytes.subarray(0, whole));
    },
    async finish() {
      const rest = await crypt(left);
      const [sum, mask] = [
        await ghash.finish(lengthBlock(aad.length, position)),
        await count(counterBlock(nonce, 1), new Uint8Array(BLOCK)),
      ];
      return { rest, tag: xorBytes(sum, mask) };
    },
  };
}

/** Two lengths in bits, as GHASH ends with them. */
export function lengthBlock(aadLength: number, textLength: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const view = new DataView(block.buffer);
  view.setBigUint64(0, BigInt(aadLength) * 8n);
  view.setBigUint64(8, BigInt(textLength) * 8n);
  return block;
}

export function xorBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, index) => byte ^ b[index]!);
}

function counterBlock(nonce: Uint8Array, counter: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  block.set(nonce);
  new DataView(block.buffer).setUint32(12, counter);
  return block;
}

function padToBlocks(bytes: Uint8Array): Uint8Array {
  const missing = (BLOCK - (bytes.length % BLOCK)) % BLOCK;
  return missing === 0 ? bytes : concatBytes(bytes, new Uint8Array(missing));
}
