/**
 * The edge cases of CCTV for Ed25519. They come without verdicts, since implementations differ on purpose; ours follow one rule:
 * canonical encodings, no key of small order, no cofactor. All adapters must agree on each row.
 */
import { createPublicKey, verify as verifyNode } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../encoding/bytes.ts';
import { derBits, derSequence } from '../encoding/der.ts';
import { hexToBytes } from '../encoding/text.ts';
import { isSdkError } from '../errors.ts';
import { ALGORITHM } from '../keys/algorithms.ts';
import { importPublicKey } from '../keys/import-public.ts';
import { verifyEd25519 } from './noble.ts';

type Row = [number: number, key: string, signature: string, message: string, flags: string[]];

const file = new URL('../../../../vectors/cctv/ed25519.json', import.meta.url);
const { rows } = JSON.parse(readFileSync(file, 'utf8')) as { rows: Row[] };
const rowsWith = (flag: string) => rows.filter(([, , , , flags]) => flags.includes(flag));

function isImported(key: Uint8Array): boolean {
  try {
    importPublicKey(derSequence(ALGORITHM.ed25519, derBits(key)));
    return true;
  } catch (error) {
    if (isSdkError(error, 'key/invalid')) return false;
    throw error;
  }
}

function verifiesWithNode([, key, signature, message]: Row): boolean {
  const x = Buffer.from(key, 'hex').toString('base64url');
  const object = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
  return verifyNode(null, utf8ToBytes(message), object, hexToBytes(signature));
}

function verifiesWithNoble([, key, signature, message]: Row): boolean {
  return verifyEd25519(hexToBytes(signature), utf8ToBytes(message), hexToBytes(key));
}

describe('the Ed25519 edge cases of CCTV', () => {
  const imported = rows.filter(([, key]) => isImported(hexToBytes(key)));

  it('get one verdict from all adapters', () => {
    const disputed = imported.filter((row) => verifiesWithNode(row) !== verifiesWithNoble(row));
    expect(disputed.map(([number]) => number)).toEqual([]);
  });

  it('are accepted in the numbers that the rule gives', () => {
    expect(rows).toHaveLength(914);
    expect(imported).toHaveLength(388);
    expect(imported.filter(verifiesWithNode)).toHaveLength(86);
  });

  it.each(['low_order_A', 'non_canonical_A'])('are refused at import where the key is %s', (flag) => {
    expect(rowsWith(flag).length).toBeGreaterThan(0);
    expect(rowsWith(flag).filter((row) => imported.includes(row))).toEqual([]);
  });

  it('are accepted just where neither R nor what is left over of small order speaks against it', () => {
    const odd = ['non_canonical_R', 'low_order_residue', 'reencoded_k'];
    const wrong = imported.filter((row) => verifiesWithNode(row) === row[4].some((flag) => odd.includes(flag)));
    expect(wrong.map(([number]) => number)).toEqual([]);
  });
});
