/** Randomness for the tests of this folder that has to give one scalar. */
import { numberToBytesBE } from '@noble/curves/utils.js';
import type { DrawBytes } from './scalars.ts';

/** Draws the seed of this scalar, which is from 1 to the order − 1. */
export function fixedScalar(scalar: bigint): DrawBytes {
  return (length) => numberToBytesBE(scalar - 1n, length);
}
