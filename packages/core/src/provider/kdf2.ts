/** KDF2 of ISO/IEC 18033-2: H(Z ‖ 1) ‖ H(Z ‖ 2) ‖ …, counter of four bytes, big-endian. */
export function kdf2(hash: (data: Uint8Array) => Uint8Array, secret: Uint8Array, length: number): Uint8Array {
  const input = new Uint8Array(secret.length + 4);
  input.set(secret);
  const counter = new DataView(input.buffer, secret.length);
  const output = new Uint8Array(length);
  for (let offset = 0, block = 1; offset < length; block++) {
    counter.setUint32(0, block);
    const digest = hash(input);
    output.set(digest.subarray(0, Math.min(digest.length, length - offset)), offset);
    offset += digest.length;
  }
  return output;
}

/** Keys of an ECIES envelope from the shared secret: 32 bytes that encrypt and 48 that authenticate. `hash` is SHA-384. */
export function deriveEciesKeys(
  hash: (data: Uint8Array) => Uint8Array,
  secret: Uint8Array,
): { encryption: Uint8Array; mac: Uint8Array } {
  const derived = kdf2(hash, secret, 80);
  return { encryption: derived.subarray(0, 32), mac: derived.subarray(32) };
}
