/**
 * The client's half of brain key v3: it blinds a password, checks that the service used the key that it shows, and takes the blinding off.
 * Source: docs/spec/brain-key.md §4.
 */
import { bytesToNumberBE } from '@noble/curves/utils.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '../encoding/bytes.ts';
import { decodePoint, encodePoint, Fn, Fp, type HardenedPoint, type P256Point, Point, proofChallenge } from './p256.ts';
import { checkPassword } from './password.ts';
import { type DrawBytes, drawScalar } from './scalars.ts';
import { backupError } from './errors.ts';

const { a: A, b: B } = Point.CURVE();
const ROOT_EXPONENT = (Fp.ORDER + 1n) / 4n;
const SCALAR_LENGTH = 32;
const SEED_INFO = utf8ToBytes('e3kit-backup');

export interface BlindedPoint {
  /** For the service, 65 bytes. */
  readonly blindedPoint: Uint8Array;
  /** For `unblind`, to be kept from everybody. 32 bytes. */
  readonly secret: Uint8Array;
}

/** A password times a fresh random number. @throws `brain-key/password-length` */
export function blindPoint(password: Uint8Array, draw: DrawBytes): BlindedPoint {
  checkPassword(password);
  const factor = drawScalar(draw, Fn.ORDER);
  return { blindedPoint: encodePoint(hashToPoint(password).multiply(factor)), secret: Fn.toBytes(Fn.inv(factor)) };
}

/**
 * The password times the key of the service, 65 bytes. The proof shows that this key is the one of `serverPublicKey`, not whose it is.
 * @throws `brain-key/bad-answer`
 */
export function unblindPoint({ blindedPoint, secret }: BlindedPoint, answer: HardenedPoint): Uint8Array {
  const blinded = decodePoint(blindedPoint);
  const hardened = decodePoint(answer.hardenedPoint);
  const serverPublicKey = decodePoint(answer.serverPublicKey);
  const c = decodeScalar(answer.proofC);
  const s = decodeScalar(answer.proofS);
  if (!blinded || !hardened || !serverPublicKey || !c || !s) throw backupError('brain-key/bad-answer');

  // All of this is known to the service: `multiplyUnsafe`, whose time depends on the numbers, tells nobody anything.
  const onBase = Point.BASE.multiplyUnsafe(s).add(serverPublicKey.multiplyUnsafe(c));
  const onBlinded = blinded.multiplyUnsafe(s).add(hardened.multiplyUnsafe(c));
  if (onBase.is0() || onBlinded.is0()) throw backupError('brain-key/bad-answer');
  const commitments = [onBase, onBlinded] as const;
  if (proofChallenge({ serverPublicKey, blinded, hardened, commitments }) !== c)
    throw backupError('brain-key/bad-answer');
  return encodePoint(hardened.multiply(Fn.fromBytes(secret)));
}

/** The seed of the brain key, 32 bytes. The password enters a second time, as the salt. */
export function hardenedSeed(password: Uint8Array, unblindedPoint: Uint8Array): Uint8Array {
  return hkdf(sha512, unblindedPoint, password, SEED_INFO, 32);
}

/** The simplified SWU map with Z = −1, once, of half a SHA-512; the root as it comes. Not the hash of RFC 9380. */
function hashToPoint(password: Uint8Array): P256Point {
  const t = Fp.create(bytesToNumberBE(sha512(password).subarray(0, 32)));
  const alpha = Fp.neg(Fp.sqr(t));
  const first = Fp.mul(Fp.div(Fp.neg(B), A), Fp.add(1n, Fp.inv(Fp.add(Fp.sqr(alpha), alpha))));
  return pointAt(first) ?? pointAt(Fp.mul(alpha, first))!; // one of the two is on the curve
}

function pointAt(x: bigint): P256Point | undefined {
  const square = Fp.add(Fp.mul(Fp.add(Fp.sqr(x), A), x), B);
  const y = Fp.pow(square, ROOT_EXPONENT);
  return Fp.eql(Fp.sqr(y), square) ? Point.fromAffine({ x, y }) : undefined;
}

/** From 1 to n − 1 in 32 bytes; undefined for anything else. */
function decodeScalar(bytes: Uint8Array): bigint | undefined {
  if (bytes.length !== SCALAR_LENGTH) return undefined;
  const scalar = bytesToNumberBE(bytes);
  return Fn.isValidNot0(scalar) ? scalar : undefined;
}
