/**
 * The known answers of the official packages, which every `CryptoProvider` must give: `vectors/README.md` says where they come
 * from. They are handed over as parsed from `vectors/formats/known-answers.json`, since pages have no files.
 */
import {
  base64ToBytes,
  base64UrlToBytes,
  bytesToBase64,
  bytesToHex,
  checkSignature,
  concatBytes,
  type CryptoProvider,
  equalBytes,
  hexToBytes,
  importPrivateKey,
  importPublicKey,
  isSdkError,
  keyPairFromMaterial,
  type KeyType,
  open,
  openUnverified,
  parseCard,
  parseToken,
  type PrivateKey,
  type PublicKey,
  type RawCard,
  sign,
  utf8ToBytes,
  verify,
  verifyToken,
} from '@sotto/core';
import { derivePasswords, openKeyknoxValue, parseBackup, takeKeyRing } from '@sotto/core/backup';
import { encodeTicket, groupIdToSessionId, joinTickets, openGroupMessage, parseTicket } from '@sotto/core/group';
import { deblind } from '@sotto/core/pythia';
import { describe, expect, it } from 'vitest';

interface KnownKey {
  name: string;
  type: string;
  keyMaterial: string;
  privateKey: string;
  publicKey: string;
  identifier: string;
  identifierSha256: string;
  nativeDerivation: boolean;
}

interface KnownVector {
  name: string;
  op: string;
  exact?: boolean | string;
  mustFail?: boolean;
  signer?: string;
  recipients?: string[];
  recipientKey?: string;
  signerKeys?: string[];
  input?: string;
  output?: string | RawCard;
  message?: string;
  metadata?: string;
  encryptedData?: string;
  signature?: string;
  algorithm?: string;
  identity?: string;
  cardId?: string;
  sha256Identifiers?: boolean;
  [other: string]: unknown;
}

interface KnownGroupMessage {
  input: string;
  epoch: number;
  signer: string;
  message: string;
}

export interface KnownAnswers {
  readonly inputs: Readonly<Record<string, string>>;
  readonly keys: readonly KnownKey[];
  readonly vectors: readonly KnownVector[];
}

/** Registers the tests of one adapter. */
export function knownAnswersSuite(provider: CryptoProvider, known: KnownAnswers): void {
  const unusable = new Set(known.keys.filter(({ type }) => type.includes('ROUND5')).map(({ name }) => name));
  const inputOf = (vector: KnownVector) => base64ToBytes(known.inputs[vector.input!]!);
  const vectorsOf = (...ops: string[]) => known.vectors.filter(({ op, mustFail }) => ops.includes(op) && !mustFail);

  describe(`known answers with ${provider.name}`, () => {
    const privateKeys = new Map<string, Promise<PrivateKey>>();
    const keyOf = (name: string): Promise<PrivateKey> => {
      const stored = privateKeys.get(name);
      if (stored) return stored;
      const row = known.keys.find((key) => key.name === name)!;
      const key = importPrivateKey(provider, base64ToBytes(row.privateKey));
      privateKeys.set(name, key);
      return key;
    };
    const publicKeyOf = (name: string): PublicKey =>
      importPublicKey(base64ToBytes(known.keys.find((key) => key.name === name)!.publicKey));

    describe('keys', () => {
      it.each(known.keys)('$name: reads and writes the same bytes under the same identifiers', async (row) => {
        const publicKey = importPublicKey(base64ToBytes(row.publicKey));
        expect(bytesToBase64(publicKey.exportDer())).toBe(row.publicKey);
        expect(bytesToBase64(publicKey.identifier)).toBe(row.identifier);
        expect(bytesToBase64(publicKey.identifierSha256)).toBe(row.identifierSha256);
        if (unusable.has(row.name)) {
          expect(publicKey.type).toBe('POST_QUANTUM_COMPOUND');
          await expect(keyOf(row.name)).rejects.toMatchObject({ code: 'key/unsupported' });
          return;
        }
        const privateKey = await keyOf(row.name);
        expect(privateKey.type).toBe(row.type);
        expect(bytesToBase64(privateKey.exportDer())).toBe(row.privateKey);
        expect(bytesToBase64(privateKey.publicKey.exportDer())).toBe(row.publicKey);
      });

      it.each(known.keys.filter((row) => row.nativeDerivation))('$name: comes from its material', async (row) => {
        const { privateKey } = await keyPairFromMaterial(provider, base64ToBytes(row.keyMaterial), row.type as KeyType);
        expect(bytesToBase64(privateKey.exportDer())).toBe(row.privateKey);
      });
    });

    describe('signatures', () => {
      it.each(vectorsOf('calculateSignature'))('$name', async (vector) => {
        const data = inputOf(vector);
        if (unusable.has(vector.signer!)) {
          expect(
            await verify(provider, publicKeyOf(vector.signer!), data, base64ToBytes(vector.output as string)),
          ).toBe(false);
          return;
        }
        const key = await keyOf(vector.signer!);
        if (vector.exact) expect(bytesToBase64(await sign(provider, key, data))).toBe(vector.output);
        expect(await verify(provider, key.publicKey, data, base64ToBytes(vector.output as string))).toBe(true);
        expect(
          await verify(
            provider,
            key.publicKey,
            concatBytes(data, Uint8Array.of(0)),
            base64ToBytes(vector.output as string),
          ),
        ).toBe(false);
      });
    });

    describe('messages', () => {
      const sealed = vectorsOf(
        'encrypt',
        'signThenEncrypt',
        'signAndEncrypt',
        'signThenEncryptDetached',
        'streamCipher',
        'streamSignAndEncrypt',
      );
      it.each(sealed)('opens: $name', async (vector) => {
        const message = vector.metadata
          ? concatBytes(base64ToBytes(vector.metadata), base64ToBytes(vector.encryptedData!))
          : base64ToBytes(vector.output as string);
        for (const name of vector.recipients!.filter((recipient) => !unusable.has(recipient))) {
          const keys = [await keyOf(name)];
          const opened = await openUnverified(provider, { message, keys });
          expect(equalBytes(opened.plaintext, inputOf(vector))).toBe(true);
          if (vector.signer && !unusable.has(vector.signer)) {
            const verified = await open(provider, { message, keys, signers: [publicKeyOf(vector.signer)] });
            expect(equalBytes(verified.plaintext, inputOf(vector))).toBe(true);
            await expect(open(provider, { message, keys, signers: [publicKeyOf('carol')] })).rejects.toSatisfy(
              isSdkError,
            );
          }
        }
      });

      it.each(known.vectors.filter((vector) => vector.mustFail))('refuses: $name', async (vector) => {
        const message = base64ToBytes(vector.message!);
        const keys = [await keyOf(vector.recipientKey!)];
        const signers = vector.signerKeys!.map(publicKeyOf);
        const attempt =
          vector.op === 'decrypt'
            ? openUnverified(provider, { message, keys })
            : open(provider, {
                message,
                keys,
                signers,
                mode: vector.op === 'decryptThenVerify' ? 'signThenEncrypt' : 'signAndEncrypt',
              });
        await expect(attempt).rejects.toSatisfy((error) => isSdkError(error) && /^(envelope|key)\//.test(error.code));
      });
    });

    describe('brain keys and backups', () => {
      const bytesOf = (vector: KnownVector, field: string) => base64ToBytes(vector[field] as string);
      const openValue = async (vector: KnownVector, reader: string) => {
        const value = { meta: bytesOf(vector, 'meta'), value: bytesOf(vector, 'value') };
        const signers = [publicKeyOf(vector.signer!)];
        return (await openKeyknoxValue(provider, value, { keys: [await keyOf(reader)], signers }))!;
      };

      it.each(vectorsOf('pythia'))('$name', async (vector) => {
        const seed = deblind(bytesOf(vector, 'transformedPassword'), bytesOf(vector, 'blindingSecret'));
        expect(bytesToBase64(seed)).toBe(vector.seed);
        const { privateKey, publicKey } = await keyPairFromMaterial(provider, seed);
        expect(bytesToBase64(privateKey.exportDer())).toBe(vector.brainPrivateKey);
        expect(bytesToBase64(publicKey.exportDer())).toBe(vector.brainPublicKey);
      });

      it.each(vectorsOf('keyknox'))('$name', async (vector) => {
        const entries = parseBackup(await openValue(vector, vector.recipients![0]!));
        const name = vector.entryName as string;
        expect([...entries.keys()]).toEqual([name]);
        if (vector.creationDate) expect(entries.get(name)?.createdAt).toBe(vector.creationDate);
        const keyRing = await takeKeyRing(provider, entries, name);
        const key = await keyOf(vector.entryDataKey as string);
        expect(bytesToBase64(keyRing!.current.exportDer())).toBe(bytesToBase64(key.exportDer()));
      });

      it.each(vectorsOf('keyknoxTicket'))('$name', async (vector) => {
        for (const reader of vector.recipients!) {
          expect(bytesToBase64(await openValue(vector, reader))).toBe(vector.ticket);
        }
      });

      it.each(vectorsOf('derivePasswords'))('$name', (vector) => {
        const { loginPassword, backupPassword } = derivePasswords(inputOf(vector));
        expect(bytesToBase64(loginPassword)).toBe(vector.loginPassword);
        expect(bytesToBase64(backupPassword)).toBe(vector.backupPassword);
      });
    });

    describe('groups', () => {
      it.each(vectorsOf('calculateGroupSessionId'))('$name', (vector) => {
        expect(bytesToHex(groupIdToSessionId(utf8ToBytes(vector.groupId as string)))).toBe(vector.output);
      });

      it.each(vectorsOf('group'))('$name', async (vector) => {
        const tickets = (vector.tickets as string[]).map((ticket) => parseTicket(base64ToBytes(ticket)));
        expect(tickets.map(({ epoch }) => epoch)).toEqual(vector.ticketEpochs);
        expect(tickets.map((ticket) => bytesToBase64(encodeTicket(ticket)))).toEqual(vector.tickets);
        const session = joinTickets(hexToBytes(vector.sessionId as string), tickets);
        for (const { input, signer, message } of vector.messages as KnownGroupMessage[]) {
          const [sealed, sender] = [base64ToBytes(message), publicKeyOf(signer)];
          const opened = await openGroupMessage(provider, { session, message: sealed, sender });
          expect(equalBytes(opened, base64ToBytes(known.inputs[input]!))).toBe(true);
          const others = openGroupMessage(provider, { session, message: sealed, sender: publicKeyOf('carol') });
          await expect(others).rejects.toSatisfy(isSdkError);
        }
      });
    });

    describe('hashes, cards and tokens', () => {
      it.each(vectorsOf('calculateHash'))('$name', async (vector) => {
        const name = vector.algorithm!.replace('SHA', 'SHA-') as 'SHA-256';
        expect(bytesToBase64(await provider.hash(name, inputOf(vector)))).toBe(vector.output);
      });

      it.each(vectorsOf('card'))('$name', async (vector) => {
        const card = parseCard(vector.output as RawCard);
        expect(card).toMatchObject({ id: vector.cardId, identity: vector.identity });
        expect(await checkSignature(provider, card, { signer: 'self', publicKey: publicKeyOf(vector.signer!) })).toBe(
          'valid',
        );
        expect(await checkSignature(provider, card, { signer: 'self', publicKey: publicKeyOf('carol') })).toBe(
          'invalid',
        );
        expect(await checkSignature(provider, card, { signer: 'virgil', publicKey: publicKeyOf('carol') })).toBe(
          'missing',
        );
      });

      it.each(vectorsOf('jwt'))('$name', async (vector) => {
        const token = parseToken(vector.output as string);
        expect(token.identity).toBe(vector.identity);
        const publicKey = publicKeyOf(vector.signer!);
        await verifyToken(provider, token, { publicKey, now: token.expiresAt });
        await expect(verifyToken(provider, token, { publicKey, now: token.expiresAt + 1 })).rejects.toMatchObject({
          code: 'token/expired',
        });
        const other = verifyToken(provider, token, { publicKey: publicKeyOf('carol'), now: token.expiresAt + 1 });
        await expect(other).rejects.toMatchObject({ code: 'token/bad-signature' });
        const resigned = await sign(
          provider,
          await keyOf(vector.signer!),
          utf8ToBytes(token.text.slice(0, token.text.lastIndexOf('.'))),
        );
        expect(bytesToHex(resigned)).toBe(bytesToHex(base64UrlToBytes(token.text.split('.')[2]!)));
      });
    });
  });
}
