import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSdkError } from '../errors.ts';
import type { FingerprintPair } from './fingerprint.ts';
import { checkSafetyQr, decodeSafetyQr, encodeSafetyQr } from './safety-qr.ts';

const alice = new Uint8Array(32).fill(0xa1);
const bob = new Uint8Array(32).fill(0xb0);
const carol = new Uint8Array(32).fill(0xca);
const byAlice: FingerprintPair = { own: alice, peer: bob };
const byBob: FingerprintPair = { own: bob, peer: alice };

const fingerprint = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('the QR code of a safety number', () => {
  it('fits the pair of the user who scans it', () => {
    expect(() => checkSafetyQr(byAlice, encodeSafetyQr(byBob))).not.toThrow();
    expect(() => checkSafetyQr(byBob, encodeSafetyQr(byAlice))).not.toThrow();
  });

  it.each([
    ['is of somebody else', { own: carol, peer: alice }],
    ['is for somebody else', { own: bob, peer: carol }],
    ['shows two other keys, as when somebody is in between', { own: carol, peer: carol }],
  ])('is refused when it %s', (_, pair) => {
    expect(() => checkSafetyQr(byAlice, encodeSafetyQr(pair))).toThrow(
      expect.objectContaining({ code: 'safety-qr/mismatch', family: 'crypto' }),
    );
  });

  it('of the own screen is refused', () => {
    expect(() => checkSafetyQr(byAlice, encodeSafetyQr(byAlice))).toThrow(
      expect.objectContaining({ code: 'safety-qr/own' }),
    );
  });

  it('of another version is refused, whatever its length', () => {
    const text = encodeSafetyQr(byBob);
    for (const other of [text.replace(':01', ':02'), `${text.replace(':01', ':00')}FF`, 'SOTTO-SAFETY:02']) {
      expect(() => checkSafetyQr(byAlice, other)).toThrow(expect.objectContaining({ code: 'safety-qr/other-version' }));
    }
  });

  it.each([
    ['nothing', ''],
    ['an address', 'https://example.org/?q=SOTTO-SAFETY:01'],
    ['no figures', 'SOTTO-SAFETY:'],
    ['too few bytes', encodeSafetyQr(byBob).slice(0, -2)],
    ['half a byte too much', `${encodeSafetyQr(byBob)}0`],
    ['a byte too much', `${encodeSafetyQr(byBob)}00`],
    ['small letters', encodeSafetyQr(byBob).toLowerCase()],
    ['a line break at the end', `${encodeSafetyQr(byBob)}\n`],
    ['more than a QR code holds', `SOTTO-SAFETY:02${'00'.repeat(3000)}`],
  ])('is refused as malformed: %s', (_, text) => {
    expect(() => checkSafetyQr(byAlice, text)).toThrow(expect.objectContaining({ code: 'safety-qr/malformed' }));
  });

  it('gives back its pair, in characters of the dense mode of QR codes', () => {
    fc.assert(
      fc.property(fingerprint, fingerprint, (own, peer) => {
        const text = encodeSafetyQr({ own, peer });
        expect(decodeSafetyQr(text)).toEqual({ own, peer });
        expect(text).toMatch(/^[0-9A-Z $%*+\-./:]{143}$/);
      }),
    );
  });

  it('with any one character changed is refused', () => {
    const text = encodeSafetyQr(byBob);
    const characters = fc.constantFrom(...'0123456789ABCDEFabcdef:Z');
    fc.assert(
      fc.property(fc.nat(text.length - 1), characters, (position, character) => {
        const changed = text.slice(0, position) + character + text.slice(position + 1);
        fc.pre(changed !== text);
        expect(() => checkSafetyQr(byAlice, changed)).toThrow(
          expect.objectContaining({
            code: expect.stringMatching(/^safety-qr[/](malformed|other-version|mismatch)$/),
          }),
        );
      }),
    );
  });

  it('throws nothing but its codes, whatever is scanned', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'0123456789ABCDEF') }).map((digits) => `SOTTO-SAFETY:${digits}`),
    );
    fc.assert(
      fc.property(anything, (text) => {
        let error: unknown;
        try {
          checkSafetyQr(byAlice, text);
        } catch (thrown) {
          error = thrown;
        }
        expect(isSdkError(error) && error.code).toMatch(/^safety-qr\//);
      }),
    );
  });
});
