import { importPublicKey, type KeyType, open, openUnverified, utf8ToBytes } from '@sotto/core';
import { nobleProvider } from '@sotto/core/noble';
import { nodeProvider } from '@sotto/core/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { MODES, openOurs, sealOurs } from '../matrix/ours.ts';
import { openOfficially, sealOfficially } from './modes.ts';
import {
  hex,
  KEY_TYPES,
  makeSharedKey,
  official,
  officialCrypto,
  officialSha256,
  POST_QUANTUM_TYPE,
  type SharedKey,
  SIGNING_KEY_TYPES,
} from './official.ts';

const plaintextOf = (size: number) => Uint8Array.from({ length: size }, (_, index) => index % 251);

describe.each([nodeProvider, nobleProvider])('messages, ours by $name', (provider) => {
  const keys = new Map<KeyType, SharedKey>();
  const strangers = new Map<KeyType, SharedKey>();
  /** A key that cannot sign has its messages signed by another one. */
  const signerFor = (type: KeyType) => keys.get(type === 'CURVE25519' ? 'ED25519' : type)!;

  beforeAll(async () => {
    for (const type of KEY_TYPES) {
      keys.set(type, await makeSharedKey(type, { provider }));
      strangers.set(type, await makeSharedKey(type, { provider }));
    }
  });

  describe.each(KEY_TYPES)('%s', (type) => {
    it.each([false, true])('has messages as long as those of the official library (padding: %s)', async (padding) => {
      const [recipient, signer] = [keys.get(type)!, signerFor(type)];
      // The length of an ECDSA signature varies.
      for (const mode of type === 'SECP256R1' ? (['encrypt'] as const) : MODES) {
        const common = { mode, padding, plaintext: plaintextOf(1000) };
        const theirs = sealOfficially({ ...common, signer: signer.theirs, recipients: [recipient.theirPublicKey] });
        const ours = await sealOurs(provider, {
          ...common,
          signer: signer.ours,
          recipients: [recipient.ours.publicKey],
        });
        expect(ours.length).toBe(theirs.length);
      }
    });
  });

  describe.each(SIGNING_KEY_TYPES)('signed by %s', (type) => {
    it.each(['signThenEncrypt', 'signAndEncrypt'] as const)(
      '%s: each side finds the signer among several, and refuses any other',
      async (mode) => {
        const [signer, recipient] = [keys.get(type)!, keys.get('ED25519')!];
        const others = SIGNING_KEY_TYPES.map((other) => strangers.get(other)!);
        const common = { mode, plaintext: plaintextOf(100), padding: false };
        const theirs = sealOfficially({ ...common, signer: signer.theirs, recipients: [recipient.theirPublicKey] });
        const ours = await sealOurs(provider, {
          ...common,
          signer: signer.ours,
          recipients: [recipient.ours.publicKey],
        });

        const ourList = [...others.map((other) => other.ours.publicKey), signer.ours.publicKey];
        const theirList = [...others.map((other) => other.theirPublicKey), signer.theirPublicKey];
        expect(await openOurs(provider, { mode, message: theirs, key: recipient.ours, signers: ourList })).toHaveLength(
          100,
        );
        expect(openOfficially({ mode, message: ours, key: recipient.theirs, signers: theirList })).toHaveLength(100);

        for (const [ourSigners, theirSigners] of [
          [ourList.slice(0, -1), theirList.slice(0, -1)] as const,
          [[strangers.get(type)!.ours.publicKey], [strangers.get(type)!.theirPublicKey]] as const,
        ]) {
          await expect(
            openOurs(provider, { mode, message: theirs, key: recipient.ours, signers: ourSigners }),
          ).rejects.toMatchObject({ code: expect.stringMatching(/^envelope\/(other-signer|bad-signature)$/) });
          expect(() => openOfficially({ mode, message: ours, key: recipient.theirs, signers: theirSigners })).toThrow(
            officialCrypto.VirgilCryptoError,
          );
        }
      },
    );
  });

  describe('several recipients', () => {
    it('opens what was also written for a post-quantum key', async () => {
      const { publicKey } = official.generateKeys(officialCrypto.KeyPairType[POST_QUANTUM_TYPE]);
      const plaintext = plaintextOf(500);
      for (const { ours, theirPublicKey } of keys.values()) {
        const message = official.encrypt(plaintext, [publicKey, theirPublicKey]);
        const opened = await openUnverified(provider, { message, keys: [ours] });
        expect(hex(opened.plaintext)).toBe(hex(plaintext));
      }
    });

    it('opens post-quantum signed messages, and does not call them verified', async () => {
      const pair = official.generateKeys(officialCrypto.KeyPairType[POST_QUANTUM_TYPE]);
      const { ours, theirPublicKey } = keys.get('ED25519')!;
      const message = official.signAndEncrypt(plaintextOf(10), pair.privateKey, theirPublicKey);
      const signers = [importPublicKey(official.exportPublicKey(pair.publicKey))];
      expect((await openUnverified(provider, { message, keys: [ours] })).plaintext).toHaveLength(10);
      await expect(open(provider, { message, keys: [ours], signers })).rejects.toMatchObject({
        code: expect.stringMatching(/^(envelope\/bad-signature|key\/unsupported)$/),
      });
    });

    it('writes each of sixty readers once, and one reader twice', async () => {
      const { ours: signer } = keys.get('ED25519')!;
      const plaintext = plaintextOf(100);
      const shared = await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          makeSharedKey((['ED25519', 'CURVE25519', 'CURVE25519_ED25519', 'SECP256R1'] as const)[index % 4]!, {
            provider,
          }),
        ),
      );
      const readers = [...shared, shared[0]!];
      const recipients = readers.map((reader) => reader.ours.publicKey);
      const ours = await sealOurs(provider, { mode: 'signAndEncrypt', plaintext, signer, recipients, padding: true });
      const theirs = official.encrypt(
        plaintext,
        readers.map((reader) => reader.theirPublicKey),
      );
      for (const reader of shared) {
        expect(hex(official.decrypt(ours, reader.theirs))).toBe(hex(plaintext));
        expect(hex((await openUnverified(provider, { message: theirs, keys: [reader.ours] })).plaintext)).toBe(
          hex(plaintext),
        );
      }
    });
  });
});

describe('longer RSA keys', () => {
  it.each(['RSA_3072', 'RSA_4096'] as const)('%s: messages and signatures are read on both sides', async (type) => {
    const { ours, theirs, theirPublicKey } = await makeSharedKey(type);
    const plaintext = plaintextOf(1000);
    for (const mode of MODES) {
      const common = { mode, plaintext, padding: true };
      const message = sealOfficially({ ...common, signer: theirs, recipients: [theirPublicKey] });
      const opened = await openOurs(nodeProvider, { mode, message, key: ours, signers: [ours.publicKey] });
      expect(hex(opened)).toBe(hex(plaintext));
      const answer = await sealOurs(nodeProvider, { ...common, signer: ours, recipients: [ours.publicKey] });
      const read = openOfficially({ mode, message: answer, key: theirs, signers: [theirPublicKey] });
      expect(hex(read)).toBe(hex(plaintext));
    }
  });
});

describe('identifiers by SHA-256', () => {
  it('are part of the protocol between users: the official library finds no entry of the other kind', async () => {
    const { ours, theirs } = await makeSharedKey('ED25519', { identifiers: 'sha256' });
    const message = await sealOurs(nodeProvider, {
      mode: 'encrypt',
      plaintext: utf8ToBytes('hello'),
      recipients: [ours.publicKey],
      padding: false,
    });
    expect(() => officialSha256.decrypt(message, theirs)).toThrow(/[Rr]ecipient/);
  });
});
