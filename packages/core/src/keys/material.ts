/**
 * Bytes from key material: CTR_DRBG of NIST SP 800-90A (§10.2.1) with AES-256 and the derivation function, seeded with
 * KDF2-SHA-512 of the material. Every implementation must give the same bytes, or a password no longer opens its backup.
 */
import { ecb } from '@noble/ciphers/aes.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '../encoding/bytes.ts';
import { coreError } from '../errors.ts';
import { kdf2 } from '../provider/kdf2.ts';

const BLOCK = 16;
const KEY = 32;
const SEED = KEY + BLOCK;
const ZERO_SEED = new Uint8Array(SEED);

/** A generator of bytes, each call one request to the DRBG. @throws `key/material-length` */
export function createMaterialGenerator(material: Uint8Array): (length: number) => Uint8Array {
  if (material.length < 32 || material.length > 512) throw coreError('key/material-length');
  let key = new Uint8Array(KEY);
  let counter = new Uint8Array(BLOCK);

  const blocks = (length: number): Uint8Array => {
    const output = new Uint8Array(Math.ceil(length / BLOCK) * BLOCK);
    for (let offset = 0; offset < output.length; offset += BLOCK) {
      increment(counter);
      output.set(encryptBlock(key, counter), offset);
    }
    return output.subarray(0, length);
  };
  const update = (data: Uint8Array): void => {
    const next = xor(blocks(SEED), data);
    key = next.slice(0, KEY);
    counter = next.slice(KEY);
  };

  update(deriveSeed(kdf2(sha512, material, SEED)));
  return (length) => {
    const output = blocks(length).slice();
    update(ZERO_SEED);
    return output;
  };
}

/** Block_Cipher_df (§10.3.2) for an input of 48 bytes and as many bytes of output. */
function deriveSeed(input: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((8 + input.length + 1) / BLOCK) * BLOCK);
  const lengths = new DataView(padded.buffer);
  lengths.setUint32(0, input.length);
  lengths.setUint32(4, SEED);
  padded.set(input, 8);
  padded[8 + input.length] = 0x80;

  const chainKey = Uint8Array.from({ length: KEY }, (_, index) => index);
  const chained = concatBytes(...[0, 1, 2].map((index) => cbcMac(chainKey, concatBytes(bigEndian(index), padded))));
  const key = chained.subarray(0, KEY);
  const output = [chained.subarray(KEY)];
  for (let i = 0; i < SEED / BLOCK; i++) output.push(encryptBlock(key, output[i]!));
  return concatBytes(...output.slice(1));
}

/** A block with the index in its first four bytes. */
function bigEndian(index: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  new DataView(block.buffer).setUint32(0, index);
  return block;
}

function cbcMac(key: Uint8Array, data: Uint8Array): Uint8Array {
  let chain: Uint8Array = new Uint8Array(BLOCK);
  for (let offset = 0; offset < data.length; offset += BLOCK) {
    chain = encryptBlock(key, xor(chain, data.subarray(offset, offset + BLOCK)));
  }
  return chain;
}

function encryptBlock(key: Uint8Array, block: Uint8Array): Uint8Array {
  return ecb(key, { disablePadding: true }).encrypt(block);
}

function increment(counter: Uint8Array): void {
  for (let i = counter.length - 1; i >= 0; i--) {
    counter[i] = (counter[i]! + 1) & 0xff;
    if (counter[i] !== 0) return;
  }
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(a, (byte, index) => byte ^ b[index]!);
}
