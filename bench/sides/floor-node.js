/**
 * The primitives alone, of node:crypto, with their KeyObjects ready: what a sign-and-encrypt message with Ed25519 keys cannot do
 * without (docs/spec/envelope.md), no encoding, no checks. Nobody's platform maps points between the two forms of Curve25519, so
 * that map, one inversion per message, is borrowed from core.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';

const AAD = Buffer.alloc(20);
const FOOTER = Buffer.alloc(97);
const FRAME = 160;
const UNUSED_COORDINATE = Buffer.alloc(32).toString('base64url');

/**
 * @param {object} map
 * @param {(u: Uint8Array) => Uint8Array} map.montgomeryToEdwards
 * @param {(point: Uint8Array) => Uint8Array} map.edwardsToMontgomery
 */
export function createNodeFloor({ montgomeryToEdwards, edwardsToMontgomery }) {
  return async ({ data, recipients, count }) => {
    const sender = generateKeyPairSync('ed25519');
    const readers = Array.from({ length: recipients }, () => generateKeyPairSync('x25519'));
    const padding = FRAME - ((data.length + 4) % FRAME) + 4;

    const seal = () => {
      const random = randomBytes(32 + padding + 16 * recipients);
      const master = random.subarray(0, 32);
      const keys = deriveBodyKeys(master);
      const signature = sign(null, sha512(data), sender.privateKey);
      const { privateKey, u } = createEphemeral();
      const wraps = readers.map(({ publicKey }, index) => {
        const iv = random.subarray(32 + padding + 16 * index, 32 + padding + 16 * (index + 1));
        const wrapKeys = deriveWrapKeys(diffieHellman({ privateKey, publicKey }));
        const cipher = createCipheriv('aes-256-cbc', wrapKeys.encryption, iv);
        const ciphertext = Buffer.concat([cipher.update(master), cipher.final()]);
        return { iv, ciphertext, mac: hmac('sha384', wrapKeys.mac, ciphertext) };
      });
      return {
        point: montgomeryToEdwards(u),
        wrap: wraps.at(-1),
        body: encrypt(keys.data, [data, random.subarray(32, 32 + padding)], AAD),
        footer: encrypt(keys.footer, [FOOTER]),
        signature,
      };
    };

    const open = ({ point, wrap, body, footer, signature }) => {
      const publicKey = importX25519(edwardsToMontgomery(point));
      const wrapKeys = deriveWrapKeys(diffieHellman({ privateKey: readers.at(-1).privateKey, publicKey }));
      if (!timingSafeEqual(hmac('sha384', wrapKeys.mac, wrap.ciphertext), wrap.mac)) throw new Error('wrong MAC');
      const decipher = createDecipheriv('aes-256-cbc', wrapKeys.encryption, wrap.iv);
      const keys = deriveBodyKeys(Buffer.concat([decipher.update(wrap.ciphertext), decipher.final()]));
      const plaintext = decrypt(keys.data, body, AAD).subarray(0, data.length);
      decrypt(keys.footer, footer);
      if (!verify(null, sha512(plaintext), sender.publicKey, signature)) throw new Error('wrong signature');
      return plaintext;
    };

    // As a reader has them: the pieces of the body in one.
    const messages = Array.from({ length: count }, () => joinBody(seal()));
    if (count === 1) return { seal, open: () => open(messages[0]) };
    return { seal: () => messages.map(seal), open: () => messages.map(open) };
  };
}

/** By JWK: Node 20 waits for itself when a pair from `generateKeyPairSync` is exported while its job is garbage-collected. */
function createEphemeral() {
  const d = randomBytes(32).toString('base64url');
  const privateKey = createPrivateKey({ format: 'jwk', key: { kty: 'OKP', crv: 'X25519', x: UNUSED_COORDINATE, d } });
  return { privateKey, u: Buffer.from(privateKey.export({ format: 'jwk' }).x, 'base64url') };
}

function importX25519(u) {
  const x = Buffer.from(u).toString('base64url');
  return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'X25519', x } });
}

function deriveWrapKeys(secret) {
  const blocks = [1, 2].map((counter) =>
    createHash('sha384')
      .update(secret)
      .update(Uint8Array.of(0, 0, 0, counter))
      .digest(),
  );
  const derived = Buffer.concat(blocks);
  return { encryption: derived.subarray(0, 32), mac: derived.subarray(32, 80) };
}

/** HKDF from its three HMACs: the platform's own call takes longer. */
function deriveBodyKeys(master) {
  const extracted = hmac('sha512', '', master);
  const first = hmac('sha512', extracted, Uint8Array.of(1));
  const second = createHmac('sha512', extracted).update(first).update(Uint8Array.of(2)).digest();
  const derived = Buffer.concat([first, second]);
  return {
    data: { key: derived.subarray(0, 32), nonce: derived.subarray(32, 44) },
    footer: { key: derived.subarray(44, 76), nonce: derived.subarray(76, 88) },
  };
}

function encrypt({ key, nonce }, parts, aad) {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  if (aad) cipher.setAAD(aad);
  const pieces = parts.map((part) => cipher.update(part));
  cipher.final();
  return { pieces, tag: cipher.getAuthTag() };
}

function decrypt({ key, nonce }, { pieces, tag }, aad) {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  if (aad) decipher.setAAD(aad);
  decipher.setAuthTag(tag);
  const plaintext = decipher.update(pieces[0]);
  decipher.final();
  return plaintext;
}

function joinBody(message) {
  return { ...message, body: { ...message.body, pieces: [Buffer.concat(message.body.pieces)] } };
}

function sha512(data) {
  return createHash('sha512').update(data).digest();
}

function hmac(hash, key, data) {
  return createHmac(hash, key).update(data).digest();
}
