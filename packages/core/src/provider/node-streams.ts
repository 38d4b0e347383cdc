/** The part of node:crypto that works in pieces. Synchronous inside, as `node.ts` is. */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { coreError } from '../errors.ts';
import type { StreamProvider } from './port.ts';

const TAG_LENGTH = 16;

export const nodeStreams: StreamProvider = {
  createHash(algorithm) {
    const hash = createHash(algorithm.replace('-', ''));
    return {
      update: async (piece) => void hash.update(piece),
      finish: async () => new Uint8Array(hash.digest()),
    };
  },

  async createEncryption({ key, nonce, aad }) {
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_LENGTH });
    if (aad) cipher.setAAD(aad);
    return {
      update: async (piece) => asPlain(cipher.update(piece)),
      async finish() {
        cipher.final(); // empty: GCM holds nothing back
        return new Uint8Array(cipher.getAuthTag());
      },
    };
  },

  async createDecryption({ key, nonce, aad }) {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_LENGTH });
    if (aad) decipher.setAAD(aad);
    return {
      update: async (piece) => asPlain(decipher.update(piece)),
      async finish(tag) {
        try {
          decipher.setAuthTag(tag);
          return asPlain(decipher.final());
        } catch {
          throw coreError('envelope/undecryptable');
        }
      },
    };
  },
};

/** The same memory as a plain Uint8Array: what a cipher gives out has memory of its own. */
function asPlain({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
