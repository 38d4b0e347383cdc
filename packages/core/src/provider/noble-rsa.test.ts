/** noble's RSA against node:crypto: whatever the one makes, the other takes. */
import { invert } from '@noble/curves/abstract/modular.js';
import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  generatePrimeSync,
  type KeyObject,
  privateEncrypt,
  publicDecrypt,
  verify,
} from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { concatBytes, utf8ToBytes } from '../encoding/bytes.ts';
import { importPrivateKey } from '../keys/import-private.ts';
import type { PrivateKey } from '../keys/key.ts';
import { nobleProvider } from './noble.ts';
import { nodeProvider } from './node.ts';
import type { HashName, WrappedKey } from './port.ts';

const contentKey = new Uint8Array(32).fill(3);
const data = utf8ToBytes('data');

function makeRsa(modulusLength: number, publicExponent = 65537): Promise<PrivateKey> {
  const object =
    modulusLength === 2049 ? makeOddRsa() : generateKeyPairSync('rsa', { modulusLength, publicExponent }).privateKey;
  return importPrivateKey(nobleProvider, new Uint8Array(object.export({ format: 'der', type: 'pkcs8' })));
}

/** 2049 bits, which OpenSSL does not hit when asked for them. */
function makeOddRsa(): KeyObject {
  const e = 65537n;
  for (;;) {
    const p = generatePrimeSync(1025, { bigint: true });
    const q = generatePrimeSync(1024, { bigint: true });
    const n = p * q;
    if (n.toString(2).length !== 2049 || (p - 1n) % e === 0n || (q - 1n) % e === 0n) continue;
    const d = invert(e, (p - 1n) * (q - 1n));
    const numbers = { n, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: invert(q, p) };
    const fields = Object.entries(numbers).map(([name, value]) => [name, toBase64Url(value)]);
    return createPrivateKey({ format: 'jwk', key: { kty: 'RSA', ...Object.fromEntries(fields) } });
  }
}

function toBase64Url(value: bigint): string {
  const digits = value.toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex').toString('base64url');
}

// A modulus of 8n + 1 bits has a PSS block one byte shorter than itself; one of 8n + 2 bits has one bit in its first byte.
describe.each([
  [2048, 65537],
  [2048, 3],
  [2048, 0xffffffff],
  [2049, 65537],
  [2050, 17],
  [2055, 65537],
])('RSA with %i bits and the exponent %i', (bits, exponent) => {
  const made = makeRsa(bits, exponent);

  it('reads the same public half as node:crypto', async () => {
    const { signing } = (await made).parts;
    expect((await nobleProvider.toPublic(signing!)).bytes).toEqual((await nodeProvider.toPublic(signing!)).bytes);
    expect((await made).publicKey.type).toBe(bits === 2048 ? 'RSA_2048' : 'RSA');
  });

  it('unwraps what node:crypto wraps, and the reverse', async () => {
    const { parts, publicKey } = await made;
    for (const [writer, reader] of [
      [nodeProvider, nobleProvider],
      [nobleProvider, nodeProvider],
    ] as const) {
      const [wrapped] = await writer.wrapKey(contentKey, [publicKey.parts.agreement!]);
      expect(await reader.unwrapKey(wrapped!, parts.agreement!)).toEqual(contentKey);
    }
  });

  it.each<HashName>(['SHA-224', 'SHA-256', 'SHA-384', 'SHA-512'])('agrees on signatures over %s', async (hash) => {
    const { parts, publicKey } = await made;
    for (const [writer, reader] of [
      [nodeProvider, nobleProvider],
      [nobleProvider, nodeProvider],
    ] as const) {
      const signature = await writer.sign(parts.signing!, hash, data);
      expect(signature).toHaveLength(Math.ceil(bits / 8));
      expect(await reader.verify(publicKey.parts.signing!, hash, data, signature)).toBe(true);
    }
  });
});

describe('RSA signatures', () => {
  it('have a salt as long as the digest, with both adapters', async () => {
    const { parts, publicKey } = await makeRsa(2048);
    const key = createPublicKey({ format: 'der', type: 'spki', key: Buffer.from(publicKey.exportDer()) });
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    for (const provider of [nodeProvider, nobleProvider]) {
      for (const [hash, name, saltLength] of [
        ['SHA-224', 'sha224', 28],
        ['SHA-512', 'sha512', 64],
      ] as const) {
        const signature = await provider.sign(parts.signing!, hash, data);
        expect(verify(name, data, { key, padding, saltLength }, signature)).toBe(true);
      }
    }
  });

  it('keep their leading zeros', async () => {
    const { parts, publicKey } = await makeRsa(2048);
    let signature: Uint8Array;
    do signature = await nodeProvider.sign(parts.signing!, 'SHA-512', data);
    while (signature[0] !== 0);
    for (const provider of [nodeProvider, nobleProvider]) {
      const key = publicKey.parts.signing!;
      expect(await provider.verify(key, 'SHA-512', data, signature)).toBe(true);
      expect(await provider.verify(key, 'SHA-512', data, signature.subarray(1))).toBe(false);
    }
  });

  it('are refused with a bit above the block, for which the modulus has room', async () => {
    const object = makeOddRsa();
    const { parts, publicKey } = await importPrivateKey(
      nobleProvider,
      new Uint8Array(object.export({ format: 'der', type: 'pkcs8' })),
    );
    const n = BigInt(`0x${Buffer.from(object.export({ format: 'jwk' }).n!, 'base64url').toString('hex')}`);
    const raw = { key: object, padding: constants.RSA_NO_PADDING };
    let block: bigint;
    do {
      const signature = await nodeProvider.sign(parts.signing!, 'SHA-512', data);
      block = BigInt(`0x${publicDecrypt(raw, signature).toString('hex')}`);
    } while (2n ** 2048n + block >= n);
    const sign = (value: bigint) =>
      new Uint8Array(privateEncrypt(raw, Buffer.from(value.toString(16).padStart(514, '0'), 'hex')));
    for (const provider of [nodeProvider, nobleProvider]) {
      const key = publicKey.parts.signing!;
      expect(await provider.verify(key, 'SHA-512', data, sign(block))).toBe(true);
      expect(await provider.verify(key, 'SHA-512', data, sign(2n ** 2048n + block))).toBe(false);
    }
  });
});

describe('RSA blocks', () => {
  const made = makeRsa(2048);

  it('keep their leading zeros', async () => {
    const { parts, publicKey } = await made;
    let withLeadingZero = 0;
    for (let round = 0; round < 2000 && withLeadingZero < 3; round++) {
      const [wrapped] = await nobleProvider.wrapKey(contentKey, [publicKey.parts.agreement!]);
      const { block } = wrapped as Extract<WrappedKey, { kind: 'rsa' }>;
      expect(block).toHaveLength(256);
      if (block[0] !== 0) continue;
      withLeadingZero++;
      expect(await nodeProvider.unwrapKey(wrapped!, parts.agreement!)).toEqual(contentKey);
      expect(await nobleProvider.unwrapKey(wrapped!, parts.agreement!)).toEqual(contentKey);
      for (const provider of [nodeProvider, nobleProvider]) {
        const attempt = provider.unwrapKey({ kind: 'rsa', block: block.subarray(1) }, parts.agreement!);
        await expect(attempt).rejects.toMatchObject({ code: 'envelope/undecryptable' });
      }
    }
    expect(withLeadingZero).toBe(3);
  });

  it('are refused alike by both adapters where the modulus is added to them', async () => {
    const { parts, publicKey } = await made;
    const { n } = readModulus(publicKey.exportDer());
    const [wrapped] = await nodeProvider.wrapKey(contentKey, [publicKey.parts.agreement!]);
    const { block } = wrapped as Extract<WrappedKey, { kind: 'rsa' }>;
    const sum = (BigInt(`0x${Buffer.from(block).toString('hex')}`) + n).toString(16).padStart(514, '0');
    const tooLarge = new Uint8Array(Buffer.from(sum, 'hex'));
    for (const provider of [nodeProvider, nobleProvider]) {
      for (const candidate of [tooLarge, tooLarge.subarray(1)]) {
        const attempt = provider.unwrapKey({ kind: 'rsa', block: candidate }, parts.agreement!);
        await expect(attempt).rejects.toMatchObject({ code: 'envelope/undecryptable' });
      }
      const signature = await provider.sign(parts.signing!, 'SHA-512', data);
      const shifted = BigInt(`0x${Buffer.from(signature).toString('hex')}`) + n;
      const alias = new Uint8Array(Buffer.from(shifted.toString(16).padStart(514, '0'), 'hex'));
      for (const candidate of [alias, alias.subarray(1), concatBytes(Uint8Array.of(0), signature)]) {
        expect(await provider.verify(publicKey.parts.signing!, 'SHA-512', data, candidate)).toBe(false);
      }
    }
  });

  it('differ each time, and so do signatures', async () => {
    const { parts, publicKey } = await made;
    const recipient = publicKey.parts.agreement!;
    const [first, second] = await nobleProvider.wrapKey(contentKey, [recipient, recipient]);
    expect(first).not.toEqual(second);
    const sign = () => nobleProvider.sign(parts.signing!, 'SHA-512', data);
    expect(await sign()).not.toEqual(await sign());
  });
});

function readModulus(spki: Uint8Array): { n: bigint } {
  const at = spki.length - 5 - 256; // … modulus, 02 03 01 00 01
  return { n: BigInt(`0x${Buffer.from(spki.subarray(at, at + 256)).toString('hex')}`) };
}
