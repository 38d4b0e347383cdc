import { beforeAll, describe, expect, it } from 'vitest';
import { concatBytes, utf8ToBytes } from '../encoding/bytes.ts';
import { derBits, derOctets, derSequence } from '../encoding/der.ts';
import { bytesToHex, hexToBytes } from '../encoding/text.ts';
import { ALGORITHM } from '../keys/algorithms.ts';
import { generateKeyPair } from '../keys/generate.ts';
import { importPublicKey } from '../keys/import-public.ts';
import { compoundPrivateKeyOf, privateKeyOf } from '../keys/import-private.ts';
import type { KeyPair, KeyType, PrivateKey } from '../keys/key.ts';
import { nobleProvider } from '../provider/noble.ts';
import { nodeProvider } from '../provider/node.ts';
import { encodeMessageInfo, parseMessageInfo } from './header.ts';
import type { EnvelopeMode } from './mode.ts';
import { envelopeMode, open, openDetached, openUnverified } from './open.ts';
import { type SealOptions, seal, sealDetached } from './seal.ts';

const MODES: EnvelopeMode[] = ['encrypt', 'signThenEncrypt', 'signAndEncrypt'];
const SIGNED = ['signThenEncrypt', 'signAndEncrypt'] as const;
const TYPES: KeyType[] = ['ED25519', 'CURVE25519', 'CURVE25519_ED25519', 'SECP256R1', 'RSA_2048'];
const SIZES = [0, 1, 155, 156, 157, 1000];
const plaintext = utf8ToBytes('what only they may read');

const pairs = new Map<KeyType, KeyPair>();
const pairOf = (type: KeyType) => pairs.get(type)!;
let alice: KeyPair;
let bob: KeyPair;
let eve: KeyPair;

beforeAll(async () => {
  for (const type of TYPES) pairs.set(type, await generateKeyPair(nodeProvider, type));
  [alice, bob, eve] = [
    await generateKeyPair(nodeProvider),
    await generateKeyPair(nodeProvider),
    await generateKeyPair(nodeProvider),
  ];
});

type Options = Omit<SealOptions, 'mode' | 'plaintext'> & {
  mode?: EnvelopeMode;
  plaintext?: Uint8Array;
  signer?: PrivateKey;
};

/** Sealed by alice unless it is said otherwise. */
function sealAs(
  { mode = 'signAndEncrypt', signer = alice.privateKey, ...rest }: Options,
  provider = nodeProvider,
): Promise<Uint8Array> {
  return seal(provider, { plaintext, ...rest, mode, signer });
}

describe.each([
  ['node', 'noble', nodeProvider, nobleProvider],
  ['noble', 'node', nobleProvider, nodeProvider],
])('what %s seals, %s opens', (_, __, writer, reader) => {
  describe.each(MODES)('in the mode %s', (mode) => {
    it.each(TYPES)('for %s, of each size, padded or not', async (type) => {
      const { publicKey, privateKey } = pairOf(type);
      for (const size of SIZES) {
        for (const padding of [false, true]) {
          const content = writer.randomBytes(size);
          const message = await sealAs({ mode, plaintext: content, recipients: [publicKey], padding }, writer);
          expect(envelopeMode(message)).toBe(mode);
          const opened = await openUnverified(reader, { message, keys: [privateKey] });
          expect(opened).toEqual({ plaintext: content, mode });
          const attempt = open(reader, { message, keys: [privateKey], signers: [alice.publicKey] });
          if (mode === 'encrypt') await expect(attempt).rejects.toMatchObject({ code: 'envelope/not-signed' });
          else expect(await attempt).toEqual({ plaintext: content, mode, signer: alice.publicKey });
        }
      }
    });
  });

  it.each(SIGNED)('signed by any type that signs, in the mode %s', async (mode) => {
    for (const type of TYPES.filter((name) => name !== 'CURVE25519')) {
      const { privateKey: signer, publicKey } = pairOf(type);
      const message = await sealAs({ mode, recipients: [bob.publicKey], signer }, writer);
      const verified = await open(reader, { message, keys: [bob.privateKey], signers: [publicKey] });
      expect(verified).toEqual({ plaintext, mode, signer: publicKey });
      const attempt = open(reader, { message, keys: [bob.privateKey], signers: [eve.publicKey] });
      await expect(attempt).rejects.toMatchObject({ code: 'envelope/other-signer' });
    }
  });
});

describe('a message', () => {
  it('is refused to strangers, and to nobody at all', async () => {
    for (const mode of MODES) {
      const message = await sealAs({ mode, recipients: [bob.publicKey] });
      for (const keys of [[eve.privateKey], [...pairs.values()].map((pair) => pair.privateKey), []]) {
        await expect(openUnverified(nodeProvider, { message, keys })).rejects.toMatchObject({
          code: 'envelope/not-a-recipient',
        });
        const attempt = open(nodeProvider, { message, keys, signers: [alice.publicKey] });
        await expect(attempt).rejects.toMatchObject({ code: 'envelope/not-a-recipient' });
      }
    }
  });

  it('opens with whichever key of the ring it is for', async () => {
    const message = await sealAs({ recipients: [bob.publicKey] });
    const keys = [eve.privateKey, pairOf('RSA_2048').privateKey, bob.privateKey];
    expect((await openUnverified(nodeProvider, { message, keys })).plaintext).toEqual(plaintext);
  });

  it('needs a recipient', async () => {
    await expect(sealAs({ recipients: [] })).rejects.toMatchObject({ code: 'envelope/no-recipients' });
  });

  it('is not signed with a key that only agrees on secrets', async () => {
    const signer = pairOf('CURVE25519').privateKey;
    for (const mode of SIGNED) {
      await expect(sealAs({ mode, signer, recipients: [bob.publicKey] })).rejects.toMatchObject({
        code: 'key/cannot-sign',
      });
    }
  });

  it('is not sealed for a post-quantum key', async () => {
    // compound{hybrid{X25519, Round5}, hybrid{Ed25519, Falcon}} with halves of our own.
    const hybridOf = (first: Uint8Array, oid: string) =>
      derSequence(hexToBytes('060a2b0601040183ac1b0102'), derSequence(first, derSequence(hexToBytes(oid))));
    const algorithm = derSequence(
      hexToBytes('060a2b0601040183ac1b0101'),
      derSequence(
        hybridOf(ALGORITHM.x25519, '060b2b0601040183ac1b020209'),
        hybridOf(ALGORITHM.ed25519, '060a2b0601040183ac1b0201'),
      ),
    );
    const half = alice.publicKey.exportDer().slice(-32);
    const pair = (first: Uint8Array) => derOctets(derSequence(derOctets(first), derOctets(new Uint8Array(8))));
    const key = importPublicKey(derSequence(algorithm, derBits(derSequence(pair(half), pair(half)))));
    expect(key).toMatchObject({ type: 'POST_QUANTUM_COMPOUND', canEncrypt: false, canSign: false });
    await expect(sealAs({ recipients: [bob.publicKey, key] })).rejects.toMatchObject({ code: 'key/unsupported' });
  });

  it('has one entry for a recipient who is named twice', async () => {
    const again = importPublicKey(bob.publicKey.exportDer());
    const message = await sealAs({ recipients: [bob.publicKey, alice.publicKey, again, bob.publicKey] });
    expect(parseMessageInfo(message).info.recipients).toHaveLength(2);
    for (const key of [alice, bob]) {
      expect((await openUnverified(nodeProvider, { message, keys: [key.privateKey] })).plaintext).toEqual(plaintext);
    }
  });

  it('wraps once for two keys that agree by the same half', async () => {
    const { parts } = pairOf('CURVE25519_ED25519').privateKey;
    const compound = await compoundPrivateKeyOf(nodeProvider, parts.agreement!, parts.signing!);
    const half = await privateKeyOf(nodeProvider, parts.agreement!);
    const message = await sealAs({ recipients: [compound.publicKey, half.publicKey] });
    const { recipients } = parseMessageInfo(message).info;
    expect(recipients).toHaveLength(2);
    expect(recipients[0]!.encryptedKey).toEqual(recipients[1]!.encryptedKey);
    for (const key of [compound, half]) {
      expect((await openUnverified(nodeProvider, { message, keys: [key] })).plaintext).toEqual(plaintext);
    }
  });

  it('names its keys by SHA-256 if asked to, and opens all the same', async () => {
    for (const mode of MODES) {
      const message = await sealAs({ mode, recipients: [bob.publicKey, eve.publicKey], identifiers: 'sha256' });
      const named = parseMessageInfo(message).info.recipients.map(({ identifier }) => bytesToHex(identifier));
      expect(named.sort()).toEqual([bob, eve].map(({ publicKey }) => bytesToHex(publicKey.identifierSha256)).sort());
      expect((await openUnverified(nobleProvider, { message, keys: [bob.privateKey] })).plaintext).toEqual(plaintext);
      if (mode === 'encrypt') continue;
      const signers = [eve.publicKey, alice.publicKey];
      const verified = await open(nobleProvider, { message, keys: [bob.privateKey], signers });
      expect(verified.signer).toBe(alice.publicKey);
    }
  });

  it('hides its length up to a frame when it is padded', async () => {
    for (const mode of MODES) {
      const sizes = new Set<number>();
      for (let size = 0; size < 156; size += 31) {
        sizes.add(
          (await sealAs({ mode, plaintext: new Uint8Array(size), recipients: [bob.publicKey], padding: true })).length,
        );
      }
      expect(sizes.size).toBe(1);
    }
  });

  it('is another one each time', async () => {
    const messages = await Promise.all(
      Array.from({ length: 3 }, () => sealAs({ mode: 'encrypt', recipients: [bob.publicKey] })),
    );
    const infos = messages.map((message) => parseMessageInfo(message).info);
    expect(new Set(infos.map(({ nonce }) => bytesToHex(nonce))).size).toBe(3);
    expect(new Set(infos.map(({ recipients }) => bytesToHex(recipients[0]!.encryptedKey))).size).toBe(3);
  });

  it('hides its signer in the mode signAndEncrypt, and in the mode signThenEncrypt it does not', async () => {
    const id = bytesToHex(alice.publicKey.identifier);
    expect(bytesToHex(await sealAs({ mode: 'signAndEncrypt', recipients: [bob.publicKey] }))).not.toContain(id);
    expect(bytesToHex(await sealAs({ mode: 'signThenEncrypt', recipients: [bob.publicKey] }))).toContain(id);
  });

  it('has the sizes that the official clients write', async () => {
    const headOf = async (type: KeyType, padding = false) => {
      const options = { plaintext, mode: 'encrypt', recipients: [pairOf(type).publicKey], padding } as const;
      return (await sealDetached(nodeProvider, options)).metadata.length;
    };
    expect(await Promise.all(TYPES.map((type) => headOf(type)))).toEqual([330, 330, 355, 395, 371]);
    expect(await headOf('ED25519', true)).toBe(346);
  });

  it('may be kept in two parts', async () => {
    for (const mode of SIGNED) {
      const { metadata, body } = await sealDetached(nodeProvider, {
        plaintext,
        mode,
        signer: alice.privateKey,
        recipients: [bob.publicKey],
      });
      const options = { keys: [bob.privateKey], signers: [alice.publicKey] };
      expect((await openDetached(nodeProvider, { metadata, body, ...options })).plaintext).toEqual(plaintext);
      const message = concatBytes(metadata, body);
      expect((await open(nodeProvider, { message, ...options })).plaintext).toEqual(plaintext);
      const swapped = openDetached(nodeProvider, { metadata: body, body: metadata, ...options });
      await expect(swapped).rejects.toMatchObject({ code: expect.stringMatching(/^envelope\//) });
    }
  });

  it('has a head that is written as it was read', async () => {
    for (const mode of MODES) {
      for (const padding of [false, true]) {
        const recipients = TYPES.map((type) => pairOf(type).publicKey);
        const message = await sealAs({ mode, padding, recipients });
        const { info, length } = parseMessageInfo(message);
        expect(encodeMessageInfo(info)).toEqual(message.subarray(0, length));
      }
    }
  });

  it('does not change what it is made of, and is memory of its own', async () => {
    const content = plaintext.slice();
    const message = await sealAs({ mode: 'signAndEncrypt', plaintext: content, recipients: [bob.publicKey] });
    expect(content).toEqual(plaintext);
    content.fill(0);
    const before = bytesToHex(message);
    const opened = await openUnverified(nodeProvider, { message, keys: [bob.privateKey] });
    expect(opened.plaintext).toEqual(plaintext);
    opened.plaintext.fill(0);
    expect(bytesToHex(message)).toBe(before);
  });
});

describe('the sender of a message', () => {
  const openFrom = (message: Uint8Array, signers: KeyPair[], mode?: (typeof SIGNED)[number]) =>
    open(nodeProvider, { message, keys: [bob.privateKey], signers: signers.map(({ publicKey }) => publicKey), mode });

  it.each(SIGNED)('is found among several in the mode %s', async (mode) => {
    const message = await sealAs({ mode, recipients: [bob.publicKey] });
    expect((await openFrom(message, [eve, alice, bob])).signer).toBe(alice.publicKey);
    await expect(openFrom(message, [eve, bob])).rejects.toMatchObject({ code: 'envelope/other-signer' });
    await expect(openFrom(message, [eve])).rejects.toMatchObject({ code: 'envelope/other-signer' });
    await expect(openFrom(message, [])).rejects.toMatchObject({ code: 'envelope/other-signer' });
  });

  it('is asked for by mode', async () => {
    const older = await sealAs({ mode: 'signThenEncrypt', recipients: [bob.publicKey] });
    const newer = await sealAs({ mode: 'signAndEncrypt', recipients: [bob.publicKey] });
    const unsigned = await sealAs({ mode: 'encrypt', recipients: [bob.publicKey] });
    expect((await openFrom(older, [alice], 'signThenEncrypt')).mode).toBe('signThenEncrypt');
    expect((await openFrom(newer, [alice], 'signAndEncrypt')).mode).toBe('signAndEncrypt');
    await expect(openFrom(newer, [alice], 'signThenEncrypt')).rejects.toMatchObject({ code: 'envelope/not-signed' });
    await expect(openFrom(older, [alice], 'signAndEncrypt')).rejects.toMatchObject({ code: 'envelope/not-signed' });
    await expect(openFrom(unsigned, [alice])).rejects.toMatchObject({ code: 'envelope/not-signed' });
  });

  it('is not taken from a signature over another text', async () => {
    const other = await sealAs({
      mode: 'signThenEncrypt',
      plaintext: utf8ToBytes('other'),
      recipients: [bob.publicKey],
    });
    const message = await sealAs({ mode: 'encrypt', recipients: [bob.publicKey] });
    const { info: otherInfo } = parseMessageInfo(other);
    const { info, length } = parseMessageInfo(message);
    const head = encodeMessageInfo({ ...info, customParams: otherInfo.customParams });
    const forged = concatBytes(head, message.subarray(length));
    expect((await openUnverified(nodeProvider, { message: forged, keys: [bob.privateKey] })).plaintext).toEqual(
      plaintext,
    );
    await expect(openFrom(forged, [alice])).rejects.toMatchObject({ code: 'envelope/bad-signature' });
    await expect(openFrom(forged, [alice, eve])).rejects.toMatchObject({ code: 'envelope/bad-signature' });
  });

  it('may be named by nobody, as in files of official clients, if only one is accepted', async () => {
    const message = await sealAs({ mode: 'signThenEncrypt', recipients: [bob.publicKey] });
    const { info, length } = parseMessageInfo(message);
    const customParams = new Map([...info.customParams].filter(([name]) => name !== 'VIRGIL-DATA-SIGNER-ID'));
    const nameless = concatBytes(encodeMessageInfo({ ...info, customParams }), message.subarray(length));
    expect((await openFrom(nameless, [alice])).signer).toBe(alice.publicKey);
    await expect(openFrom(nameless, [eve])).rejects.toMatchObject({ code: 'envelope/bad-signature' });
    await expect(openFrom(nameless, [alice, eve])).rejects.toMatchObject({ code: 'envelope/other-signer' });
  });

  it('is not whoever a recipient says it is', async () => {
    // Eve re-encrypts with her own signature under the name of alice.
    const message = await sealAs({ mode: 'signThenEncrypt', signer: eve.privateKey, recipients: [bob.publicKey] });
    const { info, length } = parseMessageInfo(message);
    const customParams = new Map(info.customParams).set('VIRGIL-DATA-SIGNER-ID', alice.publicKey.identifier);
    const forged = concatBytes(encodeMessageInfo({ ...info, customParams }), message.subarray(length));
    await expect(openFrom(forged, [alice])).rejects.toMatchObject({ code: 'envelope/bad-signature' });
    await expect(openFrom(forged, [alice, eve])).rejects.toMatchObject({ code: 'envelope/bad-signature' });
  });

  it('cannot be spliced from two messages of the mode signAndEncrypt', async () => {
    const first = await sealAs({ mode: 'signAndEncrypt', recipients: [bob.publicKey] });
    const second = await sealAs({ mode: 'signAndEncrypt', recipients: [bob.publicKey] });
    const { length } = parseMessageInfo(first);
    expect(parseMessageInfo(second).length).toBe(length);
    const bodyEnd = length + plaintext.length + 16;
    for (const forged of [
      concatBytes(first.subarray(0, length), second.subarray(length)),
      concatBytes(first.subarray(0, bodyEnd), second.subarray(bodyEnd)),
      first.subarray(0, bodyEnd),
      concatBytes(first, Uint8Array.of(0)),
    ]) {
      await expect(openFrom(forged, [alice])).rejects.toMatchObject({
        code: expect.stringMatching(/^envelope\/(undecryptable|malformed)$/),
      });
    }
  });
});

describe('a head', () => {
  const headOf = async (change: (hex: string) => string, mode: EnvelopeMode = 'encrypt') => {
    const message = await sealAs({ mode, recipients: [bob.publicKey] });
    const { length } = parseMessageInfo(message);
    return hexToBytes(change(bytesToHex(message.subarray(0, length))) + bytesToHex(message.subarray(length)));
  };

  it.each<[string, string, (hex: string) => string]>([
    ['a wrong version', 'envelope/unsupported', (hex) => hex.replace(/^(3082....0201)00/, '$101')],
    [
      'another content',
      'envelope/unsupported',
      (hex) => hex.replace('06092a864886f70d010703', '06092a864886f70d010702'),
    ],
    ['passwords announced', 'envelope/unsupported', (hex) => hex.replace(/(a0820...308201..0201)02/, '$103')],
    ['AES-128-GCM', 'envelope/unsupported', (hex) => hex.replace('060960864801650304012e', '0609608648016503040106')],
    ['an indefinite length', 'envelope/malformed', (hex) => hex.replace(/^3082..../, '3080')],
  ])('with %s is refused: %s', async (_, code, change) => {
    const message = await headOf(change);
    const attempt = openUnverified(nodeProvider, { message, keys: [bob.privateKey] });
    await expect(attempt).rejects.toMatchObject({ code });
  });

  it('may hold what later versions add, which is ignored', async () => {
    const message = await sealAs({ mode: 'encrypt', recipients: [bob.publicKey] });
    const { length } = parseMessageInfo(message);
    const content = concatBytes(message.subarray(4, length), hexToBytes('a9020500'));
    const longer = concatBytes(derSequence(content), message.subarray(length));
    expect((await openUnverified(nodeProvider, { message: longer, keys: [bob.privateKey] })).plaintext).toEqual(
      plaintext,
    );
  });

  it('is limited to 4 MiB when it is written', async () => {
    const { info } = parseMessageInfo(await sealAs({ mode: 'encrypt', recipients: [bob.publicKey] }));
    const recipients = Array.from({ length: 20_000 }, () => info.recipients[0]!);
    expect(() => encodeMessageInfo({ ...info, recipients })).toThrow(
      expect.objectContaining({ code: 'envelope/too-large' }),
    );
  });
});
