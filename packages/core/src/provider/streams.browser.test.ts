/** The part of Web Crypto that works in pieces, in a real browser: it gives what one call gives, by the browser's own GHASH. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../encoding/bytes.ts';
import { bytesToHex } from '../encoding/text.ts';
import { createWebStreams } from './web-streams.ts';

const { subtle } = globalThis.crypto;
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(0, 1, 15, 16, 17, 31, 32, 33).map((length) => new Uint8Array(length).fill(length)),
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom(4096, 262_144, 262_145).map((length) => new Uint8Array(length).fill(7)),
  ),
  { maxLength: 6 },
);

describe('streams in a browser', () => {
  it('encrypt, decrypt and hash as one call does', async () => {
    const streams = createWebStreams(subtle);
    await fc.assert(
      fc.asyncProperty(bytes(32), bytes(12), bytes(20), pieces, async (raw, nonce, aad, pieces) => {
        const text = concatBytes(...pieces);
        const key = await subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt']);
        const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: aad };
        const whole = new Uint8Array(await subtle.encrypt(algorithm, key, text));
        const digest = new Uint8Array(await subtle.digest('SHA-512', text));
        const options = { key: raw, nonce, aad };

        const encryption = await streams.createEncryption(options);
        const decryption = await streams.createDecryption(options);
        const hashes = [streams.createHash('SHA-512', text.length), streams.createHash('SHA-512')] as const;
        const [sealed, opened]: [Uint8Array[], Uint8Array[]] = [[], []];
        let at = 0;
        for (const piece of pieces) {
          sealed.push(await encryption.update(piece));
          opened.push(await decryption.update(whole.subarray(at, at + piece.length)));
          for (const hash of hashes) await hash.update(piece);
          at += piece.length;
        }
        sealed.push(await encryption.finish());
        opened.push(await decryption.finish(whole.subarray(at)));
        expect(bytesToHex(concatBytes(...sealed))).toBe(bytesToHex(whole));
        expect(bytesToHex(concatBytes(...opened))).toBe(bytesToHex(text));
        for (const hash of hashes) expect(bytesToHex(await hash.finish())).toBe(bytesToHex(digest));
      }),
      { numRuns: 60 },
    );
  });

  it('leave GHASH to AES-GCM', async () => {
    let hashedBytes = 0;
    const counting = new Proxy(subtle, {
      get(target, property) {
        const value = Reflect.get(target, property) as (...parameters: unknown[]) => unknown;
        if (property !== 'encrypt') return value.bind(target);
        return (algorithm: { additionalData?: Uint8Array }, ...rest: unknown[]) => {
          hashedBytes += algorithm.additionalData?.length ?? 0;
          return value.call(target, algorithm, ...rest);
        };
      },
    });
    const options = { key: new Uint8Array(32), nonce: new Uint8Array(12) };
    const stream = await createWebStreams(counting).createEncryption(options);
    const before = hashedBytes;
    await stream.update(new Uint8Array(1_000_000));
    expect(hashedBytes - before).toBe(1_000_000);
  });
});
