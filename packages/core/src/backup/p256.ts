/**
 * What brain key v3 says over P-256: uncompressed points, scalars of 32 bytes, and the challenge of its proof.
 * Source: docs/spec/brain-key.md §4.
 */
import type { WeierstrassPoint } from '@noble/curves/abstract/weierstrass.js';
import { p256 } from '@noble/curves/nist.js';
import { bytesToNumberBE } from '@noble/curves/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '../encoding/bytes.ts';

export const { Fp, Fn } = p256.Point;
export const Point = p256.Point;
export type P256Point = WeierstrassPoint<bigint>;

export const POINT_LENGTH = 65;

export function encodePoint(point: P256Point): Uint8Array {
  return point.toBytes(false);
}

/** A point of the curve from 04, x and y; undefined for anything else. The curve has no other subgroup. */
export function decodePoint(bytes: Uint8Array): P256Point | undefined {
  if (bytes.length !== POINT_LENGTH) return undefined; // noble reads compressed points as well
  try {
    return Point.fromBytes(bytes);
  } catch {
    return undefined;
  }
}

/** What a service answers. */
export interface HardenedPoint {
  /** 65 bytes, as the next. */
  readonly hardenedPoint: Uint8Array;
  readonly serverPublicKey: Uint8Array;
  /** 32 bytes, as the next. */
  readonly proofC: Uint8Array;
  readonly proofS: Uint8Array;
}

export interface ProofPoints {
  readonly serverPublicKey: P256Point;
  readonly blinded: P256Point;
  readonly hardened: P256Point;
  /** `nonce · G` and `nonce · blinded`, as the server drew or the client recomputes them. */
  readonly commitments: readonly [P256Point, P256Point];
}

/** The challenge c of the proof that one scalar made `hardened` of `blinded` and `serverPublicKey` of G. */
export function proofChallenge({ serverPublicKey, blinded, hardened, commitments }: ProofPoints): bigint {
  const points = [serverPublicKey, blinded, hardened, ...commitments];
  return Fn.create(bytesToNumberBE(sha256(concatBytes(...points.map(encodePoint)))));
}
