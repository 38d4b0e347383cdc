/** The primitives alone, of node:crypto: SHA-512 and AES-256-GCM, one after the other for each piece. */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

const KEY = Buffer.alloc(32, 1);
const NONCE = Buffer.alloc(12, 2);

export async function createNodeFilesFloor() {
  return async (pieces) => {
    const encrypt = (keep) => {
      const hash = createHash('sha512');
      const cipher = createCipheriv('aes-256-gcm', KEY, NONCE);
      for (const piece of pieces) {
        hash.update(piece);
        keep?.push(cipher.update(piece));
        if (!keep) cipher.update(piece);
      }
      hash.digest();
      cipher.final();
      return cipher.getAuthTag();
    };
    const sealed = [];
    const tag = encrypt(sealed);
    const decrypt = () => {
      const hash = createHash('sha512');
      const decipher = createDecipheriv('aes-256-gcm', KEY, NONCE);
      for (const piece of sealed) hash.update(decipher.update(piece));
      decipher.setAuthTag(tag);
      decipher.final();
      return hash.digest();
    };
    return { encrypt: () => encrypt(), decrypt };
  };
}
