/**
 * The primitives alone, of Web Crypto, with their CryptoKeys ready: as `floor-node.js`, and side by side wherever one does not wait for
 * another. What is hashed in a few blocks is hashed by noble, since a call of Web Crypto takes longer. The map between the
 * two forms of Curve25519, which Web Crypto does not have, is borrowed from core.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha384, sha512 } from '@noble/hashes/sha2.js';

const { subtle } = globalThis.crypto;
const AAD = new Uint8Array(20);
const FOOTER = new Uint8Array(97);
const FRAME = 160;

/**
 * @param {object} map
 * @param {(u: Uint8Array) => Uint8Array} map.montgomeryToEdwards
 * @param {(point: Uint8Array) => Uint8Array} map.edwardsToMontgomery
 */
export function createWebFloor({ montgomeryToEdwards, edwardsToMontgomery }) {
  return async ({ data, recipients, count }) => {
    const sender = await subtle.generateKey('Ed25519', false, ['sign', 'verify']);
    const readers = await Promise.all(Array.from({ length: recipients }, generateX25519));
    const padding = FRAME - ((data.length + 4) % FRAME) + 4;

    const seal = async () => {
      const random = globalThis.crypto.getRandomValues(new Uint8Array(32 + padding + 16 * recipients));
      const master = random.subarray(0, 32);
      const keys = deriveBodyKeys(master);
      const padded = new Uint8Array(data.length + padding);
      padded.set(data);
      padded.set(random.subarray(32, 32 + padding), data.length);
      const ivOf = (index) => random.subarray(32 + padding + 16 * index, 32 + padding + 16 * (index + 1));
      const [signature, { point, wraps }, body, footer] = await Promise.all([
        subtle.digest('SHA-512', data).then((digest) => subtle.sign('Ed25519', sender.privateKey, digest)),
        wrapAll(master, readers, ivOf),
        crypt('encrypt', keys.data, padded, AAD),
        crypt('encrypt', keys.footer, FOOTER),
      ]);
      return { point, wrap: wraps.at(-1), body, footer, signature };
    };

    const open = async ({ point, wrap, body, footer, signature }) => {
      const u = edwardsToMontgomery(point);
      const publicKey = await subtle.importKey('raw', u, 'X25519', false, []);
      const wrapKeys = await deriveWrapKeys(readers.at(-1).privateKey, publicKey);
      if (hmac(sha384, wrapKeys.mac, wrap.ciphertext).some((byte, index) => byte !== wrap.mac[index])) {
        throw new Error('wrong MAC');
      }
      const cipherKey = await subtle.importKey('raw', wrapKeys.encryption, 'AES-CBC', false, ['decrypt']);
      const master = await subtle.decrypt({ name: 'AES-CBC', iv: wrap.iv }, cipherKey, wrap.ciphertext);
      const keys = deriveBodyKeys(new Uint8Array(master));
      const [padded] = await Promise.all([
        crypt('decrypt', keys.data, body, AAD),
        crypt('decrypt', keys.footer, footer),
      ]);
      const plaintext = padded.subarray(0, data.length);
      const digest = await subtle.digest('SHA-512', plaintext);
      if (!(await subtle.verify('Ed25519', sender.publicKey, signature, digest))) throw new Error('wrong signature');
      return plaintext;
    };

    const wrapAll = async (master, readers, ivOf) => {
      const ephemeral = await generateX25519();
      const [u, ...wraps] = await Promise.all([
        subtle.exportKey('raw', ephemeral.publicKey),
        ...readers.map(async ({ publicKey }, index) => {
          const iv = ivOf(index);
          const wrapKeys = await deriveWrapKeys(ephemeral.privateKey, publicKey);
          const cipherKey = await subtle.importKey('raw', wrapKeys.encryption, 'AES-CBC', false, ['encrypt']);
          const ciphertext = new Uint8Array(await subtle.encrypt({ name: 'AES-CBC', iv }, cipherKey, master));
          return { iv, ciphertext, mac: hmac(sha384, wrapKeys.mac, ciphertext) };
        }),
      ]);
      return { point: montgomeryToEdwards(new Uint8Array(u)), wraps };
    };

    const messages = await Promise.all(Array.from({ length: count }, seal));
    if (count === 1) return { seal, open: () => open(messages[0]) };
    return { seal: () => Promise.all(messages.map(seal)), open: () => Promise.all(messages.map(open)) };
  };
}

function generateX25519() {
  return subtle.generateKey('X25519', false, ['deriveBits']);
}

/** KDF2: two blocks of SHA-384. */
async function deriveWrapKeys(privateKey, publicKey) {
  const secret = new Uint8Array(await subtle.deriveBits({ name: 'X25519', public: publicKey }, privateKey, 256));
  const derived = new Uint8Array(96);
  for (const counter of [1, 2]) {
    const block = sha384
      .create()
      .update(secret)
      .update(Uint8Array.of(0, 0, 0, counter))
      .digest();
    derived.set(block, 48 * (counter - 1));
  }
  return { encryption: derived.subarray(0, 32), mac: derived.subarray(32, 80) };
}

/** HKDF from its three HMACs. */
function deriveBodyKeys(master) {
  const extracted = hmac(sha512, new Uint8Array(0), master);
  const derived = new Uint8Array(128);
  derived.set(hmac(sha512, extracted, Uint8Array.of(1)));
  const second = hmac.create(sha512, extracted).update(derived.subarray(0, 64)).update(Uint8Array.of(2));
  derived.set(second.digest(), 64);
  return {
    data: { key: derived.subarray(0, 32), nonce: derived.subarray(32, 44) },
    footer: { key: derived.subarray(44, 76), nonce: derived.subarray(76, 88) },
  };
}

async function crypt(usage, { key, nonce }, data, aad) {
  const cipherKey = await subtle.importKey('raw', key, 'AES-GCM', false, [usage]);
  const algorithm = { name: 'AES-GCM', iv: nonce, ...(aad ? { additionalData: aad } : {}) };
  return new Uint8Array(await subtle[usage](algorithm, cipherKey, data));
}
