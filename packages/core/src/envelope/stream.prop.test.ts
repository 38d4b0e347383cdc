/** A message in pieces is the message that one call writes and reads, wherever the pieces are cut and whoever writes and reads them. */
import { webcrypto } from 'node:crypto';
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
import { createWebProvider } from '../provider/web.ts';
import { parseMessageInfo } from './header.ts';
import { open } from './open.ts';
import { openStreamUnverified } from './open-stream.ts';
import { seal } from './seal.ts';
import { signAndEncryptStream, signThenEncryptStream } from './seal-stream.ts';

const MODES = ['signAndEncrypt', 'signThenEncrypt'] as const;
const TYPES: KeyType[] = ['ED25519', 'CURVE25519_ED25519', 'SECP256R1', 'RSA_2048'];
const webProvider = await createWebProvider(webcrypto);
const members: KeyPair[] = [];

beforeAll(async () => {
  for (const type of TYPES) members.push(await generateKeyPair(nodeProvider, type));
});

const provider = fc.constantFrom<CryptoProvider>(nodeProvider, webProvider, nobleProvider);
/** Ed25519 mostly: the others differ in the signature alone. */
const member = fc.oneof({ arbitrary: fc.constant(0), weight: 5 }, { arbitrary: fc.nat(TYPES.length - 1), weight: 1 });
const content = fc.oneof(
  fc.constantFrom(0, 1, 15, 16, 155, 156, 157, 164, 165, 1000).map((length) => nodeProvider.randomBytes(length)),
  fc.uint8Array({ maxLength: 700 }),
);
/** Lengths of pieces, taken in turns; 0 is an empty piece. */
const cuts = fc.array(fc.oneof(fc.nat(3), fc.nat(40), fc.nat(1000)), { minLength: 1, maxLength: 6 });
const plan = fc.record({
  writer: provider,
  reader: provider,
  mode: fc.constantFrom(...MODES),
  plaintext: content,
  padding: fc.boolean(),
  identifiers: fc.constantFrom('sha512', 'sha256'),
  signer: member,
  to: member,
  cuts,
});
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

async function* cut(bytes: Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array, void> {
  const isEndless = lengths.every((length) => length === 0);
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = isEndless ? bytes.length : lengths[turn % lengths.length]!;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return concatBytes(...all);
}

function sealInPieces({ writer, mode, plaintext, padding, identifiers, signer, to, cuts }: Plan): Promise<Uint8Array> {
  const common = {
    size: plaintext.length,
    recipients: [members[to]!.publicKey],
    signer: members[signer]!.privateKey,
    identifiers,
  };
  return collect(
    mode === 'signAndEncrypt'
      ? signAndEncryptStream(writer, { ...common, source: cut(plaintext, cuts), padding })
      : signThenEncryptStream(writer, { ...common, read: () => cut(plaintext, cuts) }),
  );
}

function access({ signer, to, mode }: Plan) {
  return { keys: [members[to]!.privateKey], signers: [members[signer]!.publicKey], mode };
}

describe('a message', () => {
  it('that was written in pieces is read by one call', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (plan) => {
        const message = await sealInPieces(plan);
        const opened = await open(plan.reader, { message, ...access(plan) });
        expect(bytesToHex(opened.plaintext)).toBe(bytesToHex(plan.plaintext));
        expect(opened.signer).toBe(members[plan.signer]!.publicKey);
      }),
      { numRuns: 150 },
    );
  });

  it('that was written by one call is read in pieces', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (plan) => {
        const { writer, reader, signer, to, cuts, ...rest } = plan;
        const recipients = [members[to]!.publicKey];
        const message = await seal(writer, { ...rest, recipients, signer: members[signer]!.privateKey });
        const text = await collect(openStreamUnverified(reader, { source: cut(message, cuts), ...access(plan) }));
        expect(bytesToHex(text)).toBe(bytesToHex(plan.plaintext));
      }),
      { numRuns: 150 },
    );
  });

  it('has the same size and head, but for what is random, as that of one call', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (plan) => {
        if (plan.mode === 'signThenEncrypt') return; // that of files lacks the signer id
        const { writer, signer, to, cuts: _cuts, reader: _reader, ...rest } = { ...plan, signer: 0 };
        const recipients = [members[to]!.publicKey];
        const whole = await seal(writer, { ...rest, recipients, signer: members[signer]!.privateKey });
        const pieces = await sealInPieces({ ...plan, signer: 0 });
        const shape = (message: Uint8Array) => {
          const { info, length } = parseMessageInfo(message);
          const { footer, isDerived, isPadded, customParams, recipients } = info;
          return { length, footer, isDerived, isPadded, customParams, to: recipients.map((one) => one.identifier) };
        };
        expect(pieces.length).toBe(whole.length);
        expect(shape(pieces)).toEqual(shape(whole));
      }),
      { numRuns: 60 },
    );
  });
});

describe('a message that was tampered with', () => {
  /** Cut off, bytes left out, changed or added, a part moved, twice the same, another one behind it. */
  const change = fc.record({
    kind: fc.constantFrom('truncate', 'drop', 'flip', 'insert', 'swap', 'repeat', 'append', 'reorder'),
    at: fc.nat(10_000),
    other: fc.nat(10_000),
    length: fc.integer({ min: 1, max: 64 }),
    mask: fc.integer({ min: 1, max: 255 }),
  });
  type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

  function tamper(message: Uint8Array, another: Uint8Array, { kind, at, other, length, mask }: Change): Uint8Array {
    const index = at % message.length;
    const [before, after] = [message.subarray(0, index), message.subarray(index)];
    switch (kind) {
      case 'truncate':
        return before;
      case 'drop':
        return concatBytes(before, after.subarray(length));
      case 'flip':
        return message.map((byte, position) => (position === index ? byte ^ mask : byte));
      case 'insert':
        return concatBytes(before, new Uint8Array(length).fill(mask), after);
      case 'repeat':
        return concatBytes(before, after.subarray(0, length), after);
      case 'append':
        return concatBytes(message, mask < 128 ? another : message);
      case 'swap':
        return concatBytes(before, another.subarray(index));
      case 'reorder': {
        const to = other % message.length;
        const [first, second] = [Math.min(index, to), Math.max(index, to)];
        return concatBytes(message.subarray(0, first), message.subarray(second), message.subarray(first, second));
      }
    }
  }

  it('is refused with a code of envelopes, and never ends well with another text', async () => {
    await fc.assert(
      fc.asyncProperty(plan, change, async (plan, change) => {
        const message = await sealInPieces({ ...plan, writer: nodeProvider });
        const another = await sealInPieces({ ...plan, writer: nodeProvider });
        const changed = tamper(message, another, change);
        const whole = await codeOf(open(plan.reader, { message: changed, ...access(plan) }));
        const source = cut(changed, plan.cuts);
        const read = collect(openStreamUnverified(plan.reader, { source, ...access(plan) }));
        const inPieces = await codeOf(read);
        if (inPieces === undefined) expect(bytesToHex(await read)).toBe(bytesToHex(plan.plaintext));
        else expect(inPieces).toMatch(/^envelope\//);
        expect(inPieces === undefined).toBe(whole === undefined);
      }),
      { numRuns: 400 },
    );
  });

  it('is never random bytes', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc.uint8Array({ minLength: 1, maxLength: 120 }).map((tail) => concatBytes(Uint8Array.of(0x30, 0x84), tail)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, cuts, async (input, cuts) => {
        const options = { keys: [members[0]!.privateKey], signers: [members[0]!.publicKey], mode: 'signAndEncrypt' };
        const read = openStreamUnverified(nodeProvider, { ...options, source: cut(input, cuts) } as never);
        expect(await codeOf(collect(read))).toMatch(/^envelope\/(malformed|unsupported)$/);
      }),
      { numRuns: 500 },
    );
  });

  async function codeOf(attempt: Promise<unknown>): Promise<string | undefined> {
    try {
      await attempt;
      return undefined;
    } catch (error) {
      if (!isSdkError(error)) throw error;
      return error.code;
    }
  }
});
