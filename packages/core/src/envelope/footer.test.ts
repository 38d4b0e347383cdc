/** Messages that no client of ours writes, made by hand: what the reader takes of them, and what it refuses. */
import { beforeAll, describe, expect, it } from 'vitest';
import { concatBytes, utf8ToBytes } from '../encoding/bytes.ts';
import { contextTag, der, derInteger, derSequence, derSetOf } from '../encoding/der.ts';
import { ALGORITHM } from '../keys/algorithms.ts';
import { generateKeyPair } from '../keys/generate.ts';
import type { KeyPair } from '../keys/key.ts';
import { nodeProvider } from '../provider/node.ts';
import type { HashName } from '../provider/port.ts';
import { encodeFooter, parseFooter, type SignerInfo } from './footer.ts';
import { encodeMessageInfo, encodeSignedDataInfo, type MessageInfo } from './header.ts';
import { open, openUnverified } from './open.ts';
import { deriveBodyKeys } from './begin.ts';
import { wrapContentKey } from './wrap.ts';

const plaintext = utf8ToBytes('made by hand');
let alice: KeyPair;
let bob: KeyPair;
let signerInfo: SignerInfo;

beforeAll(async () => {
  [alice, bob] = [await generateKeyPair(nodeProvider), await generateKeyPair(nodeProvider)];
  signerInfo = await signBy(alice);
});

async function signBy({ privateKey, publicKey }: KeyPair, hash: HashName = 'SHA-512'): Promise<SignerInfo> {
  const raw = await nodeProvider.sign(privateKey.parts.signing!, hash, plaintext);
  return { identifier: publicKey.identifier, algorithm: publicKey.parts.algorithm, raw };
}

interface Plan {
  /** The footer before its encryption. */
  readonly footer?: Uint8Array;
  readonly hash?: HashName | undefined;
  /** The wrapped key. */
  readonly masterKey?: Uint8Array;
  readonly change?: (info: MessageInfo) => MessageInfo;
}

async function make(plan: Plan = {}): Promise<Uint8Array> {
  const hash = 'hash' in plan ? plan.hash : 'SHA-512';
  const { footer = encodeFooter(signerInfo), masterKey = nodeProvider.randomBytes(32), change = (info) => info } = plan;
  const keys = await deriveBodyKeys(nodeProvider, masterKey);
  const aad = hash && encodeSignedDataInfo(hash);
  const recipients = await wrapContentKey(nodeProvider, {
    contentKey: masterKey,
    recipients: [bob.publicKey],
    identifiers: 'sha512',
  });
  const head = encodeMessageInfo(
    change({
      recipients,
      nonce: keys.data.nonce,
      customParams: new Map(),
      isDerived: true,
      footer: { dataSize: plaintext.length, signedHash: hash },
      isPadded: false,
    }),
  );
  return concatBytes(
    head,
    ...(await nodeProvider.encryptBody({ ...keys.data, aad }, [plaintext])),
    ...(await nodeProvider.encryptBody(keys.footer, [footer])),
  );
}

const openBy = (message: Uint8Array, signers = [alice.publicKey]) =>
  open(nodeProvider, { message, keys: [bob.privateKey], signers });
const openAnyway = (message: Uint8Array) => openUnverified(nodeProvider, { message, keys: [bob.privateKey] });

describe('a footer', () => {
  it('is read as it is written', () => {
    expect(parseFooter(encodeFooter(signerInfo))).toEqual(signerInfo);
    expect(encodeFooter(signerInfo)).toHaveLength(97);
  });

  it('names the signer of the message', async () => {
    expect((await openBy(await make())).signer).toBe(alice.publicKey);
  });

  it.each<HashName>(['SHA-224', 'SHA-256', 'SHA-384'])('may hold a signature over %s', async (hash) => {
    const message = await make({ hash, footer: encodeFooter(await signBy(alice, hash)) });
    expect((await openBy(message)).plaintext).toEqual(plaintext);
    const other = await make({ hash, footer: encodeFooter(signerInfo) });
    await expect(openBy(other)).rejects.toMatchObject({ code: 'envelope/bad-signature' });
  });

  it('that names nobody makes no signed message', async () => {
    const empty = derSequence(derInteger(0), der(contextTag(0), derSetOf([])));
    for (const message of [await make({ footer: empty }), await make({ hash: undefined })]) {
      expect((await openAnyway(message)).plaintext).toEqual(plaintext);
      await expect(openBy(message)).rejects.toMatchObject({ code: 'envelope/not-signed' });
    }
  });

  it('with the algorithm of another kind of key is a bad signature', async () => {
    const message = await make({ footer: encodeFooter({ ...signerInfo, algorithm: ALGORITHM.p256 }) });
    await expect(openBy(message)).rejects.toMatchObject({ code: 'envelope/bad-signature' });
  });

  it('with a signature of the wrong form or by somebody else is a bad signature', async () => {
    const other = await signBy(bob);
    for (const raw of [new Uint8Array(0), signerInfo.raw.subarray(1), other.raw]) {
      const message = await make({ footer: encodeFooter({ ...signerInfo, raw }) });
      await expect(openBy(message)).rejects.toMatchObject({ code: 'envelope/bad-signature' });
    }
  });

  it('counts for its first signer alone', async () => {
    const footerOf = (...infos: SignerInfo[]) => {
      const elements = infos.map((info) => {
        const whole = encodeFooter(info);
        return whole.subarray(9); // behind SEQ, INTEGER 0, [0] and SET, one byte of length each
      });
      return derSequence(derInteger(0), der(contextTag(0), der(0x31, ...elements)));
    };
    const other = await signBy(bob);
    expect((await openBy(await make({ footer: footerOf(signerInfo, other) }))).signer).toBe(alice.publicKey);
    const reversed = await make({ footer: footerOf(other, signerInfo) });
    await expect(openBy(reversed)).rejects.toMatchObject({ code: 'envelope/other-signer' });
  });

  it('that is none is refused, by whoever reads it', async () => {
    for (const footer of [new Uint8Array(0), utf8ToBytes('no footer'), derSequence(derInteger(0))]) {
      const message = await make({ footer });
      await expect(openAnyway(message)).rejects.toMatchObject({ code: 'envelope/malformed' });
      await expect(openBy(message)).rejects.toMatchObject({ code: 'envelope/malformed' });
    }
    const later = encodeFooter(signerInfo);
    later[4] = 1;
    await expect(openBy(await make({ footer: later }))).rejects.toMatchObject({ code: 'envelope/unsupported' });
  });
});

describe('a message made by hand is refused', () => {
  it.each([0, 16, 31, 33, 64])('with a wrapped key of %i bytes', async (length) => {
    const message = await make({ masterKey: new Uint8Array(length) });
    await expect(openAnyway(message)).rejects.toMatchObject({ code: 'envelope/undecryptable' });
  });

  it('with an entry for another kind of key under the same name', async () => {
    const message = await make({
      change: (info) => ({ ...info, recipients: [{ ...info.recipients[0]!, algorithm: ALGORITHM.x25519 }] }),
    });
    await expect(openAnyway(message)).rejects.toMatchObject({ code: 'envelope/undecryptable' });
  });

  it('with another hash in its head than its body is bound to', async () => {
    const message = await make({
      change: (info) => ({ ...info, footer: { dataSize: plaintext.length, signedHash: 'SHA-256' } }),
    });
    await expect(openAnyway(message)).rejects.toMatchObject({ code: 'envelope/undecryptable' });
  });

  it.each([0, 1, plaintext.length - 1, plaintext.length + 1])('with a size of %i', async (dataSize) => {
    const message = await make({ change: (info) => ({ ...info, footer: { dataSize, signedHash: 'SHA-512' } }) });
    await expect(openAnyway(message)).rejects.toMatchObject({ code: 'envelope/undecryptable' });
  });

  it('with a size beyond its end', async () => {
    for (const dataSize of [10_000, 2 ** 32, 2 ** 48 - 1]) {
      const message = await make({ change: (info) => ({ ...info, footer: { dataSize, signedHash: 'SHA-512' } }) });
      await expect(openAnyway(message)).rejects.toMatchObject({ code: 'envelope/malformed' });
    }
  });

  it('with a footer and no key of its own', async () => {
    const message = await make({ change: (info) => ({ ...info, isDerived: false }) });
    await expect(openAnyway(message)).rejects.toMatchObject({ code: 'envelope/unsupported' });
  });

  it('but opens where its derived key has no footer', async () => {
    const masterKey = nodeProvider.randomBytes(32);
    const message = await make({ masterKey, hash: undefined, change: ({ footer: _, ...info }) => info });
    const cut = message.subarray(0, message.length - 97 - 16);
    expect(await openAnyway(cut)).toEqual({ plaintext, mode: 'encrypt' });
    await expect(openBy(cut)).rejects.toMatchObject({ code: 'envelope/not-signed' });
  });

  it('does not mind a nonce that is not the derived one', async () => {
    const message = await make({ change: (info) => ({ ...info, nonce: new Uint8Array(12) }) });
    expect((await openBy(message)).plaintext).toEqual(plaintext);
    await expect(
      openAnyway(await make({ change: (info) => ({ ...info, nonce: new Uint8Array(11) }) })),
    ).rejects.toMatchObject({
      code: 'envelope/malformed',
    });
  });
});
