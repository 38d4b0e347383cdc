import { createHash, webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../encoding/bytes.ts';
import { base64ToBytes, bytesToHex, hexToBytes } from '../encoding/text.ts';
import { importPublicKey } from '../keys/import-public.ts';
import { nobleProvider } from '../provider/noble.ts';
import { nodeProvider } from '../provider/node.ts';
import { createWebProvider } from '../provider/web.ts';
import { type FingerprintPair, fingerprintOf, iterateHash } from './fingerprint.ts';
import { encodeSafetyQr } from './safety-qr.ts';
import { safetyDigits, safetyWords } from './safety-number.ts';
import { listWords } from './word-list.ts';

interface VectorUser {
  readonly identity: string;
  readonly publicKey: string;
  readonly fingerprint: string;
}

interface Vector {
  readonly name: string;
  readonly appId: string;
  readonly own: VectorUser;
  readonly peer: VectorUser;
  readonly digits: string;
  readonly words: string;
  readonly qr: string;
}

interface SignalUser {
  readonly key: string;
  readonly name: string;
  readonly fingerprint: string;
}

interface Vectors {
  readonly signal: { readonly own: SignalUser; readonly peer: SignalUser; readonly digits: string };
  readonly vectors: readonly Vector[];
}

const file = new URL('../../../../vectors/formats/safety-numbers.json', import.meta.url);
const { signal, vectors } = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
const providers = [nodeProvider, await createWebProvider(webcrypto), nobleProvider];

const pairOf = ({ own, peer }: Vector): FingerprintPair => ({
  own: hexToBytes(own.fingerprint),
  peer: hexToBytes(peer.fingerprint),
});

describe('a fingerprint', () => {
  it.each(providers)('by $name is that of the vectors', async (provider) => {
    for (const { appId, own, peer } of vectors) {
      for (const { identity, publicKey, fingerprint } of [own, peer]) {
        const key = importPublicKey(base64ToBytes(publicKey));
        expect(bytesToHex(await fingerprintOf(provider, { publicKey: key, appId, identity }))).toBe(fingerprint);
      }
    }
  });

  it.each(providers)('by $name leaves turns to other tasks while it is made', async (provider) => {
    let turns = 0;
    let next = setImmediate(function count() {
      turns++;
      next = setImmediate(count);
    });
    await iterateHash(provider, new Uint8Array(44), utf8ToBytes('alice'));
    clearImmediate(next);
    expect(turns).toBeGreaterThan(5);
  });

  it("is made as Signal's is", async () => {
    for (const { key, name, fingerprint } of [signal.own, signal.peer]) {
      const made = await iterateHash(nodeProvider, hexToBytes(key), utf8ToBytes(name));
      expect(bytesToHex(made)).toBe(fingerprint);
    }
  });
});

describe('a safety number', () => {
  it.each(vectors)('of the vectors has their digits, words and QR code: $name', async (vector) => {
    expect(safetyDigits(pairOf(vector))).toBe(vector.digits);
    expect(await safetyWords(pairOf(vector))).toBe(vector.words);
    expect(encodeSafetyQr(pairOf(vector))).toBe(vector.qr);
  });

  it("has the digits that Signal's would have, in groups", () => {
    const { own, peer, digits } = signal;
    const made = safetyDigits({ own: hexToBytes(own.fingerprint), peer: hexToBytes(peer.fingerprint) });
    expect(made.replaceAll(' ', '')).toBe(digits);
    expect(made).toMatch(/^\d{5}( \d{5}){11}$/);
  });

  it('puts the first bits into the first word', async () => {
    const fingerprint = new Uint8Array(32);
    fingerprint.set([0b00000000, 0b00111111, 0b11111100], 0); // 1, 2047, and the first bit of the third word is 0
    const pair = { own: fingerprint, peer: fingerprint };
    expect((await safetyWords(pair)).split(' ').slice(0, 3)).toEqual(['ability', 'zoo', 'abandon']);
  });
});

describe('the list of words', () => {
  it('is the English one of BIP-39, byte for byte', () => {
    const digest = createHash('sha256')
      .update(`${listWords().join('\n')}\n`)
      .digest('hex');
    expect(digest).toBe('2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda');
  });
});
