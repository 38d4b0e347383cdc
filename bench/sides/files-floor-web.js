/**
 * The primitives alone, in a page: AES-CTR of Web Crypto, and SHA-512 and GHASH of noble, since Web Crypto has them in one go only. One
 * after the other for each piece.
 */
import { ghash } from '@noble/ciphers/_polyval.js';
import { sha512 } from '@noble/hashes/sha2.js';

const { subtle } = globalThis.crypto;
const H = new Uint8Array(16).fill(3);
const MANY = 1 << 20; // lets noble prepare its larger table

export async function createWebFilesFloor() {
  const key = await subtle.importKey('raw', new Uint8Array(32), 'AES-CTR', false, ['encrypt']);
  return async (pieces) => {
    const run = async (hashesOutput) => {
      const [hash, mac] = [sha512.create(), ghash.create(H, MANY)];
      const counter = new Uint8Array(16);
      const view = new DataView(counter.buffer);
      let blocks = 2;
      for (const piece of pieces) {
        view.setUint32(12, blocks);
        blocks += piece.length / 16;
        const output = new Uint8Array(await subtle.encrypt({ name: 'AES-CTR', counter, length: 32 }, key, piece));
        hash.update(hashesOutput ? output : piece);
        mac.update(hashesOutput ? piece : output);
      }
      mac.digest();
      return hash.digest();
    };
    return { encrypt: () => run(false), decrypt: () => run(true) };
  };
}
