/** What each adapter makes in pieces is what it makes in one go, wherever the pieces are cut. */
import { webcrypto } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../encoding/bytes.ts';
import { bytesToHex } from '../encoding/text.ts';
import { nobleProvider } from './noble.ts';
import { nodeProvider } from './node.ts';
import type { HashName, StreamProvider } from './port.ts';
import { createWebStreams } from './web-streams.ts';

type Subtle = webcrypto.SubtleCrypto;

/** A platform whose AES-GCM fails, or lies, where there is nothing to encrypt: there GHASH comes from noble. */
function withoutNativeGhash(answer: () => Promise<ArrayBuffer>): Subtle {
  return new Proxy(webcrypto.subtle, {
    get(target, property) {
      const value = Reflect.get(target, property) as (...parameters: unknown[]) => unknown;
      if (property !== 'encrypt') return value.bind(target);
      return (algorithm: { name: string }, key: webcrypto.CryptoKey, data: Uint8Array) =>
        algorithm.name === 'AES-GCM' && data.length === 0 ? answer() : target.encrypt(algorithm, key, data);
    },
  });
}

const adapters: [string, StreamProvider][] = [
  ['node', await nodeProvider.openStreams()],
  ['noble', await nobleProvider.openStreams()],
  ['web', createWebStreams(webcrypto.subtle)],
  ['web where AES-GCM wants text', createWebStreams(withoutNativeGhash(() => Promise.reject(new Error('no text'))))],
  ['web where AES-GCM lies', createWebStreams(withoutNativeGhash(() => Promise.resolve(new ArrayBuffer(16))))],
];
const HASHES: HashName[] = ['SHA-224', 'SHA-256', 'SHA-384', 'SHA-512'];

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const nonce = fc.uint8Array({ minLength: 12, maxLength: 12 });
const aad = fc.option(fc.uint8Array({ maxLength: 50 }), { nil: undefined });
/** Often around the size of one block or two, which are seams inside. */
const piece = fc.oneof(
  fc.constantFrom(0, 1, 15, 16, 17, 31, 32, 33, 48).map((length) => new Uint8Array(length).fill(length)),
  fc.uint8Array({ maxLength: 200 }),
);
const pieces = fc.array(piece, { maxLength: 8 });

describe.each(adapters)('streams of the adapter %s', (_, streams) => {
  it('encrypt and decrypt as one call does', async () => {
    await fc.assert(
      fc.asyncProperty(key, nonce, aad, pieces, pieces, async (key, nonce, aad, texts, cuts) => {
        const options = { key, nonce, aad };
        const whole = concatBytes(...(await nodeProvider.encryptBody(options, texts)));
        const encryption = await streams.createEncryption(options);
        const sealed: Uint8Array[] = [];
        for (const text of texts) sealed.push(await encryption.update(text));
        sealed.push(await encryption.finish());
        expect(bytesToHex(concatBytes(...sealed))).toBe(bytesToHex(whole));

        const decryption = await streams.createDecryption(options);
        const opened: Uint8Array[] = [];
        let rest = whole.subarray(0, -16);
        for (const { length } of cuts) {
          opened.push(await decryption.update(rest.subarray(0, length)));
          rest = rest.subarray(length);
        }
        opened.push(await decryption.update(rest), await decryption.finish(whole.subarray(-16)));
        expect(bytesToHex(concatBytes(...opened))).toBe(bytesToHex(concatBytes(...texts)));
      }),
      { numRuns: 150 },
    );
  });

  it('refuse any other tag, and what was changed under it', async () => {
    const options = { key: new Uint8Array(32).fill(1), nonce: new Uint8Array(12), aad: new Uint8Array(20) };
    const body = concatBytes(...(await nodeProvider.encryptBody(options, [new Uint8Array(40)])));
    for (let at = 0; at < body.length; at++) {
      const changed = body.map((byte, index) => (index === at ? byte ^ 0x80 : byte));
      const decryption = await streams.createDecryption(options);
      await decryption.update(changed.subarray(0, 33));
      await decryption.update(changed.subarray(33, 40));
      await expect(decryption.finish(changed.subarray(40))).rejects.toMatchObject({ code: 'envelope/undecryptable' });
    }
  });

  it.each(HASHES)('hash by %s as one call does, few bytes and many', async (algorithm) => {
    await fc.assert(
      fc.asyncProperty(pieces, fc.boolean(), async (texts, isBounded) => {
        const whole = concatBytes(...texts);
        const hash = streams.createHash(algorithm, isBounded ? whole.length : undefined);
        for (const text of texts) await hash.update(text);
        expect(bytesToHex(await hash.finish())).toBe(bytesToHex(await nodeProvider.hash(algorithm, whole)));
      }),
      { numRuns: 30 },
    );
  });

  it('do without what they were given once they have taken it', async () => {
    const text = new Uint8Array(100).fill(7);
    const options = { key: new Uint8Array(32).fill(1), nonce: new Uint8Array(12) };
    const whole = concatBytes(...(await nodeProvider.encryptBody(options, [text])));
    const given = { ...options, key: options.key.slice() };
    const encryption = await streams.createEncryption(given);
    const hash = streams.createHash('SHA-512', 100);
    given.key.fill(0);
    const sealed: Uint8Array[] = [];
    for (let at = 0; at < text.length; at += 10) {
      const piece = text.slice(at, at + 10);
      sealed.push(await encryption.update(piece));
      await hash.update(piece);
      piece.fill(0);
    }
    sealed.push(await encryption.finish());
    expect(bytesToHex(concatBytes(...sealed))).toBe(bytesToHex(whole));
    expect(bytesToHex(await hash.finish())).toBe(bytesToHex(await nodeProvider.hash('SHA-512', text)));
  });
});

it('GHASH by way of AES-GCM is what a browser is asked for, where it can do it', async () => {
  let calls = 0;
  const counting = withoutNativeGhash(() => {
    calls += 1;
    return Promise.reject(new Error('no text'));
  });
  const streams = createWebStreams(counting);
  for (let i = 0; i < 3; i++) {
    await streams.createEncryption({ key: new Uint8Array(32), nonce: new Uint8Array(12) });
  }
  expect(calls).toBe(1); // tried once, and never again
});
