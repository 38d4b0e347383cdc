/** The AlgorithmIdentifiers of keys and hashes, complete encodings. Whether a NULL stands in them is part of the bytes. Source: docs/spec/keys.md. */
import { compareBytes } from '../encoding/bytes.ts';
import { DerReader, TAG } from '../encoding/der.ts';
import { hexToBytes } from '../encoding/text.ts';
import type { HashName } from '../provider/port.ts';

export const ALGORITHM = {
  ed25519: hexToBytes('300506032b6570'),
  x25519: hexToBytes('300506032b656e'),
  p256: hexToBytes('301306072a8648ce3d020106082a8648ce3d030107'),
  rsa: hexToBytes('300d06092a864886f70d0101010500'),
  /** X25519 for agreement and Ed25519 for signing. */
  compound: hexToBytes('301c060a2b0601040183ac1b0101300e300506032b656e300506032b6570'),
} as const;

export const HASH_ALGORITHM: Record<HashName, Uint8Array> = {
  'SHA-224': hexToBytes('300d06096086480165030402040500'),
  'SHA-256': hexToBytes('300d06096086480165030402010500'),
  'SHA-384': hexToBytes('300d06096086480165030402020500'),
  'SHA-512': hexToBytes('300d06096086480165030402030500'),
};

const COMPOUND_OID = hexToBytes('2b0601040183ac1b0101');
const HYBRID_OID = hexToBytes('2b0601040183ac1b0102');

/**
 * Whether an AlgorithmIdentifier is a compound whose signer is a hybrid that begins with Ed25519, whatever stands
 * beside it: Falcon today, with Round5 or ML-KEM-768 on the side that encrypts.
 */
export function isPostQuantum(algorithm: Uint8Array): boolean {
  const outer = new DerReader(algorithm).enter(TAG.sequence);
  if (compareBytes(outer.read(TAG.oid), COMPOUND_OID) !== 0) return false;
  const pair = outer.enter(TAG.sequence);
  outer.end();
  pair.element(TAG.sequence);
  const signer = pair.enter(TAG.sequence);
  pair.end();
  if (compareBytes(signer.read(TAG.oid), HYBRID_OID) !== 0) return false;
  const halves = signer.enter(TAG.sequence);
  signer.end();
  return compareBytes(halves.element(TAG.sequence), ALGORITHM.ed25519) === 0;
}

/** The two byte strings of a compound key, copies. @throws `encoding/der` */
export function readCompound(content: Uint8Array): { cipher: Uint8Array; signer: Uint8Array } {
  const whole = new DerReader(content);
  const pair = whole.enter(TAG.sequence);
  whole.end();
  const cipher = pair.read(TAG.octetString).slice();
  const signer = pair.read(TAG.octetString).slice();
  pair.end();
  return { cipher, signer };
}
