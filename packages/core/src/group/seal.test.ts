import { webcrypto } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { concatBytes, utf8ToBytes } from '../encoding/bytes.ts';
import { bytesToHex } from '../encoding/text.ts';
import { isSdkError } from '../errors.ts';
import { generateKeyPair } from '../keys/generate.ts';
import type { KeyPair } from '../keys/key.ts';
import { nobleProvider } from '../provider/noble.ts';
import { nodeProvider } from '../provider/node.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { createWebProvider } from '../provider/web.ts';
import { GroupError, GroupErrorCode } from './errors.ts';
import { encodeGroupMessage, MAX_MESSAGE_LENGTH, parseGroupHeader, parseGroupMessage } from './message.ts';
import { openGroupMessage } from './open.ts';
import { MAX_GROUP_PLAINTEXT_LENGTH, sealGroupMessage } from './seal.ts';
import { addEpoch, groupIdToSessionId, startSession } from './session.ts';

const first = startSession(nodeProvider, groupIdToSessionId(utf8ToBytes('book club of Lviv')));
const session = addEpoch(nodeProvider, first);
const plaintext = utf8ToBytes('the next book');
const providers: CryptoProvider[] = [nodeProvider, await createWebProvider(webcrypto), nobleProvider];

let alice: KeyPair;
let bob: KeyPair;
let message: Uint8Array;
beforeAll(async () => {
  [alice, bob] = await Promise.all([generateKeyPair(nodeProvider), generateKeyPair(nodeProvider)]);
  message = await sealGroupMessage(nodeProvider, { session, plaintext, signer: alice.privateKey });
});

const openWith = (changed: Partial<Parameters<typeof openGroupMessage>[1]> = {}, provider = nodeProvider) =>
  openGroupMessage(provider, { session, message, sender: alice.publicKey, ...changed });

describe.each(providers)('a group message with $name', (provider) => {
  it('is read with every provider', async () => {
    const sealed = await sealGroupMessage(provider, { session, plaintext, signer: alice.privateKey });
    for (const reader of providers) {
      expect(bytesToHex(await openWith({ message: sealed }, reader))).toBe(bytesToHex(plaintext));
    }
  });

  it('is refused in the same words with every byte changed', async () => {
    for (let at = 0; at < message.length; at += provider === nobleProvider ? 16 : 1) {
      const changed = Uint8Array.from(message, (byte, index) => (index === at ? byte ^ 1 : byte));
      const opened = openWith({ message: changed }, provider);
      // Nobody checks the number of the version.
      if (at === 1) expect(await opened).toEqual(plaintext);
      else await expect(opened).rejects.toThrow(GroupError);
    }
  });
});

describe('a group message', () => {
  it('is in the newest epoch, under a salt of its own', async () => {
    const again = await sealGroupMessage(nodeProvider, { session, plaintext, signer: alice.privateKey });
    const headers = [message, again].map((sealed) => parseGroupHeader(parseGroupMessage(sealed).header));
    expect(headers.map(({ epoch }) => epoch)).toEqual([1, 1]);
    expect(headers[0]?.salt).not.toEqual(headers[1]?.salt);
  });

  it('gives back what was written, in a length that tells it to within 160 bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 700 }), async (data) => {
        const sealed = await sealGroupMessage(nodeProvider, { session, plaintext: data, signer: bob.privateKey });
        expect(await openWith({ message: sealed, sender: bob.publicKey })).toEqual(data);
        const padded = parseGroupMessage(sealed).ciphertext.length - 16;
        expect(padded).toBe((Math.floor((data.length + 4) / 160) + 1) * 160);
      }),
      { numRuns: 50 },
    );
  });

  it('may be as long as official readers take, and no longer', async () => {
    const longest = new Uint8Array(MAX_GROUP_PLAINTEXT_LENGTH).fill(7);
    const sealed = await sealGroupMessage(nodeProvider, { session, plaintext: longest, signer: alice.privateKey });
    expect(sealed.length).toBeLessThanOrEqual(MAX_MESSAGE_LENGTH);
    expect(bytesToHex(await openWith({ message: sealed }))).toBe(bytesToHex(longest));
    const tooLong = new Uint8Array(MAX_GROUP_PLAINTEXT_LENGTH + 1);
    await expect(
      sealGroupMessage(nodeProvider, { session, plaintext: tooLong, signer: alice.privateKey }),
    ).rejects.toMatchObject({ code: 'group/too-long', errorCode: undefined });
  });

  it('of another group, or of an epoch that is not known, is told from an altered one', async () => {
    const other = startSession(nodeProvider, groupIdToSessionId(utf8ToBytes('another club')));
    await expect(openWith({ session: other })).rejects.toMatchObject({
      code: 'group/other-group',
      errorCode: GroupErrorCode.MessageNotFromThisGroup,
    });
    await expect(openWith({ session: first })).rejects.toMatchObject({
      code: 'group/outdated',
      errorCode: GroupErrorCode.GroupIsOutdated,
      details: { epoch: 1 },
    });
    const third = addEpoch(nodeProvider, session);
    const withGap = { ...third, tickets: [third.tickets[0]!, third.tickets[2]!] };
    await expect(openWith({ session: withGap })).rejects.toMatchObject({
      code: 'group/epoch-missing',
      errorCode: GroupErrorCode.NoAccess,
    });
  });

  it('is refused where somebody else has signed it', async () => {
    const refusal = { code: 'group/bad-signature', errorCode: GroupErrorCode.DataVerificationFailed };
    await expect(openWith({ sender: bob.publicKey })).rejects.toMatchObject(refusal);
    const { ciphertext, ...rest } = parseGroupMessage(message);
    const signature = await nodeProvider.signPure(bob.privateKey.parts.signing!, ciphertext);
    const resigned = encodeGroupMessage({ ...rest, ciphertext, signature });
    await expect(openWith({ message: resigned })).rejects.toMatchObject(refusal);
  });

  it.each([
    ['shorter than a tag', 15],
    ['empty but for a tag', 16],
    ['of noise', 176],
  ])('is refused though its sender has signed it where it is %s', async (_, length) => {
    const ciphertext = new Uint8Array(length);
    const signature = await nodeProvider.signPure(alice.privateKey.parts.signing!, ciphertext);
    const made = encodeGroupMessage({ header: parseGroupMessage(message).header, signature, ciphertext });
    for (const provider of providers) {
      await expect(openWith({ message: made }, provider)).rejects.toMatchObject({ code: 'group/undecryptable' });
    }
  });

  it.each(['SECP256R1', 'CURVE25519_ED25519', 'CURVE25519'] as const)(
    'is neither signed with a key of type %s nor read as by one, as with the official client',
    async (type) => {
      const { privateKey, publicKey } = await generateKeyPair(nodeProvider, type);
      const refusal = { code: 'group/unsupported-key' };
      await expect(sealGroupMessage(nodeProvider, { session, plaintext, signer: privateKey })).rejects.toMatchObject(
        refusal,
      );
      await expect(openWith({ sender: publicKey })).rejects.toMatchObject(refusal);
    },
  );

  it('throws nothing but codes of groups, whatever comes in its place', async () => {
    const change = fc.record({
      at: fc.nat({ max: message.length - 1 }),
      remove: fc.nat({ max: 4 }),
      insert: fc.uint8Array({ maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, remove, insert }) => {
        const changed = concatBytes(message.subarray(0, at), insert, message.subarray(at + remove));
        try {
          expect(await openWith({ message: changed })).toEqual(plaintext);
        } catch (error) {
          expect(isSdkError(error) && error.code).toMatch(/^group\//);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
