/**
 * The safety number of two users, as digits and as words to read out. Both users see the same one, since the halves are put
 * in order. Source: docs/spec/safety-number.md §2.
 */
import { bytesToHex } from '../encoding/text.ts';
import type { FingerprintPair } from './fingerprint.ts';

const GROUPS = 6;
const BYTES_PER_GROUP = 5;
const WORDS = 10;
const BITS_PER_WORD = 11n;

/** 60 digits in 12 groups of five, with a space between groups. */
export function safetyDigits({ own, peer }: FingerprintPair): string {
  return joinHalves(digitsOf(own), digitsOf(peer));
}

/** 20 English words with a space between them; each half says more than its digits. The list of words is loaded when it is used. */
export async function safetyWords({ own, peer }: FingerprintPair): Promise<string> {
  const { listWords } = await import('./word-list.ts');
  const list = listWords();
  return joinHalves(wordsOf(own, list), wordsOf(peer, list));
}

function joinHalves(a: string, b: string): string {
  return [a, b].sort().join(' ');
}

function digitsOf(fingerprint: Uint8Array): string {
  const groups = Array.from({ length: GROUPS }, (_, index) => {
    const bytes = fingerprint.subarray(index * BYTES_PER_GROUP, (index + 1) * BYTES_PER_GROUP);
    const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0); // below 2^40: exact
    return String(number % 100_000).padStart(5, '0');
  });
  return groups.join(' ');
}

/** One word for every 11 bits, the first bits first. */
function wordsOf(fingerprint: Uint8Array, list: readonly string[]): string {
  const bits = BigInt(`0x${bytesToHex(fingerprint)}`);
  const end = BigInt(fingerprint.length * 8);
  const words = Array.from({ length: WORDS }, (_, index) => {
    const shift = end - BigInt(index + 1) * BITS_PER_WORD;
    return list[Number(BigInt.asUintN(Number(BITS_PER_WORD), bits >> shift))]!;
  });
  return words.join(' ');
}
