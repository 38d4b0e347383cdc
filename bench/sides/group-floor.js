/**
 * The primitives alone, of node:crypto, with their KeyObjects ready: what a message of a group cannot do without (docs/spec/groups.md §3), no
 * encoding, no checks.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';

const INFO = Buffer.from('VIRGIL_GROUP_SESSION_KDF_CIPHER_INFO\0');
const HEADER = Buffer.alloc(70);
const FRAME = 160;

export function createGroupFloor(data) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const epochKey = randomBytes(32);
  const padding = FRAME - ((data.length + 4) % FRAME) + 4;

  const encrypt = () => {
    const random = randomBytes(32 + padding);
    const salt = random.subarray(0, 32);
    const derived = deriveKey(epochKey, salt);
    const cipher = createCipheriv('aes-256-gcm', derived.subarray(0, 32), derived.subarray(32, 44));
    cipher.setAAD(HEADER);
    const pieces = [cipher.update(data), cipher.update(random.subarray(32))];
    cipher.final();
    const ciphertext = Buffer.concat([...pieces, cipher.getAuthTag()]);
    return { salt, ciphertext, signature: sign(null, ciphertext, privateKey) };
  };
  const decrypt = ({ salt, ciphertext, signature }) => {
    if (!verify(null, ciphertext, publicKey, signature)) throw new Error('wrong signature');
    const derived = deriveKey(epochKey, salt);
    const options = { authTagLength: 16 };
    const decipher = createDecipheriv('aes-256-gcm', derived.subarray(0, 32), derived.subarray(32, 44), options);
    decipher.setAAD(HEADER);
    decipher.setAuthTag(ciphertext.subarray(-16));
    const padded = decipher.update(ciphertext.subarray(0, -16));
    decipher.final();
    return padded.subarray(0, data.length);
  };

  const message = encrypt();
  return { encrypt, decrypt: () => decrypt(message) };
}

/** HKDF from its two HMACs: the platform's own call takes longer. */
function deriveKey(secret, salt) {
  const extracted = createHmac('sha512', salt).update(secret).digest();
  return createHmac('sha512', extracted).update(INFO).update(Uint8Array.of(1)).digest();
}
