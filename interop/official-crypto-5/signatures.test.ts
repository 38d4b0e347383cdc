import {
  concatBytes,
  generateKeyPair,
  importPublicKey,
  sign,
  utf8ToBytes,
  verify,
  verifyEd25519Half,
} from '@sotto/core';
import { nobleProvider } from '@sotto/core/noble';
import { nodeProvider } from '@sotto/core/node';
import { describe, expect, it } from 'vitest';
import { hex, makeSharedKey, official, officialCrypto, POST_QUANTUM_TYPE } from './official.ts';

const texts = [new Uint8Array(0), utf8ToBytes('Grüße, 世界 🔐'), new Uint8Array(70_000).fill(0x5a)];
const altered = (data: Uint8Array) => concatBytes(data, Uint8Array.of(0));

describe.each([nodeProvider, nobleProvider])('signatures, ours by $name', (provider) => {
  it.each(['ED25519', 'CURVE25519_ED25519'] as const)(
    'signs with %s in the very bytes of the official library',
    async (type) => {
      const { ours, theirs } = await makeSharedKey(type, { provider });
      for (const data of texts) {
        expect(hex(await sign(provider, ours, data))).toBe(hex(official.calculateSignature(data, theirs)));
      }
    },
  );

  it('takes no signature for one of a CURVE25519 key, although the official library takes any', async () => {
    const { publicKey } = await generateKeyPair(provider, 'CURVE25519');
    const { theirs } = await makeSharedKey('ED25519');
    const data = utf8ToBytes('hello');
    const signature = official.calculateSignature(data, theirs);
    expect(await verify(provider, publicKey, data, signature)).toBe(false);
    expect(official.verifySignature(data, signature, official.importPublicKey(publicKey.exportDer()))).toBe(true);
  });

  it('verifies the Ed25519 half of a post-quantum signature', async () => {
    const theirs = official.generateKeys(officialCrypto.KeyPairType[POST_QUANTUM_TYPE]);
    const publicKey = importPublicKey(official.exportPublicKey(theirs.publicKey));
    const data = utf8ToBytes('hello');
    const signature = official.calculateSignature(data, theirs.privateKey);
    expect(await verifyEd25519Half(provider, publicKey, data, signature)).toBe(true);
    expect(await verifyEd25519Half(provider, publicKey, altered(data), signature)).toBe(false);
    expect(await verify(provider, publicKey, data, signature)).toBe(false);
  });
});
