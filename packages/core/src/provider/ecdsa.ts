/**
 * ECDSA signatures on P-256 in their two forms: DER `SEQ{INT r, INT s}`, as messages and cards hold them, and r ‖ s of 32 bytes
 * each, as Web Crypto does.
 */
import { equalBytes } from '../encoding/bytes.ts';
import { DerReader, derSequence, derUnsigned, readUnsigned, TAG } from '../encoding/der.ts';

const LENGTH = 32;

export function rawToDer(raw: Uint8Array): Uint8Array {
  return derSequence(derUnsigned(raw.subarray(0, LENGTH)), derUnsigned(raw.subarray(LENGTH)));
}

/** Undefined for what is no such signature, in whatever way. */
export function derToRaw(signature: Uint8Array): Uint8Array | undefined {
  try {
    const whole = new DerReader(signature);
    const pair = whole.enter(TAG.sequence);
    whole.end();
    const numbers = [readUnsigned(pair), readUnsigned(pair)];
    pair.end();
    if (numbers.some(({ length }) => length > LENGTH)) return undefined;
    const raw = new Uint8Array(2 * LENGTH);
    numbers.forEach((number, index) => raw.set(number, (index + 1) * LENGTH - number.length));
    // One encoding for one signature: lengths in a longer form are refused, as the other adapters do.
    return equalBytes(rawToDer(raw), signature) ? raw : undefined;
  } catch {
    return undefined;
  }
}
