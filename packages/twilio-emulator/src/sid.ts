/** SIDs: two letters and 32 hex digits, random, or derived where the same one is needed after a restart. */
import { createHash } from 'node:crypto';

/** `length` bytes from a random source. */
export type RandomBytes = (length: number) => Uint8Array;

export type SidPrefix = 'CH' | 'IM' | 'MB' | 'ME' | 'RL' | 'TM' | 'US' | 'WH';

export function createSid(prefix: SidPrefix, randomBytes: RandomBytes): string {
  return `${prefix}${Buffer.from(randomBytes(16)).toString('hex')}`;
}

export function deriveSid(prefix: 'ET' | 'ES' | 'MP' | 'RL', name: string): string {
  return `${prefix}${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}
