/**
 * Signatures: `SEQ{ AlgId hash, OCTET STRING raw }`, the hash SHA-512 when written; SHA-224, -256 and -384 are read too.
 * Ed25519 signs the digest of the data, not the data. Source: docs/spec/signature.md.
 */
import { compareBytes } from '../encoding/bytes.ts';
import { DerReader, derOctets, derSequence, TAG } from '../encoding/der.ts';
import { coreError } from '../errors.ts';
import { HASH_ALGORITHM } from '../keys/algorithms.ts';
import type { PrivateKey, PublicKey } from '../keys/key.ts';
import type { CryptoProvider, HashName } from '../provider/port.ts';

export interface ParsedSignature {
  readonly hash: HashName;
  readonly raw: Uint8Array;
}

/** Signs `data`; 83 bytes with an Ed25519 key. @throws `key/cannot-sign` */
export async function sign(provider: CryptoProvider, key: PrivateKey, data: Uint8Array): Promise<Uint8Array> {
  return encodeSignature({ hash: 'SHA-512', raw: await signRaw(provider, key, data) });
}

/** The bare signature over SHA-512 of `data`, as the footer of a message holds it. @throws `key/cannot-sign` */
export async function signRaw(provider: CryptoProvider, key: PrivateKey, data: Uint8Array): Promise<Uint8Array> {
  const { signing } = key.parts;
  if (!signing) throw coreError('key/cannot-sign');
  return provider.sign(signing, 'SHA-512', data);
}

/** Whether `signature` is by `key` over `data`; false for a key that cannot sign. @throws `signature/malformed` */
export async function verify(
  provider: CryptoProvider,
  key: PublicKey,
  data: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  return verifyRaw(provider, key, data, parseSignature(signature));
}

export async function verifyRaw(
  provider: CryptoProvider,
  key: PublicKey,
  data: Uint8Array,
  { hash, raw }: ParsedSignature,
): Promise<boolean> {
  const { signing } = key.parts;
  return signing !== undefined && provider.verify(signing, hash, data, raw);
}

/**
 * Checks the Ed25519 half of a signature by a post-quantum compound, `raw` = `SEQ{OCT ed25519, OCT falcon}`. For the
 * service, which stores cards of official clients with such keys; it says nothing about the other half.
 * @throws `signature/malformed`
 */
export async function verifyEd25519Half(
  provider: CryptoProvider,
  key: PublicKey,
  data: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const { ed25519Half } = key.parts;
  if (!ed25519Half) return false;
  const { hash, raw } = parseSignature(signature);
  return provider.verify(ed25519Half, hash, data, readHalf(raw));
}

export function encodeSignature({ hash, raw }: ParsedSignature): Uint8Array {
  return derSequence(HASH_ALGORITHM[hash], derOctets(raw));
}

/** @throws `signature/malformed` */
export function parseSignature(signature: Uint8Array): ParsedSignature {
  try {
    const outer = new DerReader(signature).enter(TAG.sequence); // the original ignores what follows the signature
    const hash = readHashAlgorithm(outer.element(TAG.sequence));
    const raw = outer.read(TAG.octetString);
    outer.end();
    return { hash, raw };
  } catch (cause) {
    throw coreError('signature/malformed', { cause });
  }
}

/** Each hash under both forms of its AlgorithmIdentifier: as it is written, and without the NULL. The usual one first. */
const HASH_FORMS = (['SHA-512', 'SHA-256', 'SHA-384', 'SHA-224'] as const).flatMap((hash) => {
  const complete = HASH_ALGORITHM[hash];
  return [complete, derSequence(complete.subarray(2, -2))].map((form) => ({ hash, form }));
});

/** The hash that an AlgorithmIdentifier names; its NULL may be missing. @throws `encoding/der` */
export function readHashAlgorithm(algorithm: Uint8Array): HashName {
  const found = HASH_FORMS.find(({ form }) => compareBytes(form, algorithm) === 0);
  if (!found) throw coreError('encoding/der');
  return found.hash;
}

function readHalf(raw: Uint8Array): Uint8Array {
  try {
    const whole = new DerReader(raw);
    const pair = whole.enter(TAG.sequence);
    whole.end();
    const half = pair.read(TAG.octetString);
    pair.read(TAG.octetString);
    pair.end();
    return half;
  } catch (cause) {
    throw coreError('signature/malformed', { cause });
  }
}
