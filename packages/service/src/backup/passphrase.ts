/**
 * A passphrase as a reader of a backup: Argon2id (RFC 9106) makes key material of it, and that a key pair. So a backup under a
 * passphrase is a message like any other. Source: docs/spec/service-backup.md §2.
 */

import { type CryptoProvider, type KeyPair, keyPairFromMaterial, utf8ToBytes } from '@sotto/core';

/** What each guess costs; in the head of the file, since it has to be known before anything can be opened. */
export interface PassphraseCost {
  readonly memoryKiB: number;
  readonly passes: number;
}

/** The second recommendation of RFC 9106 §4, with one lane: some two seconds, once per backup. */
export const PASSPHRASE_COST: PassphraseCost = { memoryKiB: 65_536, passes: 3 };
/** What a foreign file can make us spend before it is known to be good. */
const GREATEST_COST: PassphraseCost = { memoryKiB: 2 ** 20, passes: 16 };
/** OWASP's least for Argon2id (as of 2026-08). */
export const LEAST_COST: PassphraseCost = { memoryKiB: 19_456, passes: 2 };

export const SALT_LENGTH = 16;
const MATERIAL_LENGTH = 32;

export function isReasonableCost({ memoryKiB, passes }: PassphraseCost): boolean {
  return (
    isWithin(memoryKiB, LEAST_COST.memoryKiB, GREATEST_COST.memoryKiB) &&
    isWithin(passes, LEAST_COST.passes, GREATEST_COST.passes)
  );
}

export async function keyPairFromPassphrase(
  provider: CryptoProvider,
  { passphrase, salt, cost }: { readonly passphrase: string; readonly salt: Uint8Array; readonly cost: PassphraseCost },
): Promise<KeyPair> {
  const { argon2idAsync } = await import('@noble/hashes/argon2.js');
  // NFC, so that a passphrase is the same whichever keyboard typed it (RFC 8265 §4.2.2).
  const bytes = utf8ToBytes(passphrase.normalize('NFC'));
  const { memoryKiB: m, passes: t } = cost;
  return keyPairFromMaterial(provider, await argon2idAsync(bytes, salt, { m, t, p: 1, dkLen: MATERIAL_LENGTH }));
}

function isWithin(value: number, least: number, greatest: number): boolean {
  return Number.isInteger(value) && value >= least && value <= greatest;
}
