import { generateKeyPair } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { describe, expect, it } from 'vitest';
import { createTokenIssuer } from './issue.ts';
import { createTokenVerifier } from './verify.ts';

const NOW = Date.UTC(2026, 10, 24);
const appKey = await generateKeyPair(nodeProvider);
const otherKey = await generateKeyPair(nodeProvider);
const settings = { provider: nodeProvider, appId: 'a1', appKeyId: 'b2', appKey: appKey.privateKey, now: () => NOW };
const issuer = createTokenIssuer(settings);
const createVerifier = (now = NOW) =>
  createTokenVerifier({
    provider: nodeProvider,
    appId: 'a1',
    publicKeys: new Map([['b2', appKey.publicKey]]),
    now: () => now,
  });

describe('a token', () => {
  it('comes back with its identity and its end', async () => {
    const token = await issuer.issue('Zoë', { ttlSeconds: 1 });
    expect(await createVerifier().verify(token)).toEqual({ identity: 'Zoë', expiresAt: NOW / 1000 + 1 });
  });

  it('lasts 20 minutes unless told otherwise', async () => {
    const token = await issuer.issue('alice');
    expect(await createVerifier(NOW + 19 * 60_000).verify(token)).toMatchObject({ identity: 'alice' });
    await expect(createVerifier(NOW + 21 * 60_000).verify(token)).rejects.toMatchObject({ code: 'token/expired' });
  });

  it('is refused when another application or App Key made it', async () => {
    for (const other of [{ appId: 'a9' }, { appKeyId: 'b9' }]) {
      const token = await createTokenIssuer({ ...settings, ...other }).issue('alice');
      await expect(createVerifier().verify(token)).rejects.toMatchObject({ code: 'auth/foreign-token' });
    }
  });

  it('is refused when another key signed it', async () => {
    const token = await createTokenIssuer({ ...settings, appKey: otherKey.privateKey }).issue('alice');
    await expect(createVerifier().verify(token)).rejects.toMatchObject({ code: 'token/bad-signature' });
  });

  it('is not issued for a bad identity or lifetime', async () => {
    await expect(issuer.issue('')).rejects.toMatchObject({ code: 'auth/bad-identity' });
    for (const ttlSeconds of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      await expect(issuer.issue('alice', { ttlSeconds })).rejects.toMatchObject({ code: 'auth/bad-lifetime' });
    }
  });
});
