/** Many random keys: the map from Ed25519 to X25519 on both sides, and keys from key material. */
import { randomBytes, randomInt } from 'node:crypto';
import { bytesToHex, importPrivateKey, keyPairFromMaterial, utf8ToBytes } from '@sotto/core';
import { afterAll, describe, expect, it } from 'vitest';
import { startOfficials } from './official.ts';
import { openOurs, PROVIDERS, sealOurs } from './ours.ts';
import { recordCount } from './record.ts';
import { RELEASES } from './releases.ts';
import { failuresOf, isFull } from './run.ts';

const COUNT = isFull ? 1000 : 60;
const PROVIDER_LIST = Object.values(PROVIDERS);
const ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

const { officials, close } = await startOfficials();

afterAll(close);

/** So many random inputs, and whichever provider's turn it is. */
function draw(make: () => Buffer) {
  return Array.from({ length: COUNT }, (_, index) => ({
    bytes: make(),
    provider: PROVIDER_LIST[index % PROVIDER_LIST.length]!,
  }));
}

const toHex = ({ bytes }: { readonly bytes: Uint8Array }) => bytesToHex(bytes);

describe.each(RELEASES)('virgil-crypto %s and Sotto', (release) => {
  const official = officials[release];

  it('read each other’s messages to random Ed25519 keys, so that both convert these alike', async ({ task }) => {
    const mode = 'encrypt';
    const plaintext = utf8ToBytes('hello');
    const failures = await failuresOf(
      draw(() => randomBytes(32)),
      async ({ bytes: seed, provider }) => {
        const privateDer = Buffer.concat([ED25519_PREFIX, seed]);
        const key = await importPrivateKey(provider, privateDer);
        const common = { mode, plaintext, padding: false, identifiers: 'sha512' } as const;
        const theirs = await official.seal({ ...common, recipients: [key.publicKey.exportDer()] });
        const ours = await sealOurs(provider, { ...common, recipients: [key.publicKey] });
        const read = [
          await openOurs(provider, { mode, message: theirs, key, signers: [] }),
          await official.open({ mode, message: ours, key: privateDer, signers: [], identifiers: 'sha512' }),
        ];
        expect(read.map(bytesToHex)).toEqual([plaintext, plaintext].map(bytesToHex));
      },
      toHex,
    );
    expect(failures).toEqual([]);
    recordCount(task, { what: 'random Ed25519 keys, a message to each both ways', release, count: COUNT });
  });

  it.for(['ED25519', 'CURVE25519', 'CURVE25519_ED25519', 'SECP256R1'] as const)(
    'make the same key pair of random key material: %s',
    async (type, { task }) => {
      const failures = await failuresOf(
        draw(() => randomBytes(randomInt(32, 513))),
        async ({ bytes: material, provider }) => {
          const { privateKey, publicKey } = await keyPairFromMaterial(provider, material, type);
          const theirs = await official.keyFromMaterial({ material, type });
          expect(bytesToHex(privateKey.exportDer())).toBe(bytesToHex(theirs.privateKey));
          expect(bytesToHex(publicKey.exportDer())).toBe(bytesToHex(theirs.publicKey));
          expect(bytesToHex(publicKey.identifier)).toBe(bytesToHex(theirs.identifier));
        },
        toHex,
      );
      expect(failures).toEqual([]);
      recordCount(task, { what: `keys of ${type} from random key material`, release, count: COUNT });
    },
  );
});
