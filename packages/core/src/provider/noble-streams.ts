/** The part of noble that works in pieces. It pauses now and then, so that a page that has nothing faster stays alive. */
import { ctr } from '@noble/ciphers/aes.js';
import { BLOCK, createGcmDecryption, createGcmEncryption, type GcmParts } from './gcm-streams.ts';
import { createNobleGhash, createNobleHash } from './noble-pieces.ts';
import type { StreamProvider } from './port.ts';

const PAUSE_EVERY = 128 * 1024;

export const nobleStreams: StreamProvider = {
  createHash(algorithm) {
    const hash = createNobleHash(algorithm);
    let sincePause = 0;
    return {
      async update(piece) {
        await hash.update(piece);
        sincePause += piece.length;
        if (sincePause < PAUSE_EVERY) return;
        sincePause = 0;
        await new Promise((resolve) => {
          setTimeout(resolve);
        });
      },
      finish: () => hash.finish(),
    };
  },
  createEncryption: (options) => createGcmEncryption(createParts(options.key), options),
  createDecryption: (options) => createGcmDecryption(createParts(options.key), options),
};

function createParts(givenKey: Uint8Array): GcmParts {
  const key = givenKey.slice(); // the caller may wipe its own
  const block = new Uint8Array(BLOCK);
  return {
    count: async (counter, bytes) => ctr(key, counter).encrypt(bytes),
    ghash: createNobleGhash(ctr(key, block).encrypt(block)),
  };
}
