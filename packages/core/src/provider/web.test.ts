/** The adapter over Web Crypto, on that of Node; `browser/` runs the same suite in Chromium. */
import { webcrypto } from 'node:crypto';
import { cryptoProviderSuite } from '@sotto/testing/crypto-provider-suite';
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
