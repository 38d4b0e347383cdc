/**
 * The client's half of Pythia: it blinds a password so that the service can raise it to its key without learning it, and takes the blinding
 * off the answer. Source: docs/spec/brain-key.md §3.
 */
import { bytesToNumberBE } from '@noble/curves/utils.js';
import { sha384 } from '@noble/hashes/sha2.js';
import { curveEquation, Fp, Fr, G1, type PointG1, powerInGt, squareRoot } from './bls.ts';
import { checkPassword } from './password.ts';
import { decodeGt, decodeScalar, encodeG1, encodeGt, encodeScalar } from './pythia-format.ts';
import { type DrawBytes, drawScalar } from './scalars.ts';
import { backupError } from './errors.ts';

export interface BlindedPassword {
  /** For the service, 49 bytes. */
  readonly blindedPassword: Uint8Array;
  /** For `deblind`, to be kept from everybody. At most 33 bytes, in the form of the official clients. */
  readonly secret: Uint8Array;
}

/** A password times a fresh random number. @throws `brain-key/password-length` */
export function blind(password: Uint8Array, draw: DrawBytes): BlindedPassword {
  checkPassword(password);
  const factor = drawScalar(draw, Fr.ORDER);
  const blindedPassword = encodeG1(hashToG1(password).multiply(factor));
  return { blindedPassword, secret: encodeScalar(Fr.inv(factor)) };
}

/**
 * The seed of the brain key, 384 bytes: the same for the same password however it was blinded.
 * @throws `brain-key/bad-answer`, `brain-key/bad-secret`
 */
export function deblind(transformedPassword: Uint8Array, secret: Uint8Array): Uint8Array {
  const inverse = decodeScalar(secret);
  if (inverse === undefined) throw backupError('brain-key/bad-secret');
  const element = decodeGt(transformedPassword);
  if (!element) throw backupError('brain-key/bad-answer');
  return encodeGt(powerInGt(element, inverse));
}

/** By trial: from the hash upwards, the first x that is on the curve; then times the whole cofactor. Not the hash of RFC 9380. */
function hashToG1(message: Uint8Array): PointG1 {
  for (let x = Fp.create(bytesToNumberBE(sha384(message))); ; x = Fp.add(x, 1n)) {
    const y = squareRoot(curveEquation(x));
    if (y !== undefined) return new G1(x, y, Fp.ONE).multiplyUnsafe(G1.CURVE().h);
  }
}
