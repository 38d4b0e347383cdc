/** The adapter over Web Crypto, on that of Node; `browser/` runs the same suite in Chromium. */
import { webcrypto } from 'node:crypto';
import { cryptoProviderSuite } from '@sotto/testing/crypto-provider-suite';
import { expect, it } from 'vitest';
import { nodeProvider } from './node.ts';
import { createWebProvider, type WebCrypto } from './web.ts';

const crypto = webcrypto as unknown as WebCrypto;

/** A platform that knows none of these algorithms, as older browsers. */
function without(...names: readonly string[]): WebCrypto {
  const generateKey = (algorithm: { name: string }, ...rest: [boolean, webcrypto.KeyUsage[]]) =>
    names.includes(algorithm.name)
      ? Promise.reject(new Error('NotSupportedError'))
      : webcrypto.subtle.generateKey(algorithm, ...rest);
  const subtle = new Proxy(webcrypto.subtle, {
    get(target, property) {
      if (property === 'generateKey') return generateKey;
      const value = Reflect.get(target, property) as (...parameters: unknown[]) => unknown;
      return value.bind(target);
    },
  });
  return { subtle, getRandomValues: (bytes) => crypto.getRandomValues(bytes) };
}

cryptoProviderSuite(await createWebProvider(crypto), { canMakeRsa: true });
cryptoProviderSuite(await createWebProvider(without('Ed25519')), { canMakeRsa: true });
cryptoProviderSuite(await createWebProvider(without('X25519')), { canMakeRsa: true });
cryptoProviderSuite(await createWebProvider(without('Ed25519', 'X25519')), { canMakeRsa: true });

// Here and not in the suite: one signature in 256 begins with a zero, and noble takes too long for as many.
it('an RSA signature without the zero that it begins with is refused by node and web alike', async () => {
  const webProvider = await createWebProvider(crypto);
  const secret = await nodeProvider.generateKey('rsa');
  const key = await nodeProvider.toPublic(secret);
  const data = Uint8Array.of(1, 2, 3);
  let signature: Uint8Array;
  do signature = await nodeProvider.sign(secret, 'SHA-512', data);
  while (signature[0] !== 0);
  for (const provider of [nodeProvider, webProvider]) {
    expect(await provider.verify(key, 'SHA-512', data, signature)).toBe(true);
    expect(await provider.verify(key, 'SHA-512', data, signature.subarray(1))).toBe(false);
  }
});
