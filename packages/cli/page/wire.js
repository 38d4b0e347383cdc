/** The way from one pane to the other: ciphertext in base64, which this page carries. */

/** Flips one bit of a byte, as a meddler on the way could, and says which. */
export function flipByte(wire) {
  const bytes = Uint8Array.from(atob(wire), (character) => character.charCodeAt(0));
  const at = bytes.length - 1;
  const before = bytes[at];
  bytes[at] ^= 1;
  const change = `byte ${at + 1} of ${bytes.length}, from ${toHex(before)} to ${toHex(bytes[at])}`;
  return { wire: btoa(String.fromCharCode(...bytes)), change };
}

export function countBytes(wire) {
  return atob(wire).length;
}

function toHex(byte) {
  return byte.toString(16).padStart(2, '0');
}
