/** The acceptance suite of the crypto port in a page that has random numbers and nothing else, as one without HTTPS. */
import { nobleProvider } from '@sotto/core/noble';
import { cryptoProviderSuite } from '@sotto/testing/crypto-provider-suite';
import { describe, expect, it } from 'vitest';

Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });

describe('a page without crypto.subtle', () => {
  it('has random numbers all the same, and nothing of Node', () => {
    expect(crypto.subtle).toBeUndefined();
    expect(nobleProvider.randomBytes(32)).not.toEqual(new Uint8Array(32));
    expect(Reflect.has(globalThis, 'Buffer')).toBe(false);
  });
});

cryptoProviderSuite(nobleProvider);
