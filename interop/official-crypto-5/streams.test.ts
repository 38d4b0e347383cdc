/** Streams of both sides, each cut wherever it likes: what one writes in pieces the other reads in pieces. */
import { type KeyType, parseMessageInfo } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { openStreamUnverified, signAndEncryptStream, signThenEncryptStream } from '@sotto/core/stream';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { hex, makeSharedKey, official, type SharedKey } from './official.ts';

/** Those that sign; RSA and P-256 sign a digest that was made in pieces, too. */
const TYPES: KeyType[] = ['ED25519', 'CURVE25519_ED25519', 'SECP256R1', 'RSA_2048'];
const keys: SharedKey[] = [];

beforeAll(async () => {
  for (const type of TYPES) keys.push(await makeSharedKey(type));
});

const length = fc.oneof(
  fc.constantFrom(0, 1, 155, 156, 157, 164, 1000),
  fc.nat(3000),
  fc.integer({ min: 70_000, max: 90_000 }),
);
const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 100_000 })), {
  minLength: 1,
  maxLength: 5,
});
const plan = fc.record({
  mode: fc.constantFrom('signThenEncrypt', 'signAndEncrypt'),
  length,
  padding: fc.boolean(),
  signer: fc.nat(TYPES.length - 1),
  reader: fc.nat(TYPES.length - 1),
  writtenIn: cuts,
  readIn: cuts,
});
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

const textOf = ({ length }: Plan) => Uint8Array.from({ length }, (_, index) => index % 251);

/** In pieces of these lengths, taken in turns; single bytes for the beginning only, as there may be many. */
function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = pieces.length < 500 ? lengths[pieces.length % lengths.length]! : bytes.length;
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

async function* asSource(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void> {
  yield* pieces;
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

function sealOurs(of: Plan): Promise<Uint8Array> {
  const [signer, reader] = [keys[of.signer]!.ours, keys[of.reader]!.ours];
  const common = { size: of.length, recipients: [reader.publicKey], signer };
  const read = () => asSource(cut(textOf(of), of.writtenIn));
  return collect(
    of.mode === 'signAndEncrypt'
      ? signAndEncryptStream(nodeProvider, { ...common, source: read(), padding: of.padding })
      : signThenEncryptStream(nodeProvider, { ...common, read }),
  );
}

function openOurs(of: Plan, message: Uint8Array): Promise<Uint8Array> {
  const access = { keys: [keys[of.reader]!.ours], signers: [keys[of.signer]!.ours.publicKey], mode: of.mode };
  return collect(openStreamUnverified(nodeProvider, { source: asSource(cut(message, of.readIn)), ...access }));
}

function sealTheirs(of: Plan): Uint8Array {
  const [signer, reader] = [keys[of.signer]!, keys[of.reader]!];
  const pieces = cut(textOf(of), of.writtenIn);
  if (of.mode === 'signAndEncrypt') {
    const stream = official.createStreamSignAndEncrypt(signer.theirs, [reader.theirPublicKey], of.padding);
    return Buffer.concat([stream.start(of.length), ...pieces.map((piece) => stream.update(piece)), stream.final()]);
  }
  const hash = official.createStreamSigner();
  for (const piece of pieces) hash.update(piece);
  const stream = official.createStreamCipher(reader.theirPublicKey, hash.sign(signer.theirs));
  return Buffer.concat([stream.start(), ...pieces.map((piece) => stream.update(piece)), stream.final()]);
}

function openTheirs(of: Plan, message: Uint8Array): Uint8Array {
  const [signer, reader] = [keys[of.signer]!, keys[of.reader]!];
  const pieces = cut(message, of.readIn);
  if (of.mode === 'signAndEncrypt') {
    const stream = official.createStreamDecryptAndVerify();
    stream.start(reader.theirs);
    const text = Buffer.concat([...pieces.map((piece) => stream.update(piece)), stream.final()]);
    stream.verify([signer.theirPublicKey]);
    return text;
  }
  const stream = official.createStreamDecipher(reader.theirs);
  const text = Buffer.concat([...pieces.map((piece) => stream.update(piece)), stream.final(false)]);
  const verifier = official.createStreamVerifier(stream.getSignature()!);
  verifier.update(text);
  if (!verifier.verify(signer.theirPublicKey)) throw new Error('the signature is not good');
  stream.dispose();
  return text;
}

describe('streams', () => {
  it('that we write are read by the official library', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (of) => {
        expect(hex(openTheirs(of, await sealOurs(of)))).toBe(hex(textOf(of)));
      }),
      { numRuns: 100 },
    );
  });

  it('that the official library writes are read by us', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (of) => {
        expect(hex(await openOurs(of, sealTheirs(of)))).toBe(hex(textOf(of)));
      }),
      { numRuns: 100 },
    );
  });

  it('have the same head and length on both sides', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (drawn) => {
        const of = { ...drawn, signer: 0 }; // the others have signatures of various lengths
        const shape = (message: Uint8Array) => {
          const { info, length } = parseMessageInfo(message);
          const { footer, isDerived, isPadded, customParams } = info;
          return { whole: message.length, length, footer, isDerived, isPadded, params: [...customParams.keys()] };
        };
        expect(shape(await sealOurs(of))).toEqual(shape(sealTheirs(of)));
      }),
      { numRuns: 50 },
    );
  });
});

describe('the size that a head announces', () => {
  const head = async (size: number): Promise<Uint8Array> => {
    const { ours } = keys[0]!;
    const source = asSource([]);
    const stream = signAndEncryptStream(nodeProvider, { source, size, recipients: [ours.publicKey], signer: ours });
    return (await stream.next()).value as Uint8Array;
  };
  const readHead = (bytes: Uint8Array) => {
    const stream = official.createStreamDecryptAndVerify();
    stream.start(keys[0]!.theirs);
    return stream.update(bytes);
  };

  it('is read by the official library up to 4 GiB − 1, and not beyond', async () => {
    expect(readHead(await head(2 ** 32 - 1))).toHaveLength(0);
    const beyond = await head(2 ** 32);
    expect(() => readHead(beyond)).toThrow(/message info/);
    expect(parseMessageInfo(beyond).info.footer?.dataSize).toBe(2 ** 32);
  });

  it('of an official stream loses what does not fit into 32 bits', () => {
    const { theirs, theirPublicKey } = keys[0]!;
    const stream = official.createStreamSignAndEncrypt(theirs, [theirPublicKey], false);
    expect(parseMessageInfo(stream.start(2 ** 32 + 5)).info.footer?.dataSize).toBe(5);
  });
});
