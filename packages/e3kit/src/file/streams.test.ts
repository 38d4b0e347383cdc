/** Streams of the web and of Node: what they give, and how they end where something is wrong. */
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { buffer } from 'node:stream/consumers';
import type { ReadableStream as NodeWebStream } from 'node:stream/web';
import { bytesToBase64 } from '@sotto/core';
import { startWorld, type World } from '@sotto/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Card, EThree } from '../index.ts';

let world: World;
let alice: EThree;
let bob: EThree;

beforeAll(async () => {
  world = await startWorld();
  alice = await world.createClient('alice');
  bob = await world.createClient('bob');
  await alice.register();
  await bob.register();
});
afterAll(() => world.close());

const content = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);

async function* pieces(bytes: Uint8Array, length = 10_000): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return bytesToBase64(await buffer(stream));
}

/** A web stream as browsers have it that cannot iterate over one. */
function plainWebStream(bytes: Uint8Array): ReadableStream<Uint8Array> {
  const stream = new Blob([bytes]).stream();
  return { getReader: () => stream.getReader() } as unknown as ReadableStream<Uint8Array>;
}

const expected = bytesToBase64(content);
const options = { size: content.length };

describe('a stream that alice encrypts for bob', () => {
  it.each([
    ['a generator', () => pieces(content)],
    ['a web stream', () => new Blob([content]).stream() as unknown as ReadableStream<Uint8Array>],
    ['a web stream without an iterator', () => plainWebStream(content)],
    ['a stream of Node', () => Readable.from(pieces(content))],
  ])('comes from %s, and is read as a stream, a file and a message', async (_, source) => {
    const sealed = await alice.authEncryptStream(source(), await alice.findUsers('bob'), options);
    const message = await buffer(sealed);
    const from = await bob.findUsers('alice');
    expect(await textOf(await bob.authDecryptStreamUnverified(pieces(message), from))).toBe(expected);
    expect(bytesToBase64(await bob.authDecrypt(message, from))).toBe(expected);
    const file = await bob.authDecryptFile(new Blob([message]), from);
    expect(bytesToBase64(new Uint8Array(await file.arrayBuffer()))).toBe(expected);
  });

  it('goes through the pipes of both kinds', async () => {
    const sealed = await alice.authEncryptStream(Readable.from(pieces(content)), await alice.findUsers('bob'), options);
    const opened = await bob.authDecryptStreamUnverified(sealed, await bob.findUsers('alice'));
    const read: Uint8Array[] = [];
    const sink = new Writable({
      write(chunk: Uint8Array, _encoding, done) {
        read.push(chunk);
        done();
      },
    });
    await pipeline(Readable.fromWeb(opened as unknown as NodeWebStream), sink);
    expect(bytesToBase64(Buffer.concat(read))).toBe(expected);
  });

  it('does nothing before somebody reads it, and ends its source when nobody does any more', async () => {
    let asked = 0;
    let isEnded = false;
    const source = (async function* () {
      try {
        for await (const piece of pieces(content)) {
          asked += 1;
          yield piece;
        }
      } finally {
        isEnded = true;
      }
    })();
    const reader = (await alice.authEncryptStream(source, undefined, options)).getReader();
    expect(asked).toBe(0);
    await reader.read(); // the head
    await reader.read();
    expect(asked).toBe(1);
    await reader.cancel();
    expect(isEnded).toBe(true);
  });
});

describe('a source that is not as it was announced', () => {
  it.each([
    ['more bytes', content.length - 1],
    ['fewer bytes', content.length + 1],
  ])('with %s ends the stream with an error', async (_, size) => {
    const stream = await alice.authEncryptStream(pieces(content), undefined, { size });
    await expect(textOf(stream)).rejects.toMatchObject({ code: 'stream/wrong-size', family: 'usage' });
  });

  it.each([
    ['no number', undefined],
    ['a part of a byte', 1.5],
    ['less than nothing', -1],
  ])('with a size that is %s ends the stream with an error', async (_, size) => {
    const stream = await alice.authEncryptStream(pieces(content), undefined, { size: size as number });
    await expect(textOf(stream)).rejects.toMatchObject({ code: 'stream/wrong-size' });
  });

  it('with text in it ends the stream with an error', async () => {
    const stream = await alice.authEncryptStream(Readable.from(['a', 'b']), undefined, { size: 2 });
    await expect(textOf(stream)).rejects.toMatchObject({ code: 'stream/not-bytes' });
  });

  it('is refused if it is no source at all', async () => {
    for (const source of ['text', {}, 5, null, undefined] as never[]) {
      const argument = { code: 'usage/argument' };
      await expect(alice.authEncryptStream(source, undefined, options)).rejects.toMatchObject(argument);
      await expect(alice.authDecryptStreamUnverified(source)).rejects.toMatchObject(argument);
    }
  });

  it('that fails ends the stream with its own error', async () => {
    const failing = async function* (bytes: Uint8Array) {
      yield bytes.subarray(0, 1000);
      throw new Error('the network is gone');
    };
    const stream = await alice.authEncryptStream(failing(content), undefined, options);
    await expect(textOf(stream)).rejects.toThrow('the network is gone');
    const opened = await alice.authDecryptStreamUnverified(failing(await alice.authEncrypt(content)));
    await expect(textOf(opened)).rejects.toThrow('the network is gone');
  });
});

describe('a stream whose text comes out before it is verified', () => {
  let message: Uint8Array;
  let from: Card;
  beforeAll(async () => {
    message = await alice.authEncrypt(content, await alice.findUsers('bob'));
    from = await bob.findUsers('alice');
  });

  /** Reads to the end, and says how much there was before that. */
  async function drain(stream: ReadableStream<Uint8Array>): Promise<{ length: number; error: unknown }> {
    let length = 0;
    try {
      for await (const piece of stream) length += piece.length;
      return { length, error: undefined };
    } catch (error) {
      return { length, error };
    }
  }

  it.each([
    ['is cut off', () => message.subarray(0, -1), 'envelope/undecryptable'],
    ['lacks its second half', () => message.subarray(0, 150_000), 'envelope/malformed'],
    ['has a bit changed in the middle', () => flip(message, 150_000), 'envelope/undecryptable'],
    ['has a bit changed in its signature', () => flip(message, message.length - 50), 'envelope/undecryptable'],
    ['has another one behind it', () => Buffer.concat([message, message]), 'envelope/undecryptable'],
  ])('ends with an error that says so where it %s', async (_, changed, reason) => {
    const { length, error } = await drain(await bob.authDecryptStreamUnverified(pieces(changed()), from));
    expect(length).toBeGreaterThan(0);
    expect(error).toMatchObject({
      code: 'stream/unverified',
      family: 'crypto',
      details: { reason },
      cause: { code: reason },
    });
  });

  it('ends so where somebody else has written it', async () => {
    const other = await bob.findUsers('bob');
    const { length, error } = await drain(await bob.authDecryptStreamUnverified(pieces(message), other));
    expect(length).toBeGreaterThan(0);
    expect(error).toMatchObject({ code: 'stream/unverified', details: { reason: 'envelope/other-signer' } });
  });

  it('gives nothing, and says why, where it is for others or no message', async () => {
    const forAlice = await alice.authEncrypt(content);
    const old = await alice.encrypt(content, await alice.findUsers('bob'));
    for (const [bytes, code] of [
      [forAlice, 'envelope/not-a-recipient'],
      [old, 'envelope/not-signed'],
      [new Uint8Array(1000), 'envelope/malformed'],
    ] as const) {
      const outcome = await drain(await bob.authDecryptStreamUnverified(pieces(bytes), from));
      expect(outcome).toMatchObject({ length: 0, error: { code } });
    }
  });

  it('makes every way to read it fail', async () => {
    const open = () => bob.authDecryptStreamUnverified(pieces(flip(message, 150_000)), from);
    const unverified = { code: 'stream/unverified' };
    await expect((await open()).pipeTo(new WritableStream())).rejects.toMatchObject(unverified);
    await expect(new Response((await open()) as never).arrayBuffer()).rejects.toMatchObject(unverified);
    const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
    const readable = Readable.fromWeb(await open());
    await expect(pipeline(readable, sink)).rejects.toMatchObject(unverified);
    const reader = (await open()).getReader();
    const readAll = async () => {
      while (!(await reader.read()).done);
    };
    await expect(readAll()).rejects.toMatchObject(unverified);
  });

  it('holds back its last text until the sender is known', async () => {
    const short = await alice.authEncrypt('hello', await alice.findUsers('bob'));
    const bytes = Buffer.from(short, 'base64');
    const { length, error } = await drain(
      await bob.authDecryptStreamUnverified(pieces(flip(bytes, bytes.length - 1)), from),
    );
    expect({ length, error }).toMatchObject({ length: 0, error: { code: 'envelope/undecryptable' } });
  });

  it('ends with an AbortError where that is asked for, and ends its source', async () => {
    const controller = new AbortController();
    let isEnded = false;
    const source = (async function* () {
      try {
        yield* pieces(message);
      } finally {
        isEnded = true;
      }
    })();
    const onProgress = ({ bytesProcessed }: { bytesProcessed: number }) => {
      if (bytesProcessed >= 100_000) controller.abort();
    };
    const { signal } = controller;
    const { error } = await drain(await bob.authDecryptStreamUnverified(source, from, { signal, onProgress }));
    expect(error).toMatchObject({ name: 'AbortError', code: 'stream/aborted' });
    expect(isEnded).toBe(true);
  });
});

describe('a file that is read as a stream', () => {
  it('was verified before it gives anything', async () => {
    const file = await alice.authEncryptFile(new Blob([content]), await alice.findUsers('bob'));
    const from = await bob.findUsers('alice');
    expect(await textOf(await bob.authDecryptFileToStream(file, from))).toBe(expected);
    const other = bob.authDecryptFileToStream(file, await bob.findUsers('bob'));
    await expect(other).rejects.toMatchObject({ name: 'IntegrityCheckFailedError' });
  });

  it('ends with an error if it is another one when it is read again', async () => {
    const message = await alice.authEncrypt(content);
    const files = [message, flip(message, 150_000)];
    let passes = 0;
    const changing = {
      size: message.length,
      slice(start: number, end: number) {
        if (start === 0) passes += 1;
        const bytes = new Uint8Array(files[passes - 1]!.subarray(start, end));
        return { arrayBuffer: async () => bytes.buffer };
      },
    };
    const stream = await alice.authDecryptFileToStream(changing);
    await expect(textOf(stream)).rejects.toMatchObject({
      code: 'stream/changed',
      cause: { code: 'envelope/undecryptable' },
    });
    expect(passes).toBe(2);
  });
});

function flip(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
}
