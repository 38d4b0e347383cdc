import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { concatBytes, utf8ToBytes } from '../encoding/bytes.ts';
import { derOctets, derSequence } from '../encoding/der.ts';
import { hexToBytes } from '../encoding/text.ts';
import { isSdkError } from '../errors.ts';
import { generateKeyPair } from '../keys/generate.ts';
import type { KeyPair, KeyType } from '../keys/key.ts';
import { nobleProvider } from '../provider/noble.ts';
import { nodeProvider } from '../provider/node.ts';
import type { HashName } from '../provider/port.ts';
import { encodeSignature, parseSignature, sign, signRaw, verify, verifyEd25519Half } from './signature.ts';

const SIGNING_TYPES: KeyType[] = ['ED25519', 'CURVE25519_ED25519', 'SECP256R1', 'RSA_2048'];
const HASHES: HashName[] = ['SHA-224', 'SHA-256', 'SHA-384', 'SHA-512'];
const data = utf8ToBytes('what was said');
const pairs = new Map<KeyType, KeyPair>();
const pairOf = (type: KeyType) => pairs.get(type)!;

beforeAll(async () => {
  for (const type of [...SIGNING_TYPES, 'CURVE25519'] as KeyType[])
    pairs.set(type, await generateKeyPair(nodeProvider, type));
});

describe.each([
  [nodeProvider, nobleProvider],
  [nobleProvider, nodeProvider],
])('a signature', (writer, reader) => {
  it.each(SIGNING_TYPES)(`by %s, made with ${writer.name}, is good with ${reader.name}`, async (type) => {
    const { privateKey, publicKey } = pairOf(type);
    const signature = await sign(writer, privateKey, data);
    expect(parseSignature(signature).hash).toBe('SHA-512');
    expect(await verify(reader, publicKey, data, signature)).toBe(true);
    expect(await verify(reader, publicKey, utf8ToBytes('what was not said'), signature)).toBe(false);
    expect(await verify(reader, publicKey, data, concatBytes(signature, Uint8Array.of(0)))).toBe(true); // as the original
  });

  it.each(SIGNING_TYPES)(`by %s over each of the four hashes is good with ${reader.name}`, async (type) => {
    const { privateKey, publicKey } = pairOf(type);
    for (const hash of HASHES) {
      const raw = await writer.sign(privateKey.parts.signing!, hash, data);
      expect(await verify(reader, publicKey, data, encodeSignature({ hash, raw }))).toBe(true);
      const other = hash === 'SHA-512' ? 'SHA-384' : 'SHA-512';
      expect(await verify(reader, publicKey, data, encodeSignature({ hash: other, raw }))).toBe(false);
    }
  });
});

describe('signing', () => {
  it('takes 83 bytes with an Ed25519 key, and is the same each time', async () => {
    const { privateKey } = pairOf('ED25519');
    const signature = await sign(nodeProvider, privateKey, data);
    expect(signature).toHaveLength(83);
    expect(await sign(nobleProvider, privateKey, data)).toEqual(signature);
    expect(signature.subarray(-64)).toEqual(await signRaw(nodeProvider, privateKey, data));
  });

  it('is refused to a key that only agrees on secrets', async () => {
    const { privateKey } = pairOf('CURVE25519');
    await expect(sign(nodeProvider, privateKey, data)).rejects.toMatchObject({ code: 'key/cannot-sign' });
    await expect(sign(nobleProvider, privateKey, data)).rejects.toMatchObject({ code: 'key/cannot-sign' });
  });
});

describe('verifying', () => {
  it('says no for every signature under a key that cannot sign, unlike the original', async () => {
    const { publicKey } = pairOf('CURVE25519');
    for (const { privateKey } of SIGNING_TYPES.map(pairOf)) {
      expect(await verify(nodeProvider, publicKey, data, await sign(nodeProvider, privateKey, data))).toBe(false);
    }
    expect(
      await verify(nobleProvider, publicKey, data, encodeSignature({ hash: 'SHA-512', raw: new Uint8Array(64) })),
    ).toBe(false);
  });

  it('says no for a signature by another key or of another kind', async () => {
    for (const signer of SIGNING_TYPES) {
      const signature = await sign(nodeProvider, pairOf(signer).privateKey, data);
      for (const other of SIGNING_TYPES.filter((type) => type !== signer)) {
        expect(await verify(nodeProvider, pairOf(other).publicKey, data, signature)).toBe(false);
        expect(await verify(nobleProvider, pairOf(other).publicKey, data, signature)).toBe(false);
      }
    }
  });

  it('takes a hash named without its NULL', async () => {
    const { privateKey, publicKey } = pairOf('ED25519');
    const raw = await signRaw(nodeProvider, privateKey, data);
    const signature = derSequence(hexToBytes('300b0609608648016503040203'), derOctets(raw));
    expect(await verify(nodeProvider, publicKey, data, signature)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['bare bytes', '00'.repeat(64)],
    ['SHA-1', '300d300906052b0e03021a05000400'],
    ['a hash with another parameter', '3013300d06096086480165030402030401ff0400'],
    ['a field too many', `3055300d060960864801650304020305000440${'00'.repeat(64)}04020000`],
    ['a raw signature that is cut off', '3051300d060960864801650304020305000440'],
  ])('calls %s malformed', async (_, hex) => {
    const attempt = verify(nodeProvider, pairOf('ED25519').publicKey, data, hexToBytes(hex));
    await expect(attempt).rejects.toMatchObject({ code: 'signature/malformed' });
  });

  it('says no for the half of a key that has none', async () => {
    const signature = await sign(nodeProvider, pairOf('ED25519').privateKey, data);
    expect(await verifyEd25519Half(nodeProvider, pairOf('ED25519').publicKey, data, signature)).toBe(false);
  });

  it.each(SIGNING_TYPES)('of %s answers every changed signature with no or malformed', async (type) => {
    const { privateKey, publicKey } = pairOf(type);
    const signature = await sign(nodeProvider, privateKey, data);
    const change = fc.oneof(
      fc.record({ at: fc.nat(signature.length - 1), mask: fc.integer({ min: 1, max: 255 }) }).map(({ at, mask }) => {
        const changed = signature.slice();
        changed[at]! ^= mask;
        return changed;
      }),
      fc.nat(signature.length - 1).map((length) => signature.subarray(0, length)),
      fc.uint8Array({ maxLength: 120 }),
      fc.uint8Array({ maxLength: 300 }).map((raw) => encodeSignature({ hash: 'SHA-512', raw })),
    );
    await fc.assert(
      fc.asyncProperty(change, async (candidate) => {
        const [first, second] = await Promise.all(
          [nodeProvider, nobleProvider].map((provider) => verdict(provider, candidate)),
        );
        expect(first).not.toBe('yes');
        expect(second).toBe(first);
      }),
      { numRuns: 150 },
    );

    async function verdict(provider: typeof nodeProvider, candidate: Uint8Array): Promise<string> {
      try {
        return (await verify(provider, publicKey, data, candidate)) ? 'yes' : 'no';
      } catch (error) {
        expect(isSdkError(error, 'signature/malformed')).toBe(true);
        return 'malformed';
      }
    }
  });
});
