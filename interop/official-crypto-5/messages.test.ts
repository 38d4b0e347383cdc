import {
  concatBytes,
  type EnvelopeMode,
  envelopeMode,
  importPublicKey,
  type KeyType,
  open,
  openDetached,
  openUnverified,
  sealDetached,
  utf8ToBytes,
} from '@sotto/core';
import { nobleProvider } from '@sotto/core/noble';
import { nodeProvider } from '@sotto/core/node';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { MODES, openOfficially, openOurs, sealOfficially, sealOurs } from './modes.ts';
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
const combinations = MODES.flatMap((mode) => [
  [`${mode}, bare`, { mode, padding: false }] as const,
  [`${mode}, padded`, { mode, padding: true }] as const,
]);

describe.each([nodeProvider, nobleProvider])('messages, ours by $name', (provider) => {
  // Around the steps of the padding, and beyond one read of a stream; noble takes its time.
  const sizes = provider === nodeProvider ? [0, 1, 155, 156, 157, 1000, 70_000] : [0, 155, 1000];
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
    it.each(combinations)('opens what the official library wrote: %s', async (_name, { mode, padding }) => {
      const [recipient, signer] = [keys.get(type)!, signerFor(type)];
      for (const plaintext of sizes.map(plaintextOf)) {
        const recipients = [recipient.theirPublicKey];
        const message = sealOfficially({ mode, plaintext, signer: signer.theirs, recipients, padding });
        expect(envelopeMode(message)).toBe(mode);
        const opened = await openOurs(provider, {
          mode,
          message,
          key: recipient.ours,
          signers: [signer.ours.publicKey],
        });
        expect(hex(opened)).toBe(hex(plaintext));
      }
    });

    it.each(combinations)('writes what the official library opens: %s', async (_name, { mode, padding }) => {
      const [recipient, signer] = [keys.get(type)!, signerFor(type)];
      for (const plaintext of sizes.map(plaintextOf)) {
        const recipients = [recipient.ours.publicKey];
        const message = await sealOurs(provider, { mode, plaintext, signer: signer.ours, recipients, padding });
        const opened = openOfficially({ mode, message, key: recipient.theirs, signers: [signer.theirPublicKey] });
        expect(hex(opened)).toBe(hex(plaintext));
      }
    });

    it('has messages as long as those of the official library', async () => {
      const [recipient, signer] = [keys.get(type)!, signerFor(type)];
      // The length of an ECDSA signature varies.
      for (const [, { mode, padding }] of combinations) {
        if (type === 'SECP256R1' && mode !== 'encrypt') continue;
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
    it.each(combinations)(
      'opens for each of a mixed list what the official library wrote: %s',
      async (_name, { mode, padding }) => {
        const signer = keys.get('ED25519')!;
        const plaintext = plaintextOf(500);
        const recipients = [...keys.values()].map((key) => key.theirPublicKey);
        const message = sealOfficially({ mode, plaintext, signer: signer.theirs, recipients, padding });
        for (const { ours: key } of keys.values()) {
          const opened = await openOurs(provider, { mode, message, key, signers: [signer.ours.publicKey] });
          expect(hex(opened)).toBe(hex(plaintext));
        }
      },
    );

    it.each(combinations)(
      'writes what the official library opens for each of a mixed list: %s',
      async (_name, { mode, padding }) => {
        const signer = keys.get('ED25519')!;
        const plaintext = plaintextOf(500);
        const recipients = [...keys.values()].map((key) => key.ours.publicKey);
        const message = await sealOurs(provider, { mode, plaintext, signer: signer.ours, recipients, padding });
        for (const { theirs: key } of keys.values()) {
          const opened = openOfficially({ mode, message, key, signers: [signer.theirPublicKey] });
          expect(hex(opened)).toBe(hex(plaintext));
        }
      },
    );

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

  describe('head and body apart', () => {
    it.each([false, true])(
      'trades sign-then-encrypt messages in two parts both ways (padding: %s)',
      async (padding) => {
        for (const type of KEY_TYPES) {
          const [recipient, signer] = [keys.get(type)!, signerFor(type)];
          const plaintext = plaintextOf(1000);

          const theirs = official.signThenEncryptDetached(plaintext, signer.theirs, recipient.theirPublicKey, padding);
          const opened = await openDetached(provider, {
            metadata: theirs.metadata,
            body: theirs.encryptedData,
            keys: [recipient.ours],
            signers: [signer.ours.publicKey],
            mode: 'signThenEncrypt',
          });
          expect(hex(opened.plaintext)).toBe(hex(plaintext));

          const ours = await sealDetached(provider, {
            mode: 'signThenEncrypt',
            plaintext,
            signer: signer.ours,
            recipients: [recipient.ours.publicKey],
            padding,
          });
          const read = official.decryptThenVerifyDetached(
            ours.body,
            ours.metadata,
            recipient.theirs,
            signer.theirPublicKey,
          );
          expect(hex(read)).toBe(hex(plaintext));
        }
      },
    );
  });

  describe('streams of the official library', () => {
    it('opens one that is encrypted, and one that is signed and encrypted', async () => {
      for (const type of KEY_TYPES) {
        const [recipient, signer] = [keys.get(type)!, signerFor(type)];
        const plaintext = plaintextOf(70_000);
        const pieces = [plaintext.subarray(0, 1), plaintext.subarray(1, 65_537), plaintext.subarray(65_537)];

        const cipher = official.createStreamCipher(
          recipient.theirPublicKey,
          official.calculateSignature(plaintext, signer.theirs),
        );
        const signed = concatBytes(cipher.start(), ...pieces.map((piece) => cipher.update(piece)), cipher.final());
        cipher.dispose();
        const openedSigned = await openOurs(provider, {
          mode: 'signThenEncrypt',
          message: signed,
          key: recipient.ours,
          signers: [signer.ours.publicKey],
        });
        expect(hex(openedSigned)).toBe(hex(plaintext));

        const signing = official.createStreamSignAndEncrypt(signer.theirs, recipient.theirPublicKey, true);
        const message = concatBytes(
          signing.start(plaintext.length),
          ...pieces.map((piece) => signing.update(piece)),
          signing.final(),
        );
        signing.dispose();
        const opened = await openOurs(provider, {
          mode: 'signAndEncrypt',
          message,
          key: recipient.ours,
          signers: [signer.ours.publicKey],
        });
        expect(hex(opened)).toBe(hex(plaintext));
      }
    });

    it('writes messages that it deciphers in pieces', async () => {
      const [recipient, signer] = [keys.get('CURVE25519_ED25519')!, keys.get('ED25519')!];
      const plaintext = plaintextOf(70_000);
      for (const mode of MODES) {
        const message = await sealOurs(provider, {
          mode,
          plaintext,
          signer: signer.ours,
          recipients: [recipient.ours.publicKey],
          padding: true,
        });
        const decipher = official.createStreamDecipher(recipient.theirs);
        const pieces = [message.subarray(0, 100), message.subarray(100, 40_000), message.subarray(40_000)];
        const opened = concatBytes(...pieces.map((piece) => decipher.update(piece)), decipher.final());
        decipher.dispose();
        expect(hex(opened)).toBe(hex(plaintext));
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
  let keys: SharedKey[];

  beforeAll(async () => {
    keys = await Promise.all(SIGNING_KEY_TYPES.map((type) => makeSharedKey(type, { identifiers: 'sha256' })));
  });

  it.each(MODES)('trades %s messages both ways', async (mode) => {
    for (const { ours, theirs, theirPublicKey } of keys) {
      const common = { mode, plaintext: plaintextOf(300), padding: true };
      const message = sealOfficially({ ...common, signer: theirs, recipients: [theirPublicKey] }, officialSha256);
      const opened = await openOurs(nodeProvider, { mode, message, key: ours, signers: [ours.publicKey] });
      expect(hex(opened)).toBe(hex(common.plaintext));

      const answer = await sealOurs(nodeProvider, { ...common, signer: ours, recipients: [ours.publicKey] }, 'sha256');
      const read = openOfficially({ mode, message: answer, key: theirs, signers: [theirPublicKey] }, officialSha256);
      expect(hex(read)).toBe(hex(common.plaintext));
    }
  });

  it('is part of the protocol between users: the official library finds no entry of the other kind', async () => {
    const { ours, theirs } = keys[0]!;
    const message = await sealOurs(nodeProvider, {
      mode: 'encrypt',
      plaintext: utf8ToBytes('hello'),
      signer: ours,
      recipients: [ours.publicKey],
      padding: false,
    });
    expect(() => officialSha256.decrypt(message, theirs)).toThrow(/[Rr]ecipient/);
  });
});

describe('anything at all', () => {
  it('is read by the other side, whatever the mode, padding, readers and content', async () => {
    const keys = await Promise.all([...KEY_TYPES, ...KEY_TYPES.slice(0, -1)].map((type) => makeSharedKey(type)));
    const signers = keys.filter(({ type }) => type !== 'CURVE25519');
    const message = fc.record({
      mode: fc.constantFrom<EnvelopeMode>(...MODES),
      padding: fc.boolean(),
      plaintext: fc.uint8Array({ maxLength: 400 }),
      signer: fc.constantFrom(...signers),
      readers: fc.uniqueArray(fc.constantFrom(...keys), { minLength: 1, maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(message, async ({ mode, padding, plaintext, signer, readers }) => {
        const theirs = sealOfficially({
          mode,
          padding,
          plaintext,
          signer: signer.theirs,
          recipients: readers.map((reader) => reader.theirPublicKey),
        });
        const ours = await sealOurs(nodeProvider, {
          mode,
          padding,
          plaintext,
          signer: signer.ours,
          recipients: readers.map((reader) => reader.ours.publicKey),
        });
        for (const reader of readers) {
          const read = await openOurs(nodeProvider, {
            mode,
            message: theirs,
            key: reader.ours,
            signers: [signer.ours.publicKey],
          });
          expect(hex(read)).toBe(hex(plaintext));
          const readThere = openOfficially({
            mode,
            message: ours,
            key: reader.theirs,
            signers: [signer.theirPublicKey],
          });
          expect(hex(readThere)).toBe(hex(plaintext));
        }
      }),
      { numRuns: 50 },
    );
  });
});
