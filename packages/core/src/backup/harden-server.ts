/**
 * The service's half of brain key v3: it multiplies a blinded password by a scalar of its owner, and proves that it used the same scalar
 * as in the public key that it shows. Source: docs/spec/brain-key.md §4.
 */
import { applicationSecret, type BrainKeyOwner, derive, ownerTweak } from './installation-secret.ts';
import { decodePoint, encodePoint, Fn, type HardenedPoint, Point, proofChallenge } from './p256.ts';
import {
  type DrawBytes,
  drawScalar,
  multiplyMasked,
  SCALAR_SEED_LENGTH,
  seedToScalar,
  WINDOW_FOR_TWO,
} from './scalars.ts';
import { backupError } from './errors.ts';

export interface HardenOptions {
  /** 65 bytes. */
  readonly blindedPoint: Uint8Array;
  readonly scalar: bigint;
  readonly draw: DrawBytes;
}

/** The secret scalar of one owner. @throws `brain-key/short-secret` */
export function hardenScalar(secret: Uint8Array, owner: BrainKeyOwner): bigint {
  const seed = derive(applicationSecret(secret, owner.application), 'p256', ownerTweak(owner), SCALAR_SEED_LENGTH);
  return seedToScalar(seed, Fn.ORDER);
}

/** Point, public key and proof. @throws `brain-key/bad-point` */
export function harden({ blindedPoint, scalar, draw }: HardenOptions): HardenedPoint {
  const blinded = decodePoint(blindedPoint);
  if (!blinded) throw backupError('brain-key/bad-point');
  blinded.precompute(WINDOW_FOR_TWO);
  // The nonce of the proof is the mask as well: its multiples are needed anyway.
  const nonce = drawScalar(draw, Fn.ORDER);
  const onBase = multiplyMasked(Fn, { point: Point.BASE, secret: scalar, mask: nonce });
  const onBlinded = multiplyMasked(Fn, { point: blinded, secret: scalar, mask: nonce });
  const c = proofChallenge({
    serverPublicKey: onBase.bySecret,
    blinded,
    hardened: onBlinded.bySecret,
    commitments: [onBase.byMask, onBlinded.byMask],
  });
  return {
    hardenedPoint: encodePoint(onBlinded.bySecret),
    serverPublicKey: encodePoint(onBase.bySecret),
    proofC: Fn.toBytes(c),
    proofS: Fn.toBytes(Fn.sub(nonce, Fn.mul(c, scalar))),
  };
}
