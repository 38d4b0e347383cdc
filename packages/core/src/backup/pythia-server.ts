/**
 * The service's half of Pythia: it raises a blinded password to a key that it alone has, and learns nothing of the password.
 * Source: docs/spec/brain-key.md §3.
 */
import type { Fp2 } from '@noble/curves/abstract/tower.js';
import type { WeierstrassPoint } from '@noble/curves/abstract/weierstrass.js';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { bytesToNumberBE } from '@noble/curves/utils.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha384 } from '@noble/hashes/sha2.js';
import { concatBytes } from '../encoding/bytes.ts';
import { Field2, Field12, Fp, Fr, squareRoot } from './bls.ts';
import { decodeG1, encodeGt } from './pythia-format.ts';
import { type DrawBytes, drawScalar, multiplyMasked, WINDOW_FOR_TWO } from './scalars.ts';
import { backupError } from './errors.ts';

const G2 = bls12_381.G2.Point;
const HALF = Fp.inv(2n);
/** b of G2: y² = x³ + 4·(1 + u). */
const CONSTANT: Fp2 = { c0: 4n, c1: 4n };

export interface PythiaKeyParts {
  readonly secret: Uint8Array;
  readonly scopeSecret: Uint8Array;
  readonly keyId: Uint8Array;
}

/** The key of a service, the one that the official `computeTransformationKeyPair` makes of the same parts. */
export function pythiaPrivateKey({ secret, scopeSecret, keyId }: PythiaKeyParts): bigint {
  return Fr.create(bytesToNumberBE(hmac(sha384, secret, concatBytes(scopeSecret, keyId))));
}

export interface TransformOptions {
  readonly blindedPassword: Uint8Array;
  readonly privateKey: bigint;
  /** Whose password it is. */
  readonly tweak: Uint8Array;
  readonly draw: DrawBytes;
}

/** The transformed password, 384 bytes: the same for one password, key and tweak whatever is drawn. @throws `brain-key/bad-point` */
export function transform({ blindedPassword, privateKey, tweak, draw }: TransformOptions): Uint8Array {
  const point = decodeG1(blindedPassword);
  if (!point) throw backupError('brain-key/bad-point');
  point.precompute(WINDOW_FOR_TWO);
  const { bySecret } = multiplyMasked(Fr, { point, secret: privateKey, mask: drawScalar(draw, Fr.ORDER) });
  const { x, y } = bySecret.toAffine();
  // As noble's `pairing`, without its checks of both points: one was checked above, the other is made to be in its group.
  const lines = bls12_381.utils.calcPairingPrecomputes(hashToG2(tweak));
  return encodeGt(Field12.finalExponentiate(bls12_381.millerLoopBatch([[lines, x, y]])));
}

/** By trial: from the hash upwards, the first x + 0·u that is on the curve; then into the subgroup. Not the hash of RFC 9380. */
function hashToG2(message: Uint8Array): WeierstrassPoint<Fp2> {
  for (let x = Fp.create(bytesToNumberBE(sha384(message))); ; x = Fp.add(x, 1n)) {
    const y = squareRootInFp2(Field2.add(CONSTANT, { c0: Fp.mul(Fp.sqr(x), x), c1: 0n }));
    if (y) return new G2({ c0: x, c1: 0n }, y, Field2.ONE).clearCofactor();
  }
}

/** The root whose real part is a square in Fp; undefined for what has none. For values that are not real. */
function squareRootInFp2({ c0: real, c1: imaginary }: Fp2): Fp2 | undefined {
  const norm = squareRoot(Fp.add(Fp.sqr(real), Fp.sqr(imaginary)));
  if (norm === undefined) return undefined;
  // Of the two candidates for the square of the real part one is a square, as their product is −(imaginary / 2)².
  const candidate = Fp.mul(Fp.add(real, norm), HALF);
  const root = (squareRoot(candidate) ?? squareRoot(Fp.sub(candidate, norm)))!;
  return { c0: root, c1: Fp.div(Fp.mul(imaginary, HALF), root) };
}
