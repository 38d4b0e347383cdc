/**
 * RSA for platforms without a crypto library of their own: the encodings of RFC 8017 (EME-OAEP §7.1, EMSA-PSS §9.1) over
 * noble's modular exponentiation. Bigint arithmetic takes a time that depends on its numbers, so private operations are
 * blinded with a random base; prefer node:crypto or Web Crypto, which the other adapters use, wherever they exist.
 */
import { invert, pow } from '@noble/curves/abstract/modular.js';
import { bytesToNumberBE, numberToBytesBE, randomBytes } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, equalBytes } from '../encoding/bytes.ts';
import { DerReader, derBits, derSequence, derUnsigned, readUnsigned, TAG } from '../encoding/der.ts';
import { coreError } from '../errors.ts';
import { ALGORITHM } from '../keys/algorithms.ts';

type Hash = ((data: Uint8Array) => Uint8Array) & { readonly outputLen: number };

interface RsaPublic {
  readonly n: bigint;
  readonly e: bigint;
  readonly length: number;
}

interface RsaPrivate extends RsaPublic {
  readonly d: bigint;
}

/** The SubjectPublicKeyInfo that belongs to a PKCS#8 key. */
export function rsaPublicOf(pkcs8: Uint8Array): Uint8Array {
  const { n, e, length } = readPrivate(pkcs8);
  const key = derSequence(derUnsigned(numberToBytesBE(n, length)), derUnsigned(numberToBytesBE(e, 8)));
  return derSequence(ALGORITHM.rsa, derBits(key));
}

export function encryptOaep(spki: Uint8Array, message: Uint8Array): Uint8Array {
  const key = readPublic(spki);
  const room = key.length - 2 * sha512.outputLen - 2;
  if (message.length > room)
    throw coreError('key/unsupported', { details: { reason: 'the RSA modulus is too short' } });
  const block = concatBytes(sha512(EMPTY), new Uint8Array(room - message.length), Uint8Array.of(1), message);
  const seed = randomBytes(sha512.outputLen);
  const maskedBlock = xor(block, mgf1(sha512, seed, block.length));
  const maskedSeed = xor(seed, mgf1(sha512, maskedBlock, seed.length));
  return raise(key, concatBytes(Uint8Array.of(0), maskedSeed, maskedBlock));
}

export function decryptOaep(pkcs8: Uint8Array, block: Uint8Array): Uint8Array {
  const key = readPrivate(pkcs8);
  const size = sha512.outputLen;
  if (block.length !== key.length || key.length < 2 * size + 2) throw coreError('envelope/undecryptable');
  const encoded = raisePrivate(key, block);
  const maskedBlock = encoded.subarray(1 + size);
  const seed = xor(encoded.subarray(1, 1 + size), mgf1(sha512, maskedBlock, size));
  const data = xor(maskedBlock, mgf1(sha512, seed, maskedBlock.length));
  // All checks are made before the verdict, so that its time does not tell which one failed (RFC 8017 §7.1.2).
  let bad = encoded[0]! | (equalBytes(data.subarray(0, size), sha512(EMPTY)) ? 0 : 1);
  let start = 0;
  for (let i = size; i < data.length; i++) {
    const searching = start === 0 ? 1 : 0;
    if (searching && data[i] === 1) start = i + 1;
    else bad |= searching & (data[i] === 0 ? 0 : 1);
  }
  if (bad !== 0 || start === 0) throw coreError('envelope/undecryptable');
  return data.slice(start);
}

export function signPss(pkcs8: Uint8Array, hash: Hash, digest: Uint8Array): Uint8Array {
  const key = readPrivate(pkcs8);
  const { bits, length } = encodedSize(key);
  const salt = randomBytes(hash.outputLen);
  if (length < digest.length + salt.length + 2) {
    throw coreError('key/unsupported', { details: { reason: 'the RSA modulus is too short' } });
  }
  const h = hash(concatBytes(new Uint8Array(8), digest, salt));
  const block = new Uint8Array(length - h.length - 1);
  block.set(salt, block.length - salt.length);
  block[block.length - salt.length - 1] = 1;
  const masked = xor(block, mgf1(hash, h, block.length));
  masked[0]! &= 0xff >> (8 * length - bits);
  const encoded = concatBytes(masked, h, Uint8Array.of(0xbc));
  const signature = raisePrivate(key, concatBytes(new Uint8Array(key.length - length), encoded));
  return signature;
}

/** EMSA-PSS-VERIFY (RFC 8017 §9.1.2) with a salt of whatever length the signature has. */
export function verifyPss(spki: Uint8Array, hash: Hash, digest: Uint8Array, signature: Uint8Array): boolean {
  const key = readPublic(spki);
  if (signature.length !== key.length || bytesToNumberBE(signature) >= key.n) return false;
  const { bits, length } = encodedSize(key);
  const raised = raise(key, signature);
  const size = hash.outputLen;
  const encoded = raised.subarray(key.length - length);
  if (key.length > length && raised[0] !== 0) return false;
  if (length < size + 2 || encoded[length - 1] !== 0xbc) return false;
  const masked = encoded.subarray(0, length - size - 1);
  const h = encoded.subarray(length - size - 1, length - 1);
  const unusedBits = 8 * length - bits;
  if (masked[0]! >> (8 - unusedBits) !== 0 && unusedBits > 0) return false;
  const block = xor(masked, mgf1(hash, h, masked.length));
  block[0]! &= 0xff >> unusedBits;
  const one = block.findIndex((byte) => byte !== 0);
  if (one < 0 || block[one] !== 1) return false;
  return equalBytes(hash(concatBytes(new Uint8Array(8), digest, block.subarray(one + 1))), h);
}

const EMPTY = new Uint8Array(0);

function mgf1(hash: Hash, seed: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  const input = concatBytes(seed, new Uint8Array(4));
  const counter = new DataView(input.buffer, seed.length);
  for (let offset = 0, block = 0; offset < length; offset += hash.outputLen, block++) {
    counter.setUint32(0, block);
    output.set(hash(input).subarray(0, length - offset), offset);
  }
  return output;
}

/** Size of a PSS block: one bit less than the modulus. */
function encodedSize({ n }: RsaPublic): { bits: number; length: number } {
  const bits = n.toString(2).length - 1;
  return { bits, length: Math.ceil(bits / 8) };
}

function raise({ n, e, length }: RsaPublic, block: Uint8Array): Uint8Array {
  return numberToBytesBE(pow(bytesToNumberBE(block), e, n), length);
}

function raisePrivate({ n, e, d, length }: RsaPrivate, block: Uint8Array): Uint8Array {
  const value = bytesToNumberBE(block);
  if (value >= n) throw coreError('envelope/undecryptable');
  const base = (bytesToNumberBE(randomBytes(length)) % (n - 3n)) + 2n;
  const blinded = pow((value * pow(base, e, n)) % n, d, n);
  const result = (blinded * invert(base, n)) % n;
  if (pow(result, e, n) !== value) throw coreError('key/invalid'); // a fault here would give the key away
  return numberToBytesBE(result, length);
}

function readPublic(spki: Uint8Array): RsaPublic {
  const outer = new DerReader(spki).enter(TAG.sequence);
  outer.read(TAG.sequence);
  const inner = new DerReader(outer.read(TAG.bitString).subarray(1)).enter(TAG.sequence);
  const modulus = readUnsigned(inner);
  return { n: bytesToNumberBE(modulus), e: bytesToNumberBE(readUnsigned(inner)), length: modulus.length };
}

function readPrivate(pkcs8: Uint8Array): RsaPrivate {
  const outer = new DerReader(pkcs8).enter(TAG.sequence);
  outer.integer();
  outer.read(TAG.sequence);
  const inner = new DerReader(outer.read(TAG.octetString)).enter(TAG.sequence);
  inner.integer();
  const modulus = readUnsigned(inner);
  const e = bytesToNumberBE(readUnsigned(inner));
  return { n: bytesToNumberBE(modulus), e, length: modulus.length, d: bytesToNumberBE(readUnsigned(inner)) };
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  const result = new Uint8Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i]! ^ b[i]!;
  return result;
}
