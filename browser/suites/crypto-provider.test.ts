/** The acceptance suite of the crypto port over Chromium's Web Crypto, as it is and as older browsers have it. */
import { createWebProvider, type WebCrypto } from '@sotto/core/web';
import { cryptoProviderSuite } from '@sotto/testing/crypto-provider-suite';
import { describe, expect, it } from 'vitest';

const { subtle } = globalThis.crypto;
type Method = (...parameters: unknown[]) => unknown;

/** A browser that knows none of these algorithms. */
function without(...names: readonly string[]): WebCrypto {
  const refuse =
    (method: Method, position: number): Method =>
    (...parameters) => {
      const algorithm = parameters[position] as { name: string } | string;
      const name = typeof algorithm === 'string' ? algorithm : algorithm.name;
      if (names.includes(name)) return Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'));
      return method(...parameters);
    };
  const older = new Proxy(subtle, {
    get(target, property) {
      const method = (Reflect.get(target, property) as Method).bind(target);
      return refuse(method, property === 'importKey' ? 2 : 0);
    },
  });
  return {
    subtle: older as unknown as WebCrypto['subtle'],
    getRandomValues: (bytes) => webCrypto().getRandomValues(bytes),
  };
}

function webCrypto(): WebCrypto {
  return globalThis.crypto as unknown as WebCrypto;
}

describe('a page on localhost', () => {
  it('is a secure context, whose Web Crypto has Ed25519 and X25519', async () => {
    expect(isSecureContext).toBe(true);
    expect(await subtle.generateKey('Ed25519', false, ['sign'])).toMatchObject({ privateKey: { type: 'private' } });
    expect(await subtle.generateKey('X25519', false, ['deriveBits'])).toMatchObject({ publicKey: { type: 'public' } });
  });
});

describe('with Web Crypto as Chromium has it,', async () => {
  cryptoProviderSuite(await createWebProvider(webCrypto()), { canMakeRsa: true });
});

describe('with a Web Crypto that lacks Ed25519,', async () => {
  cryptoProviderSuite(await createWebProvider(without('Ed25519')), { canMakeRsa: true });
});

describe('with a Web Crypto that lacks X25519,', async () => {
  cryptoProviderSuite(await createWebProvider(without('X25519')), { canMakeRsa: true });
});

describe('with a Web Crypto that lacks Ed25519 and X25519,', async () => {
  cryptoProviderSuite(await createWebProvider(without('Ed25519', 'X25519')), { canMakeRsa: true });
});
