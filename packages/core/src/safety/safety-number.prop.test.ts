/** What holds for any two users: both see one number, and whatever differs shows. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToHex } from '../encoding/text.ts';
import { PublicKey } from '../keys/key.ts';
import { nodeProvider } from '../provider/node.ts';
import { fingerprintOf } from './fingerprint.ts';
import { safetyDigits, safetyWords } from './safety-number.ts';

const RUNS_OF_5200 = { numRuns: 10 };

const fingerprint = fc.uint8Array({ minLength: 32, maxLength: 32 });
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
const user = fc.record({ der: fc.uint8Array({ minLength: 1, maxLength: 300 }), appId: text, identity: text });

const keyOf = (der: Uint8Array) => new PublicKey({ type: 'ED25519', der, algorithm: new Uint8Array(0) });
const make = async ({ der, appId, identity }: { der: Uint8Array; appId: string; identity: string }) =>
  bytesToHex(await fingerprintOf(nodeProvider, { publicKey: keyOf(der), appId, identity }));

/** The page docs/spec/safety-number.md §1, read once more. */
function referenceFingerprint({ der, appId, identity }: { der: Uint8Array; appId: string; identity: string }): string {
  const application = Buffer.from(appId, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(application.length);
  const name = Buffer.concat([Buffer.from('sotto-safety-number-v1\0'), length, application, Buffer.from(identity)]);
  let digest = Buffer.concat([Buffer.from([0, 0]), der, name]);
  for (let round = 1; round <= 5200; round++) digest = createHash('sha512').update(digest).update(der).digest();
  return digest.subarray(0, 32).toString('hex');
}

describe('a fingerprint', () => {
  it('is what its description says', async () => {
    await fc.assert(
      fc.asyncProperty(user, async (any) => {
        expect(await make(any)).toBe(referenceFingerprint(any));
      }),
      RUNS_OF_5200,
    );
  });

  it('changes with any bit of the key', async () => {
    await fc.assert(
      fc.asyncProperty(user, fc.nat(), async (any, position) => {
        const der = any.der.slice();
        const bit = position % (der.length * 8);
        der[bit >> 3]! ^= 1 << (bit & 7);
        expect(await make({ ...any, der })).not.toBe(await make(any));
      }),
      RUNS_OF_5200,
    );
  });

  it('changes with the application and with the identity, wherever the one ends and the other begins', async () => {
    await fc.assert(
      fc.asyncProperty(user, text, async (any, more) => {
        const { appId, identity } = any;
        const names = [
          { appId, identity },
          { appId: appId + more, identity },
          { appId, identity: more + identity },
          { appId, identity: identity + more },
        ];
        const distinct = new Set(names.map(({ appId: a, identity: i }) => JSON.stringify([a, i])));
        const made = await Promise.all(names.map((name) => make({ ...any, ...name })));
        expect(new Set(made).size).toBe(distinct.size);
      }),
      RUNS_OF_5200,
    );
  });
});

describe('a safety number', () => {
  it('is the same for both users', async () => {
    await fc.assert(
      fc.asyncProperty(fingerprint, fingerprint, async (own, peer) => {
        expect(safetyDigits({ own, peer })).toBe(safetyDigits({ own: peer, peer: own }));
        expect(await safetyWords({ own, peer })).toBe(await safetyWords({ own: peer, peer: own }));
      }),
    );
  });

  it('shows the first 110 bits of each fingerprint in its words', async () => {
    await fc.assert(
      fc.asyncProperty(fingerprint, fingerprint, fc.nat(109), async (own, peer, bit) => {
        const other = own.slice();
        other[bit >> 3]! ^= 0x80 >> (bit & 7);
        expect(await safetyWords({ own: other, peer })).not.toBe(await safetyWords({ own, peer }));
      }),
    );
  });

  it('has its form whatever the fingerprints are', async () => {
    await fc.assert(
      fc.asyncProperty(fingerprint, fingerprint, async (own, peer) => {
        expect(safetyDigits({ own, peer })).toMatch(/^\d{5}( \d{5}){11}$/);
        expect(await safetyWords({ own, peer })).toMatch(/^[a-z]{3,8}( [a-z]{3,8}){19}$/);
      }),
    );
  });
});
