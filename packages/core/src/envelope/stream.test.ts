/** Messages in pieces: what is refused before anything comes out, what a source may do, and how large they may be. */
import { beforeAll, describe, expect, it } from 'vitest';
import { concatBytes, utf8ToBytes } from '../encoding/bytes.ts';
import { bytesToHex } from '../encoding/text.ts';
import { generateKeyPair } from '../keys/generate.ts';
import type { KeyPair } from '../keys/key.ts';
import { nodeProvider } from '../provider/node.ts';
import { encodeMessageInfo, parseMessageInfo } from './header.ts';
import { open } from './open.ts';
import { type OpenStreamOptions, openStreamUnverified } from './open-stream.ts';
import type { ByteSource } from './pieces.ts';
import { seal } from './seal.ts';
import { signAndEncryptStream, signThenEncryptStream } from './seal-stream.ts';

let alice: KeyPair;
let bob: KeyPair;

beforeAll(async () => {
  alice = await generateKeyPair(nodeProvider);
  bob = await generateKeyPair(nodeProvider);
});

const text = utf8ToBytes('in pieces');

async function* pieces(...all: Uint8Array[]): AsyncGenerator<Uint8Array, void> {
  yield* all;
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of source) all.push(piece);
  return concatBytes(...all);
}

function sealed(source: ByteSource, size: number, recipients = [bob.publicKey]): AsyncGenerator<Uint8Array, void> {
  return signAndEncryptStream(nodeProvider, { source, size, recipients, signer: alice.privateKey, padding: true });
}

function opened(message: Uint8Array, options: Partial<OpenStreamOptions> = {}): AsyncGenerator<Uint8Array, void> {
  const access = { keys: [bob.privateKey], signers: [alice.publicKey], mode: 'signAndEncrypt' } as const;
  return openStreamUnverified(nodeProvider, { source: pieces(message), ...access, ...options });
}

describe('writing in pieces', () => {
  it('gives the head first, before the source is asked for anything', async () => {
    let isAsked = false;
    const source = (async function* () {
      isAsked = true;
      yield text;
    })();
    const stream = sealed(source, text.length);
    const first = await stream.next();
    expect(parseMessageInfo(first.value as Uint8Array).length).toBe((first.value as Uint8Array).length);
    expect(isAsked).toBe(false);
  });

  it('closes the source when nobody reads on', async () => {
    let isClosed = false;
    const source = (async function* () {
      try {
        for (;;) yield text;
      } finally {
        isClosed = true;
      }
    })();
    const stream = sealed(source, 1_000_000);
    await stream.next();
    await stream.next();
    await stream.return();
    expect(isClosed).toBe(true);
  });

  it('refuses without asking the source what cannot be written', async () => {
    const unasked = (async function* (): AsyncGenerator<Uint8Array, void> {
      throw new Error('asked');
    })();
    const agreementOnly = await generateKeyPair(nodeProvider, 'CURVE25519');
    const common = { source: unasked, recipients: [bob.publicKey], signer: alice.privateKey, size: 1 };
    for (const [options, code] of [
      [{ ...common, recipients: [] }, 'envelope/no-recipients'],
      [{ ...common, signer: agreementOnly.privateKey }, 'key/cannot-sign'],
      [{ ...common, size: 2 ** 36 }, 'envelope/too-large'],
      [{ ...common, size: -1 }, 'stream/wrong-size'],
      [{ ...common, size: 1.5 }, 'stream/wrong-size'],
    ] as const) {
      await expect(collect(signAndEncryptStream(nodeProvider, options))).rejects.toMatchObject({ code });
      const twice = { ...options, read: () => unasked };
      await expect(collect(signThenEncryptStream(nodeProvider, twice))).rejects.toMatchObject({ code });
    }
  });

  it('refuses a source with more or fewer bytes than it was to have', async () => {
    for (const size of [0, text.length - 1, text.length + 1]) {
      await expect(collect(sealed(pieces(text), size))).rejects.toMatchObject({ code: 'stream/wrong-size' });
      const read = () => pieces(text);
      const common = { recipients: [bob.publicKey], signer: alice.privateKey };
      const old = signThenEncryptStream(nodeProvider, { ...common, read, size });
      await expect(collect(old)).rejects.toMatchObject({ code: 'stream/wrong-size' });
    }
  });

  it('refuses a source that gives something else the second time', async () => {
    const texts = [text, text.toReversed()];
    const read = () => pieces(texts.shift()!);
    const common = { recipients: [bob.publicKey], signer: alice.privateKey, size: text.length };
    const attempt = collect(signThenEncryptStream(nodeProvider, { ...common, read }));
    await expect(attempt).rejects.toMatchObject({ code: 'stream/changed' });
  });

  it('refuses pieces that are no bytes', async () => {
    await expect(collect(sealed(pieces('text' as never), 4))).rejects.toMatchObject({ code: 'stream/not-bytes' });
    await expect(collect(opened('text' as never))).rejects.toMatchObject({ code: 'stream/not-bytes' });
  });

  it('names no signer in the mode of 2019, as official files do', async () => {
    const common = { recipients: [bob.publicKey], signer: alice.privateKey, size: text.length };
    const message = await collect(signThenEncryptStream(nodeProvider, { ...common, read: () => pieces(text) }));
    expect([...parseMessageInfo(message).info.customParams.keys()]).toEqual(['VIRGIL-DATA-SIGNATURE']);
    const access = { keys: [bob.privateKey], mode: 'signThenEncrypt' } as const;
    const read = await open(nodeProvider, { message, ...access, signers: [alice.publicKey] });
    expect(read.plaintext).toEqual(text);
    const several = opened(message, { ...access, signers: [alice.publicKey, bob.publicKey] });
    await expect(collect(several)).rejects.toMatchObject({ code: 'envelope/other-signer' });
  });
});

describe('reading in pieces', () => {
  let message: Uint8Array;
  beforeAll(async () => {
    const options = { plaintext: new Uint8Array(5000), recipients: [bob.publicKey], signer: alice.privateKey };
    message = await seal(nodeProvider, { ...options, mode: 'signAndEncrypt', padding: true });
  });

  /** What comes out before it ends, and the code that it ends with. */
  async function outcome(stream: AsyncGenerator<Uint8Array, void>): Promise<{ length: number; code: unknown }> {
    let length = 0;
    try {
      for await (const piece of stream) length += piece.length;
      return { length, code: undefined };
    } catch (error) {
      return { length, code: (error as { code?: unknown }).code };
    }
  }

  it('gives nothing of a message for others, of another mode, or of none', async () => {
    const unsigned = await seal(nodeProvider, { plaintext: text, recipients: [bob.publicKey], mode: 'encrypt' });
    const mode = 'signThenEncrypt';
    for (const [stream, code] of [
      [opened(message, { keys: [alice.privateKey] }), 'envelope/not-a-recipient'],
      [opened(message, { mode }), 'envelope/not-signed'],
      [opened(unsigned), 'envelope/not-signed'],
      [opened(unsigned, { mode }), 'envelope/not-signed'],
      [opened(new Uint8Array(0)), 'envelope/malformed'],
      [opened(message.subarray(0, 5)), 'envelope/malformed'],
      [opened(message.subarray(0, 100)), 'envelope/malformed'],
      [opened(Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff)), 'envelope/malformed'],
    ] as const) {
      expect(await outcome(stream)).toEqual({ length: 0, code });
    }
  });

  it('ends with the refusal after the text that it gave', async () => {
    const { length, code } = await outcome(opened(message, { signers: [bob.publicKey] }));
    expect(code).toBe('envelope/other-signer');
    expect(length).toBe(5000 - (5000 % 160) + 160 - 164); // all but what the padding may be in
  });

  it('closes the source at its end, in the middle, and when it refuses', async () => {
    let closed = 0;
    const source = (bytes: Uint8Array) =>
      (async function* () {
        try {
          for (let at = 0; at < bytes.length; at += 500) yield bytes.subarray(at, at + 500);
          yield new Uint8Array(0);
        } finally {
          closed += 1;
        }
      })();
    await collect(opened(message, { source: source(message) }));
    expect(closed).toBe(1);
    const stream = opened(message, { source: source(message) });
    await stream.next();
    await stream.return();
    expect(closed).toBe(2);
    await outcome(opened(message, { source: source(message), keys: [alice.privateKey] }));
    expect(closed).toBe(3);
  });

  it('asks for no more than a footer can have behind the body', async () => {
    let given = 0;
    const endless = (async function* () {
      yield message;
      for (; given < 1_000_000; given += 1000) yield new Uint8Array(1000);
    })();
    expect(await outcome(opened(message, { source: endless }))).toMatchObject({ code: 'envelope/undecryptable' });
    expect(given).toBeLessThan(100_000);
  });

  it('asks for no more of a head than one can have', async () => {
    let given = 0;
    const endless = (async function* () {
      yield Uint8Array.of(0x30, 0x84, 0x04, 0x00, 0x00, 0x00);
      for (;;) {
        given += 100_000;
        yield new Uint8Array(100_000);
      }
    })();
    expect(await outcome(opened(message, { source: endless }))).toEqual({ length: 0, code: 'envelope/malformed' });
    expect(given).toBeLessThan(5_000_000);
  });
});

describe('the size in the head', () => {
  it.each([
    [0xffffffff, '0284', '020500ffffffff'],
    [0x100000000, '0285', '02050100000000'],
    [2 ** 36 - 32, '0285', '02050fffffffe0'],
  ])('%i is an INTEGER of five bytes', async (dataSize, _, encoded) => {
    const head = encodeMessageInfo({
      recipients: [],
      nonce: new Uint8Array(12),
      customParams: new Map(),
      isDerived: true,
      footer: { dataSize, signedHash: 'SHA-512' },
      isPadded: false,
    });
    expect(bytesToHex(head)).toContain(encoded);
    expect(parseMessageInfo(head).info.footer?.dataSize).toBe(dataSize);
  });

  it('may be above 4 GiB in a stream, where it is above what one call writes', async () => {
    const size = 2 ** 32;
    const stream = sealed(pieces(text), size);
    const { value } = await stream.next();
    expect(parseMessageInfo(value as Uint8Array).info.footer?.dataSize).toBeGreaterThan(size);
    await expect(collect(stream)).rejects.toMatchObject({ code: 'stream/wrong-size' });
  });
});
