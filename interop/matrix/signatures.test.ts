/** Signatures of every kind, made by one side and verified by the other, and such as a third makes. */
import { constants, createPrivateKey, type KeyObject, sign as signByNode } from 'node:crypto';
import { concatBytes, type HashName, sign, utf8ToBytes, verify } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeCase } from './cases.ts';
import { type KeyRing, makeKeyRing, type SharedKey } from './keys.ts';
import { SIGNATURES } from './matrices.ts';
import { startOfficials } from './official.ts';
import { ecdsaToRaw, hasHighS, isShort, joinSignature, negate, p1363ToEcdsa } from './raw-signature.ts';
import { recordCount } from './record.ts';
import { RELEASES } from './releases.ts';
import { casesOf, extentOf, failuresOf, isFull, wayOf, WRITERS } from './run.ts';
import { tradeSignature } from './trade-signature.ts';

const { axes } = extentOf(SIGNATURES);
const cases = casesOf(SIGNATURES);
const { officials, close } = await startOfficials();
const data = utf8ToBytes('what is signed');
const otherData = utf8ToBytes('what is not');
let ring: KeyRing;

beforeAll(async () => {
  ring = await makeKeyRing(Object.values(officials), axes.type, axes.provider);
});

afterAll(close);

describe.each(WRITERS)('signatures that %s writes', (writer) => {
  const way = wayOf(writer);

  it.for(axes.type)('are good on the other side for their data alone: %s', async (type, { task }) => {
    const chosen = cases.filter((one) => one.writer === writer && one.type === type);
    const failures = await failuresOf(chosen, (one) => tradeSignature(officials[one.release], ring, one), describeCase);
    expect(failures).toEqual([]);
    for (const release of RELEASES) {
      const count = chosen.filter((one) => one.release === release).length;
      recordCount(task, { what: `signatures, ${way}`, release, count });
    }
  });
});

describe.each(RELEASES)('virgil-crypto %s and Sotto', (release) => {
  const official = officials[release];

  /** Whether both sides call it good; they must agree. */
  async function verdictOn(key: SharedKey, signed: Uint8Array, signature: Uint8Array): Promise<boolean> {
    const ours = await verify(nodeProvider, key.ours.node!.publicKey, signed, signature);
    const theirs = await official.verify({ key: key.publicDer, data: signed, signature });
    if (ours !== theirs) throw new Error(`Sotto says ${ours}, the official library ${theirs}`);
    return ours;
  }

  async function expectGood(key: SharedKey, signature: Uint8Array): Promise<void> {
    expect(await verdictOn(key, data, signature)).toBe(true);
    expect(await verdictOn(key, otherData, signature)).toBe(false);
  }

  it('verify P-256 signatures of each other in bulk', async ({ task }) => {
    const key = ring.keyOf('SECP256R1');
    const texts = Array.from({ length: isFull ? 1000 : 100 }, (_, index) => utf8ToBytes(`message ${index}`));
    const check = async (text: Uint8Array) => {
      const signatures = [
        await sign(nodeProvider, key.ours.node!, text),
        await official.sign({ key: key.privateDer, data: text }),
      ];
      for (const signature of signatures) expect(await verdictOn(key, text, signature)).toBe(true);
    };
    expect(await failuresOf(texts, check, String)).toEqual([]);
    recordCount(task, { what: 'P-256 signatures, both ways', release, count: 2 * texts.length });
  });

  it('verify P-256 signatures with high and low s, short r and short s', async ({ task }) => {
    const key = ring.keyOf('SECP256R1');
    const wanted = {
      'long numbers': ({ r, s }: Numbers) => !isShort(r) && !isShort(s),
      'short r': ({ r }: Numbers) => isShort(r),
      'short s': ({ s }: Numbers) => isShort(s),
    };
    for (const isWanted of Object.values(wanted)) {
      const found = drawEcdsa(nodeKeyOf(key), isWanted);
      const both = [found, negate(found)];
      expect(both.map(hasHighS).sort()).toEqual([false, true]);
      for (const numbers of both) await expectGood(key, joinSignature('SHA-512', ecdsaToRaw(numbers)));
    }
    recordCount(task, { what: 'P-256 signatures with high and low s, short r, short s', release, count: 6 });
  });

  it.for(['SHA-224', 'SHA-256', 'SHA-384', 'SHA-512'] as const)('verify signatures over %s', async (hash, { task }) => {
    for (const type of axes.type) {
      const key = ring.keyOf(type);
      await expectGood(key, joinSignature(hash, await signOver(hash, key)));
    }
    recordCount(task, { what: 'signatures over the four hashes', release, count: axes.type.length });
  });

  it('verify RSA-PSS signatures with a salt of any length', async ({ task }) => {
    const types = axes.type.filter((type) => type.startsWith('RSA'));
    const salts = [0, 1, 20, 32, 63, 64, 65, constants.RSA_PSS_SALTLEN_MAX_SIGN];
    for (const key of types.map(ring.keyOf)) {
      for (const saltLength of salts) {
        const raw = signByNode('sha512', data, { key: nodeKeyOf(key), padding: PSS, saltLength });
        await expectGood(key, joinSignature('SHA-512', raw));
      }
    }
    recordCount(task, {
      what: 'RSA-PSS signatures with salts of 0 bytes to the most',
      release,
      count: types.length * salts.length,
    });
  });
});

const PSS = constants.RSA_PKCS1_PSS_PADDING;
type Numbers = ReturnType<typeof p1363ToEcdsa>;

/** Signs until the numbers are as wanted: one in 256 is short. */
function drawEcdsa(key: KeyObject, isWanted: (numbers: Numbers) => boolean): Numbers {
  for (;;) {
    const numbers = p1363ToEcdsa(signByNode('sha512', data, { key, dsaEncoding: 'ieee-p1363' }));
    if (isWanted(numbers)) return numbers;
  }
}

/** A bare signature, made with node:crypto alone. */
async function signOver(hash: HashName, key: SharedKey): Promise<Uint8Array> {
  const algorithm = hash.replace('-', '').toLowerCase();
  switch (key.type) {
    case 'ED25519':
    case 'CURVE25519_ED25519':
      return signByNode(null, await nodeProvider.hash(hash, data), nodeKeyOf(key));
    case 'SECP256R1':
      return signByNode(algorithm, data, { key: nodeKeyOf(key), dsaEncoding: 'der' });
    default:
      return signByNode(algorithm, data, { key: nodeKeyOf(key), padding: PSS, saltLength: 32 });
  }
}

const ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The half of the key that signs, as node:crypto takes it. */
function nodeKeyOf({ type, privateDer }: SharedKey): KeyObject {
  const isCompound = type === 'CURVE25519_ED25519';
  const der = isCompound ? concatBytes(ED25519_PREFIX, privateDer.subarray(-32)) : privateDer;
  return createPrivateKey({ key: Buffer.from(der), format: 'der', type: type === 'SECP256R1' ? 'sec1' : 'pkcs8' });
}
