/** Secret scalars, for both curves: how one is drawn or derived, and how a server multiplies a point that somebody sent by one. */
import { type IField, mapHashToField } from '@noble/curves/abstract/modular.js';
import type { WeierstrassPoint } from '@noble/curves/abstract/weierstrass.js';
import { bytesToNumberBE } from '@noble/curves/utils.js';

/** As many random bytes as asked for. */
export type DrawBytes = (length: number) => Uint8Array;

/** 128 bits more than a scalar has, so that what remains of them is as good as uniform. */
export const SCALAR_SEED_LENGTH = 48;

/** For `precompute` of a point that two scalars are to multiply: the width at which one table for both costs least. */
export const WINDOW_FOR_TWO = 2;

/** From 1 to order − 1: the seed, a big-endian number, modulo order − 1, plus 1. */
export function seedToScalar(seed: Uint8Array, order: bigint): bigint {
  return bytesToNumberBE(mapHashToField(seed, order));
}

export function drawScalar(draw: DrawBytes, order: bigint): bigint {
  return seedToScalar(draw(SCALAR_SEED_LENGTH), order);
}

/**
 * `mask · point` and `secret · point`, the latter as `(secret + mask) · point − mask · point`. The mask is drawn for this call alone, so
 * each of the two scalars that are multiplied is uniform, whatever the secret and the point are: times that are measured over many
 * calls say nothing of the secret, and no point can be chosen to provoke a slow step of it. noble takes the same steps for every scalar,
 * too, but its bigints are not constant-time. Not protected: who sees into one call (its memory or caches) sees both scalars.
 */
export function multiplyMasked(
  scalars: IField<bigint>,
  { point, secret, mask }: { readonly point: WeierstrassPoint<bigint>; readonly secret: bigint; readonly mask: bigint },
): { readonly byMask: WeierstrassPoint<bigint>; readonly bySecret: WeierstrassPoint<bigint> } {
  const byMask = point.multiply(mask);
  return { byMask, bySecret: point.multiply(scalars.add(secret, mask)).subtract(byMask) };
}
