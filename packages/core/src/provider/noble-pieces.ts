/** What noble hashes piece by piece, where a platform's own call wants all at once. */
import { ghash } from '@noble/ciphers/_polyval.js';
import type { Ghash } from './gcm-streams.ts';
import { NOBLE_HASH } from './noble-hashes.ts';
import type { HashName, HashStream } from './port.ts';

const MANY_BYTES = 1024 * 1024; // makes noble prepare a table that pays from some kilobytes on

export function createNobleHash(algorithm: HashName): HashStream {
  const hash = NOBLE_HASH[algorithm].create();
  return {
    update: async (piece) => void hash.update(piece),
    finish: async () => hash.digest(),
  };
}

export function createNobleGhash(h: Uint8Array): Ghash {
  const hash = ghash.create(h, MANY_BYTES);
  return {
    update: async (blocks) => void hash.update(blocks),
    finish: async (lengths) => hash.update(lengths).digest(),
  };
}
