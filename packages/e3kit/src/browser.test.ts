// The browser's client where parts of a browser are missing, as Node shows it too. The rest: *.browser.test.ts.
import { nobleProvider } from '@sotto/core/noble';
import { startWorld, type World } from '@sotto/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { EThree } from './browser.ts';
import { createMemoryCardCache, createMemoryKeyStore, type EThreeOptions } from './index.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
afterEach(() => vi.unstubAllGlobals());

const createClient = (identity: string, options: EThreeOptions = {}): Promise<EThree> =>
  EThree.initialize(() => world.app.issuer.issue(identity), { apiUrl: world.service.url, ...options });

describe('a page without HTTPS', () => {
  it('is told to have it', async () => {
    leaveHttps();
    const failure = createClient('alice', { cardCache: createMemoryCardCache() });
    await expect(failure).rejects.toMatchObject({ code: 'platform/insecure-context', family: 'usage' });
  });

  it('does the main job with stores of its own, in JavaScript', async () => {
    leaveHttps();
    const stores = () => ({ keyStore: createMemoryKeyStore(), cardCache: createMemoryCardCache() });
    const alice = await createClient('alice', stores());
    const bob = await createClient('bob', stores());
    await alice.register();
    await bob.register();
    const message = await alice.authEncrypt('hello bob', await alice.findUsers('bob'));
    expect(await bob.authDecrypt(message, await bob.findUsers('alice'))).toBe('hello bob');
  });

  function leaveHttps(): void {
    const { getRandomValues } = globalThis.crypto;
    const crypto = { getRandomValues: (bytes: Uint8Array) => getRandomValues.call(originalCrypto, bytes) };
    const originalCrypto = globalThis.crypto;
    vi.stubGlobal('crypto', crypto);
    vi.stubGlobal('isSecureContext', false);
  }
});

describe('a runtime without IndexedDB', () => {
  const refusal = { code: 'storage/unavailable', details: { reason: 'no IndexedDB' } };

  it('is told that it has no store', async () => {
    const keyStore = createMemoryKeyStore();
    const cardCache = createMemoryCardCache();
    await expect(createClient('carol', { cardCache })).rejects.toMatchObject(refusal);
    const carol = await createClient('carol', { keyStore });
    await expect(carol.findUsers('carol')).rejects.toMatchObject(refusal);
  });

  it('uses the provider that it is given', async () => {
    const sign = vi.fn<typeof nobleProvider.sign>((...args) => nobleProvider.sign(...args));
    const dave = await createClient('dave', {
      keyStore: createMemoryKeyStore(),
      cardCache: createMemoryCardCache(),
      cryptoProvider: { ...nobleProvider, sign },
    });
    await dave.register();
    expect(sign).toHaveBeenCalled();
  });
});
