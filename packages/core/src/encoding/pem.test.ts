import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSdkError } from '../errors.ts';
import { utf8ToBytes } from './bytes.ts';
import { derToPem, looksLikePem, pemToDer } from './pem.ts';

const der = Uint8Array.from({ length: 100 }, (_, index) => index);
const pem = derToPem(der, 'PUBLIC KEY');
const read = (text: string) => pemToDer(utf8ToBytes(text));
const pemCode = expect.objectContaining({ code: 'encoding/pem' });

describe('PEM', () => {
  it('reads what it writes, in lines of 64', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = derToPem(bytes, 'PRIVATE KEY');
        expect(looksLikePem(utf8ToBytes(text))).toBe(true);
        expect(read(text)).toEqual(bytes);
        expect(text.split('\n').every((line) => line.length <= 64)).toBe(true);
      }),
    );
  });

  it('takes any label, Windows line breaks and space at the end', () => {
    expect(read(pem.replaceAll('PUBLIC KEY', 'WHATEVER 2'))).toEqual(der);
    expect(read(pem.replaceAll('\n', '\r\n'))).toEqual(der);
    expect(read(`${pem} \n\n`)).toEqual(der);
    expect(read(pem.trimEnd())).toEqual(der);
  });

  it.each([
    ['text before the block', `key:\n${pem}`],
    ['text after the block', `${pem}key`],
    ['two blocks', pem + pem],
    ['two labels', pem.replace('END PUBLIC', 'END PRIVATE')],
    ['headers inside', pem.replace('KEY-----\n', 'KEY-----\nProc-Type: 4,ENCRYPTED\n\n')],
    ['no end', pem.slice(0, 60)],
    ['base64 that is cut short', pem.replace('AAECAw', 'AAECA')],
    ['foreign characters', pem.replace('AAECAw', 'AAEC*w')],
    ['a very long block', derToPem(new Uint8Array(60_000), 'PUBLIC KEY')],
  ])('refuses %s', (_, text) => {
    expect(() => read(text)).toThrow(pemCode);
  });

  it('throws nothing but its code', () => {
    const piece = fc.constantFrom('-----BEGIN ', '-----END ', '-----', 'KEY', '\n', '\r', 'AAAA', '=', ' ', '\u00a0');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        try {
          read(pieces.join(''));
        } catch (error) {
          expect(isSdkError(error, 'encoding/pem')).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('does not hang on bytes that almost match', () => {
    const text = `-----BEGIN ${'A '.repeat(30)}-----\n${'\r\n'.repeat(30_000)}-----END`;
    expect(() => read(text.slice(0, 65_000))).toThrow(pemCode);
    expect(() => read(`${pem}${' '.repeat(60_000)}x`)).toThrow(pemCode);
  });
});
