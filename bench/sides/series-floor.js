/** The primitives alone, of node:crypto, with their KeyObjects ready: docs/spec/series.md §4, no encoding, no checks. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';

const HEAD = Buffer.alloc(7);
const CHECKPOINT = Buffer.alloc(80);

export function createSeriesFloor({ reading, signatures, batch }) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = randomBytes(32);
  const nonce = randomBytes(12);

  const encrypt = () => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(HEAD);
    const ciphertext = cipher.update(reading);
    cipher.final();
    return Buffer.concat([HEAD, ciphertext, cipher.getAuthTag()]);
  };
  const decrypt = (frame) => {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
    decipher.setAAD(HEAD);
    decipher.setAuthTag(frame.subarray(-16));
    const plaintext = decipher.update(frame.subarray(HEAD.length, -16));
    decipher.final();
    return plaintext;
  };
  const digest = (frame) => createHash('sha512').update(frame).digest();
  // Of a batch the last reading alone is signed, by its checkpoint.
  const toSigned = (frame) => (signatures === 'each' ? frame : CHECKPOINT);
  let count = 0;
  const isSigned = () => signatures === 'each' || ++count % batch === 0;

  const seal = () => {
    const frame = encrypt();
    if (signatures === 'batch') digest(frame);
    return { frame, signature: isSigned() ? sign(null, toSigned(frame), privateKey) : undefined };
  };
  const frame = encrypt();
  const signature = sign(null, toSigned(frame), privateKey);
  const read = () => {
    if (signatures === 'batch') digest(frame);
    if (isSigned() && !verify(null, toSigned(frame), publicKey, signature)) throw new Error('wrong signature');
    return decrypt(frame);
  };
  return { seal, read };
}
