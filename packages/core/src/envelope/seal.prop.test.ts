/** Round trips over everything that a message may be made of, across both adapters. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { concatBytes } from '../encoding/bytes.ts';
import { bytesToHex } from '../encoding/text.ts';
import { isSdkError } from '../errors.ts';
import { generateKeyPair } from '../keys/generate.ts';
import type { KeyPair, KeyType } from '../keys/key.ts';
import { nobleProvider } from '../provider/noble.ts';
import { nodeProvider } from '../provider/node.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { encodeMessageInfo, parseMessageInfo } from './header.ts';
import { open, openUnverified } from './open.ts';
import { seal } from './seal.ts';

const TYPES: KeyType[] = ['ED25519', 'ED25519', 'CURVE25519', 'CURVE25519_ED25519', 'SECP256R1', 'RSA_2048'];
const members: KeyPair[] = [];
let stranger: KeyPair;

beforeAll(async () => {
  for (const type of TYPES) members.push(await generateKeyPair(nodeProvider, type));
  stranger = await generateKeyPair(nodeProvider);
});

const provider = fc.constantFrom<CryptoProvider>(nodeProvider, nobleProvider);
const indexes = fc.array(fc.nat(TYPES.length - 1), { minLength: 1, maxLength: 5 });
const signing = TYPES.map((_, index) => index).filter((index) => TYPES[index] !== 'CURVE25519');
const content = fc.oneof(
  fc.constantFrom(0, 1, 155, 156, 157, 1000).map((length) => nodeProvider.randomBytes(length)),
  fc.uint8Array({ maxLength: 700 }),
);

/** Seals for the members of these numbers, signed by the one of that number. */
const message = fc.record({
  writer: provider,
  mode: fc.constantFrom('encrypt', 'signThenEncrypt', 'signAndEncrypt'),
  plaintext: content,
  padding: fc.boolean(),
  identifiers: fc.constantFrom('sha512', 'sha256'),
  to: indexes,
  from: fc.constantFrom(...signing),
});
type MessagePlan = typeof message extends fc.Arbitrary<infer T> ? T : never;

function sealPlan({ writer, to, from, ...rest }: MessagePlan): Promise<Uint8Array> {
  const recipients = to.map((index) => members[index]!.publicKey);
  return seal(writer, { ...rest, recipients, signer: members[from]!.privateKey });
}

describe('sealing and opening', () => {
  it('gives each recipient the text and its sender, and strangers nothing', async () => {
    await fc.assert(
      fc.asyncProperty(message, provider, async (plan, reader) => {
        const sealed = await sealPlan(plan);
        const before = bytesToHex(sealed);
        const names = new Set(plan.to);
        expect(parseMessageInfo(sealed).info.recipients).toHaveLength(names.size);
        const signers = [stranger.publicKey, members[plan.from]!.publicKey];
        for (const index of names) {
          const keys = [members[index]!.privateKey];
          const opened = await openUnverified(reader, { message: sealed, keys });
          expect(opened).toEqual({ plaintext: plan.plaintext, mode: plan.mode });
          if (plan.mode === 'encrypt') continue;
          const verified = await open(reader, { message: sealed, keys, signers, mode: plan.mode });
          expect(bytesToHex(verified.plaintext)).toBe(bytesToHex(plan.plaintext));
          expect(verified.signer).toBe(members[plan.from]!.publicKey);
        }
        const others = [stranger, ...members.filter((_, index) => !names.has(index))].map(
          ({ privateKey }) => privateKey,
        );
        await expect(openUnverified(reader, { message: sealed, keys: others })).rejects.toMatchObject({
          code: 'envelope/not-a-recipient',
        });
        expect(bytesToHex(sealed)).toBe(before);
      }),
      { numRuns: 80 },
    );
  });

  it('writes the head as it reads it', async () => {
    await fc.assert(
      fc.asyncProperty(message, async (plan) => {
        const sealed = await sealPlan({ ...plan, writer: nodeProvider });
        const { info, length } = parseMessageInfo(sealed);
        expect(bytesToHex(encodeMessageInfo(info))).toBe(bytesToHex(sealed.subarray(0, length)));
      }),
      { numRuns: 60 },
    );
  });
});

describe('a head that was tampered with', () => {
  it('is refused with a code, or is read and written alike', async () => {
    const plan = { writer: nodeProvider, plaintext: new Uint8Array(10), identifiers: 'sha512' } as const;
    const heads = await Promise.all(
      (['encrypt', 'signThenEncrypt', 'signAndEncrypt'] as const).map(async (mode, index) => {
        const sealed = await sealPlan({ ...plan, mode, padding: index === 1, to: [0, 2, 5], from: 0 });
        return sealed.subarray(0, parseMessageInfo(sealed).length);
      }),
    );
    const byte = fc.oneof(fc.nat(255), fc.constantFrom(0, 0x80, 0x81, 0x82, 0x84, 0xff, 0x30, 0x31, 0xa0));
    const change = fc.record({
      head: fc.constantFrom(...heads),
      at: fc.nat(2000),
      cut: fc.nat(3),
      added: fc.array(byte, { maxLength: 4 }),
    });
    fc.assert(
      fc.property(change, ({ head, at, cut, added }) => {
        const index = at % head.length;
        const changed = concatBytes(head.subarray(0, index), Uint8Array.from(added), head.subarray(index + cut));
        try {
          const { info } = parseMessageInfo(changed);
          if ([...info.customParams.values()].includes(null)) return; // cannot be written
          expect(parseMessageInfo(encodeMessageInfo(info)).info.recipients).toHaveLength(info.recipients.length);
        } catch (error) {
          expect(isSdkError(error)).toBe(true);
          expect((error as { code: string }).code).toMatch(/^envelope\/(malformed|unsupported)$/);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('is never random bytes', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc
        .uint8Array({ minLength: 1, maxLength: 120 })
        .map((tail) => concatBytes(Uint8Array.of(0x30, tail.length), tail)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (input) => {
        const keys = [stranger.privateKey];
        for (const attempt of [
          openUnverified(nodeProvider, { message: input, keys }),
          open(nodeProvider, { message: input, keys, signers: [stranger.publicKey] }),
        ]) {
          await expect(attempt).rejects.toMatchObject({
            code: expect.stringMatching(/^envelope\/(malformed|unsupported)$/),
          });
        }
      }),
      { numRuns: 500 },
    );
  });
});
