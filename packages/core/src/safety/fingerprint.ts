/**
 * A user's fingerprint: one hash over public key, application and identity, by Signal's construction, slow on purpose so
 * that keys with a look-alike are dear to search for. Source: docs/spec/safety-number.md §1.
 */
import { concatBytes, utf8ToBytes } from '../encoding/bytes.ts';
import type { PublicKey } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';

/** The two fingerprints that are compared, 32 bytes each, as one of the two users sees them. */
export interface FingerprintPair {
  readonly own: Uint8Array;
  readonly peer: Uint8Array;
}

const ITERATIONS = 5200;
/** A few milliseconds of hashing. Waiting for digests alone gives a page no turn: browsers settle those of short data at once. */
const ITERATIONS_PER_TURN = 260;
const LENGTH = 32;
/** Signal's number of this construction, and what keeps our users apart from anybody else's. */
const VERSION = Uint8Array.of(0, 0);
const CONTEXT = utf8ToBytes('sotto-safety-number-v1\0');

/** 32 bytes. A user of another application, with another name or another key has another one. */
export async function fingerprintOf(
  provider: CryptoProvider,
  { publicKey, appId, identity }: { readonly publicKey: PublicKey; readonly appId: string; readonly identity: string },
): Promise<Uint8Array> {
  const application = utf8ToBytes(appId);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, application.length);
  const stableIdentifier = concatBytes(CONTEXT, length, application, utf8ToBytes(identity));
  return iterateHash(provider, publicKey.exportDer(), stableIdentifier);
}

/** Signal's numeric fingerprint, version 0, of any key and any name. Whatever else waits to run gets its turn in between. */
export async function iterateHash(
  provider: CryptoProvider,
  key: Uint8Array,
  stableIdentifier: Uint8Array,
): Promise<Uint8Array> {
  let digest = concatBytes(VERSION, key, stableIdentifier);
  for (let i = 0; i < ITERATIONS; i++) {
    if (i % ITERATIONS_PER_TURN === 0) await nextTurn();
    digest = await provider.hash('SHA-512', concatBytes(digest, key));
  }
  return digest.slice(0, LENGTH);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
