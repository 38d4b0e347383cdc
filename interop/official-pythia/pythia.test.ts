/** Brain keys between our client and server and the official ones, both ways: the same password gives the same key pair. */
import { type KeyPair, utf8ToBytes } from '@sotto/core';
import { startHarden, startPythia } from '@sotto/core/backup';
import { hardenPoint, transformPythia } from '@sotto/core/brain-key-server';
import { nobleProvider } from '@sotto/core/noble';
import { nodeProvider } from '@sotto/core/node';
import { blind, deblind } from '@sotto/core/pythia';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFull } from '../matrix/run.ts';
import { deriveByThePage } from './by-the-page.ts';
import { brainKeyCrypto, foundation, hex, official, type OfficialKeyPair, officialPythia, pythia } from './official.ts';

const anyPassword = fc.uint8Array({ minLength: 1, maxLength: 128 }).map((bytes) => Buffer.from(bytes));
const owner = { secret: Buffer.alloc(32, 9), application: 'app', identity: 'alice' };
// Both sides together take about a tenth of a second for a password.
const passwords = { numRuns: isFull ? 200 : 40 };

const ourKey = ({ privateKey }: KeyPair) => hex(privateKey.exportDer());
const theirKey = ({ privateKey }: OfficialKeyPair) => hex(official.exportPrivateKey(privateKey));

describe('Pythia', () => {
  it('gives our client of the official server the key of the official client', async () => {
    const anyServer = fc.record({
      transformationKeyId: fc.uint8Array({ minLength: 1, maxLength: 128 }).map((bytes) => Buffer.from(bytes)),
      pythiaSecret: fc.uint8Array({ minLength: 1, maxLength: 128 }).map((bytes) => Buffer.from(bytes)),
      pythiaScopeSecret: fc.uint8Array({ minLength: 1, maxLength: 128 }).map((bytes) => Buffer.from(bytes)),
    });
    await fc.assert(
      fc.asyncProperty(anyPassword, anyServer, anyPassword, async (password, parts, tweak) => {
        const { privateKey: transformationPrivateKey } = pythia.computeTransformationKeyPair(parts);
        const transform = (blindedPassword: Uint8Array) =>
          pythia.transform({ blindedPassword: Buffer.from(blindedPassword), tweak, transformationPrivateKey })
            .transformedPassword;

        const theirs = pythia.blind(password);
        const seed = pythia.deblind({
          transformedPassword: transform(theirs.blindedPassword),
          blindingSecret: theirs.blindingSecret,
        });
        const { request, finish } = await startPythia(nodeProvider, password);
        expect(ourKey(await finish(transform(request)))).toBe(theirKey(official.generateKeysFromKeyMaterial(seed)));
      }),
      passwords,
    );
  });

  it('gives the official client of our server the key of our client', async () => {
    await fc.assert(
      fc.asyncProperty(anyPassword, async (password) => {
        const { blindedPassword, blindingSecret } = brainKeyCrypto.blind(password);
        const transformedPassword = Buffer.from(transformPythia({ ...owner, blindedPassword }));
        const seed = brainKeyCrypto.deblind({ transformedPassword, blindingSecret });
        expect(hex(deblind(transformedPassword, blindingSecret))).toBe(hex(seed));

        const { request, finish } = await startPythia(nobleProvider, password);
        const ours = await finish(transformPythia({ ...owner, blindedPassword: request }));
        expect(ourKey(ours)).toBe(theirKey(official.generateKeysFromKeyMaterial(seed)));
      }),
      passwords,
    );
  });

  it('has secrets that the official client takes for its own', () => {
    fc.assert(
      fc.property(anyPassword, (password) => {
        const { blindedPassword, secret } = blind(password, nodeProvider.randomBytes);
        const transformedPassword = Buffer.from(transformPythia({ ...owner, blindedPassword }));
        const seed = brainKeyCrypto.deblind({ transformedPassword, blindingSecret: Buffer.from(secret) });
        expect(hex(deblind(transformedPassword, secret))).toBe(hex(seed));
      }),
      { numRuns: 40 },
    );
  });

  it('is on our server what the official one does with the key and tweak of docs/spec/brain-key.md', () => {
    const names = fc.record({
      application: fc.string(),
      identity: fc.string({ unit: 'grapheme' }),
      brainKeyId: fc.string(),
    });
    fc.assert(
      fc.property(anyPassword, names, (password, each) => {
        const { blindedPassword } = pythia.blind(password);
        const theirs = pythia.transform({ blindedPassword, ...deriveByThePage(owner.secret, each) });
        const ours = transformPythia({ secret: owner.secret, ...each, blindedPassword });
        expect(hex(ours)).toBe(hex(theirs.transformedPassword));
      }),
      { numRuns: 40 },
    );
  });

  it('gives the official BrainKey, with our server behind it, the key of our client', async () => {
    const brainKey = new officialPythia.BrainKey({
      crypto: official,
      brainKeyCrypto,
      pythiaClient: {
        generateSeed: (blinded, brainKeyId) => {
          const blindedPassword = Buffer.from(blinded, 'base64');
          const seed = transformPythia({ ...owner, blindedPassword, brainKeyId });
          return Promise.resolve(Buffer.from(seed).toString('base64'));
        },
        transformPassword: () => Promise.reject(new Error('not asked for by brain keys')),
      },
    });
    for (const brainKeyId of [undefined, 'second']) {
      const theirs = await brainKey.generateKeyPair('Grüße, 世界 🔑', brainKeyId);
      const { request, finish } = await startPythia(nodeProvider, utf8ToBytes('Grüße, 世界 🔑'));
      const ours = await finish(transformPythia({ ...owner, blindedPassword: request, brainKeyId }));
      expect(ourKey(ours)).toBe(theirKey(theirs as OfficialKeyPair));
    }
  });
});

describe('brain key v3', () => {
  it('gives the official client of our server the key of our client', async () => {
    const client = new foundation.BrainkeyClient();
    client.setupDefaults();
    await fc.assert(
      fc.asyncProperty(anyPassword, async (password) => {
        const { blindedPoint, deblindFactor } = client.blind(password);
        const { hardenedPoint } = hardenPoint({ ...owner, blindedPoint });
        const seed = client.deblind(password, hardenedPoint, deblindFactor, utf8ToBytes('e3kit-backup'));

        const { request, finish } = await startHarden(nodeProvider, password);
        const ours = await finish(hardenPoint({ ...owner, blindedPoint: request }));
        expect(ourKey(ours)).toBe(theirKey(official.generateKeysFromKeyMaterial(Buffer.from(seed))));
      }),
      passwords,
    );
    client.delete();
  });
});
