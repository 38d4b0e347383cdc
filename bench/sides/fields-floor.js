/**
 * The primitives alone, of node:crypto: AES-GCM for each field, of as many bytes as with padding, SHA-512 over all that is signed, and one message
 * with a signature to the readers, as large as the grant (docs/spec/fields.md §3). No key for each field, no encoding, no checks.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const BLOCK = 32;
const GRANT = Buffer.alloc(700);
/** What stands around a value's base64url in the JSON that is hashed. */
const AROUND = 40;

/** @param {ReturnType<typeof import('./floor-node.js').createNodeFloor>} createMessage */
export function createFieldsFloor(createMessage) {
  return async ({ value, fields, readers }) => {
    const grant = await createMessage({ data: GRANT, recipients: readers, count: 1 });
    const text = Buffer.from(JSON.stringify(value));
    const padded = Buffer.concat([text, Buffer.alloc(BLOCK - (text.length % BLOCK))]);
    const signed = Buffer.alloc(fields * (AROUND + Math.ceil(((padded.length + 16) * 4) / 3)));
    const key = randomBytes(32);
    const nonce = randomBytes(12);

    const encryptField = () => {
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const ciphertext = cipher.update(padded);
      cipher.final();
      return { ciphertext, tag: cipher.getAuthTag() };
    };
    const decryptField = ({ ciphertext, tag }) => {
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
      decipher.setAuthTag(tag);
      const plaintext = decipher.update(ciphertext);
      decipher.final();
      return plaintext;
    };
    const hash = () => createHash('sha512').update(signed).digest();

    const encrypted = Array.from({ length: fields }, encryptField);
    return {
      encrypt: () => [grant.seal(), hash(), Array.from({ length: fields }, encryptField)],
      decrypt: () => {
        grant.open();
        hash();
        return encrypted.map((field) => decryptField(field).subarray(0, text.length));
      },
    };
  };
}
