import { randomBytes } from 'node:crypto';
import {
  generateKeyPair,
  identifierOf,
  importPrivateKey,
  importPublicKey,
  keyPairFromMaterial,
  type KeyType,
  seal,
  utf8ToBytes,
} from '@sotto/core';
import { nobleProvider } from '@sotto/core/noble';
import { nodeProvider } from '@sotto/core/node';
import { describe, expect, it } from 'vitest';
import { hex, KEY_TYPES, official, officialCrypto, officialSha256, POST_QUANTUM_TYPE } from './official.ts';

describe.each([nodeProvider, nobleProvider])('keys, ours by $name', (provider) => {
  // Noble makes no RSA keys.
  const makerOf = (type: KeyType) => (type === 'RSA_2048' ? nodeProvider : provider);

  describe.each(KEY_TYPES)('%s', (type: KeyType) => {
    const officialType = officialCrypto.KeyPairType[type];

    it('reads an official key pair and writes the same bytes under the same identifiers', async () => {
      const theirs = official.generateKeys(officialType);
      const privateDer = official.exportPrivateKey(theirs.privateKey);
      const publicDer = official.exportPublicKey(theirs.publicKey);

      const privateKey = await importPrivateKey(provider, privateDer);
      const publicKey = importPublicKey(publicDer);

      expect(privateKey.type).toBe(type);
      expect(hex(privateKey.exportDer())).toBe(hex(privateDer));
      expect(hex(privateKey.publicKey.exportDer())).toBe(hex(publicDer));
      expect(hex(publicKey.exportDer())).toBe(hex(publicDer));
      for (const ours of [privateKey, publicKey]) {
        expect(hex(identifierOf(ours, 'sha512'))).toBe(hex(theirs.publicKey.identifier));
        expect(hex(identifierOf(ours, 'sha256'))).toBe(hex(officialSha256.importPublicKey(publicDer).identifier));
      }
    });

    it('makes a key pair that the official library reads and writes as it is', async () => {
      const { privateKey, publicKey } = await generateKeyPair(makerOf(type), type);

      for (const [crypto, kind] of [[official, 'sha512'] as const, [officialSha256, 'sha256'] as const]) {
        const theirs = crypto.importPrivateKey(privateKey.exportDer());
        const theirPublic = crypto.importPublicKey(publicKey.exportDer());
        expect(hex(crypto.exportPrivateKey(theirs))).toBe(hex(privateKey.exportDer()));
        expect(hex(crypto.exportPublicKey(theirPublic))).toBe(hex(publicKey.exportDer()));
        expect(hex(crypto.exportPublicKey(crypto.extractPublicKey(theirs)))).toBe(hex(publicKey.exportDer()));
        expect(hex(theirs.identifier)).toBe(hex(identifierOf(privateKey, kind)));
        expect(hex(theirPublic.identifier)).toBe(hex(identifierOf(publicKey, kind)));
      }
    });

    it('writes PEM that the official library reads', async () => {
      const { privateKey, publicKey } = await generateKeyPair(makerOf(type), type);

      const theirs = official.importPrivateKey(Buffer.from(privateKey.exportPem()));
      const theirPublic = official.importPublicKey(Buffer.from(publicKey.exportPem()));

      expect(hex(official.exportPrivateKey(theirs))).toBe(hex(privateKey.exportDer()));
      expect(hex(official.exportPublicKey(theirPublic))).toBe(hex(publicKey.exportDer()));
    });
  });

  describe.each(KEY_TYPES.filter((type) => type !== 'RSA_2048'))('%s from key material', (type) => {
    it.each([32, 33, 48, 64, 384, 512])('makes of %i bytes the key that the official library makes', async (length) => {
      for (const material of [randomBytes(length), Buffer.alloc(length), Buffer.alloc(length, 0xff)]) {
        const theirs = official.generateKeysFromKeyMaterial(material, officialCrypto.KeyPairType[type]);
        const { privateKey } = await keyPairFromMaterial(provider, material, type);
        const told = `from ${material.toString('hex')}`;
        expect(hex(privateKey.exportDer()), told).toBe(hex(official.exportPrivateKey(theirs.privateKey)));
        expect(hex(privateKey.publicKey.exportDer()), told).toBe(hex(official.exportPublicKey(theirs.publicKey)));
      }
    });
  });

  it('knows a post-quantum key, writes it as it came, and refuses to use it', async () => {
    const theirs = official.generateKeys(officialCrypto.KeyPairType[POST_QUANTUM_TYPE]);
    const publicDer = official.exportPublicKey(theirs.publicKey);

    const publicKey = importPublicKey(publicDer);

    expect(publicKey.type).toBe('POST_QUANTUM_COMPOUND');
    expect(hex(publicKey.exportDer())).toBe(hex(publicDer));
    expect(hex(publicKey.identifier)).toBe(hex(theirs.publicKey.identifier));
    await expect(
      seal(provider, { mode: 'encrypt', plaintext: utf8ToBytes('hello'), recipients: [publicKey] }),
    ).rejects.toMatchObject({ code: 'key/unsupported' });
    await expect(importPrivateKey(provider, official.exportPrivateKey(theirs.privateKey))).rejects.toMatchObject({
      code: 'key/unsupported',
    });
  });
});
