/** GHASH by way of AES-GCM is GHASH. Apart from the streams, which would do without it if it were not. */
import { webcrypto } from 'node:crypto';
import { ctr } from '@noble/ciphers/aes.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToHex } from '../encoding/text.ts';
import { createNobleGhash } from './noble-pieces.ts';
import { createWebGhash } from './web-ghash.ts';
import { createWebStreams } from './web-streams.ts';

const block = new Uint8Array(16);

describe('GHASH by Web Crypto', () => {
  it('is what noble makes of the same blocks, in whatever pieces they come', async () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    const pieces = fc.array(
      fc.integer({ min: 0, max: 6 }).chain((blocks) => bytes(16 * blocks)),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(bytes(32), bytes(12), pieces, bytes(16), async (raw, nonce, pieces, last) => {
        const { subtle } = webcrypto;
        const key = await subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt']);
        const h = ctr(raw, block).encrypt(block);
        const hashes = [await createWebGhash({ subtle, key, nonce, h }), createNobleGhash(h)] as const;
        const sums: string[] = [];
        for (const hash of hashes) {
          for (const piece of pieces) await hash.update(piece);
          sums.push(bytesToHex(await hash.finish(last)));
        }
        expect(sums[0]).toBe(sums[1]);
      }),
      { numRuns: 200 },
    );
  });

  it('is what streams use where they can', async () => {
    let hashedBytes = 0;
    const counting = new Proxy(webcrypto.subtle, {
      get(target, property) {
        const value = Reflect.get(target, property) as (...parameters: unknown[]) => unknown;
        if (property !== 'encrypt') return value.bind(target);
        return (algorithm: webcrypto.AesGcmParams, key: webcrypto.CryptoKey, data: Uint8Array) => {
          if (algorithm.name === 'AES-GCM') hashedBytes += algorithm.additionalData?.byteLength ?? 0;
          return target.encrypt(algorithm, key, data);
        };
      },
    });
    const stream = await createWebStreams(counting).createEncryption({
      key: new Uint8Array(32),
      nonce: new Uint8Array(12),
    });
    const before = hashedBytes;
    for (let i = 0; i < 10; i++) await stream.update(new Uint8Array(1000));
    await stream.finish();
    expect(hashedBytes - before).toBeGreaterThan(9900);
  });
});
