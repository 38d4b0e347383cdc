/**
 * A key from a passphrase, by Argon2id (RFC 9106): the same for key stores on Node and in browsers, and for exported key
 * rings. Source: docs/spec/key-store.md §2.3.
 */
import { utf8ToBytes } from '@sotto/core';

/** How much work each guess costs. */
export interface PassphraseCost {
  /** 19,456 to 1,048,576. */
  readonly memoryKiB: number;
  /** 2 to 16. */
  readonly passes: number;
}

export interface Passphrase {
  /** Not empty. Weak ones can be guessed by whoever has a copy of the store. */
  readonly passphrase: string;
  /** For a new store; what an existing one says counts for that. The least is the default: 19,456 KiB, 2 passes. */
  readonly cost?: PassphraseCost | undefined;
}

export interface PassphraseChange extends Passphrase {
  readonly newPassphrase: string;
}

/** OWASP's choice for Argon2id with one lane (as of 2026-08), and the least that is written or read. */
export const LEAST_COST: PassphraseCost = { memoryKiB: 19_456, passes: 2 };
/** What a foreign head or file can make a device spend. */
const GREATEST_COST: PassphraseCost = { memoryKiB: 2 ** 20, passes: 16 };

export const LANES = 1;
export const SALT_LENGTH = 16;
const KEY_LENGTH = 32;

export function isCostInBounds({ memoryKiB, passes }: PassphraseCost): boolean {
  return (
    isWithin(memoryKiB, LEAST_COST.memoryKiB, GREATEST_COST.memoryKiB) &&
    isWithin(passes, LEAST_COST.passes, GREATEST_COST.passes)
  );
}

/** Not below either of both in anything. */
export function strongerCost(a: PassphraseCost, b: PassphraseCost): PassphraseCost {
  return { memoryKiB: Math.max(a.memoryKiB, b.memoryKiB), passes: Math.max(a.passes, b.passes) };
}

/**
 * 32 bytes. The hash is loaded when it is needed. With noble 2.0 its pauses let other promises go on, and neither timers nor
 * a page's drawing: a page that must not stand still has it done in a worker.
 */
export async function derivePassphraseKey(
  passphrase: string,
  salt: Uint8Array,
  { memoryKiB, passes }: PassphraseCost,
): Promise<Uint8Array> {
  const { argon2idAsync } = await import('@noble/hashes/argon2.js');
  // NFC, so that a passphrase is the same whichever keyboard typed it (RFC 8265 §4.2.2).
  const bytes = utf8ToBytes(passphrase.normalize('NFC'));
  return argon2idAsync(bytes, salt, { m: memoryKiB, t: passes, p: LANES, dkLen: KEY_LENGTH });
}

function isWithin(value: number, least: number, greatest: number): boolean {
  return Number.isInteger(value) && value >= least && value <= greatest;
}
