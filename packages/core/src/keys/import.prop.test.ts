/** Whatever is handed to an import: a key that is written as it was read, or a coded error. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { concatBytes, utf8ToBytes } from '../encoding/bytes.ts';
import { bytesToHex } from '../encoding/text.ts';
import { isSdkError } from '../errors.ts';
import { nobleProvider } from '../provider/noble.ts';
import { nodeProvider } from '../provider/node.ts';
import { generateKeyPair } from './generate.ts';
import { importPrivateKey } from './import-private.ts';
import { importPublicKey } from './import-public.ts';
import type { KeyPair, KeyType } from './key.ts';

const TYPES: KeyType[] = ['ED25519', 'CURVE25519', 'CURVE25519_ED25519', 'SECP256R1', 'RSA_2048'];
const pairs = new Map<KeyType, KeyPair>();

beforeAll(async () => {
  for (const type of TYPES) pairs.set(type, await generateKeyPair(nodeProvider, type));
});

/** The exported key, or the code of the refusal. */
async function outcome(
  read: () => Promise<{ exportDer(): Uint8Array }> | { exportDer(): Uint8Array },
): Promise<Uint8Array | string> {
  try {
    return (await read()).exportDer();
  } catch (error) {
    expect(isSdkError(error)).toBe(true);
    const { code } = error as { code: string };
    expect(code).toMatch(/^key\/(malformed|invalid|unsupported)$/);
    return code;
  }
}

/** A key has one encoding; only lengths in long form make another one, and that is longer. */
function expectCanonical(result: Uint8Array | string, input: Uint8Array): void {
  if (typeof result === 'string' || result.length < input.length) return;
  expect(bytesToHex(result)).toBe(bytesToHex(input));
}

function mutate(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const at = fc.nat(bytes.length - 1);
  const byte = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xff));
  return fc.oneof(
    fc.tuple(at, byte).map(([index, value]) => bytes.map((old, place) => (place === index ? value : old))),
    fc
      .tuple(at, byte)
      .map(([index, value]) => concatBytes(bytes.subarray(0, index), Uint8Array.of(value), bytes.subarray(index))),
    fc
      .tuple(at, fc.integer({ min: 1, max: 8 }))
      .map(([index, count]) => concatBytes(bytes.subarray(0, index), bytes.subarray(index + count))),
    fc.tuple(at, fc.uint8Array({ maxLength: 8 })).map(([index, piece]) => {
      const changed = bytes.slice();
      changed.set(piece.subarray(0, bytes.length - index), index);
      return changed;
    }),
  );
}

describe.each(TYPES)('a mutated key of type %s', (type) => {
  it('is no public key, or one that is written as it was read', async () => {
    const der = pairs.get(type)!.publicKey.exportDer();
    const pem = utf8ToBytes(pairs.get(type)!.publicKey.exportPem());
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutate(der), mutate(pem)), async (input) => {
        expectCanonical(await outcome(() => importPublicKey(input)), input);
      }),
      { numRuns: 400 },
    );
  });

  it('is no private key, or one that is written as it was read, with each adapter alike', async () => {
    const der = pairs.get(type)!.privateKey.exportDer();
    await fc.assert(
      fc.asyncProperty(mutate(der), async (input) => {
        const result = await outcome(() => importPrivateKey(nodeProvider, input));
        expectCanonical(result, input);
        expect(await outcome(() => importPrivateKey(nobleProvider, input))).toEqual(result);
      }),
      { numRuns: 150 },
    );
  });

  it('is refused at each length but its own', async () => {
    const { publicKey, privateKey } = pairs.get(type)!;
    for (const [der, read] of [
      [publicKey.exportDer(), (bytes: Uint8Array) => importPublicKey(bytes)],
      [privateKey.exportDer(), (bytes: Uint8Array) => importPrivateKey(nodeProvider, bytes)],
    ] as const) {
      for (let length = 0; length < der.length; length++) {
        expect(await outcome(() => read(der.subarray(0, length)))).toBe('key/malformed');
      }
    }
  });
});

describe('random bytes', () => {
  it('are no keys', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 120 }).map((tail) => concatBytes(Uint8Array.of(0x30, tail.length), tail)),
      fc.string({ maxLength: 80 }).map((text) => utf8ToBytes(`-----BEGIN ${text}`)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (input) => {
        expect(typeof (await outcome(() => importPublicKey(input)))).toBe('string');
        expect(typeof (await outcome(() => importPrivateKey(nodeProvider, input)))).toBe('string');
      }),
      { numRuns: 500 },
    );
  });

  it('make keys where they stand for the key alone, and all adapters make the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), async (secret) => {
        for (const prefix of ['302e020100300506032b657004220420', '302e020100300506032b656e04220420']) {
          const der = concatBytes(new Uint8Array(Buffer.from(prefix, 'hex')), secret);
          const [first, second] = [
            await importPrivateKey(nodeProvider, der),
            await importPrivateKey(nobleProvider, der),
          ];
          expect(first.exportDer()).toEqual(der);
          expect(first.publicKey.exportDer()).toEqual(second.publicKey.exportDer());
        }
      }),
      { numRuns: 100 },
    );
  });
});
