/**
 * The published edge cases of Ed25519 (Wycheproof, CCTV) with Chromium's own verification: the key is imported by our rules, then Web
 * Crypto is asked.
 */
import { hexToBytes, importPublicKey, isSdkError, utf8ToBytes } from '@sotto/core';
import { verifyEd25519 } from '@sotto/core/noble';
import { describe, expect, it } from 'vitest';
import cctv from '../../vectors/cctv/ed25519.json' with { type: 'json' };
import wycheproof from '../../vectors/wycheproof/ed25519.json' with { type: 'json' };

interface Case {
  readonly id: number;
  readonly key: Uint8Array<ArrayBuffer>;
  readonly message: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

const SPKI_HEAD = '302a300506032b6570032100';
const hex = (text: unknown) => new Uint8Array(hexToBytes(text as string));

const published = wycheproof.rows.map(([id, key, message, signature, result]) => ({
  ...{ id: id as number, key: hex(key), message: hex(message), signature: hex(signature) },
  isValid: result === 'valid',
}));

const edges = cctv.rows.map(([number, key, signature, message, flags]) => ({
  ...{ id: number as number, key: hex(key), signature: hex(signature) },
  message: new Uint8Array(utf8ToBytes(message as string)),
  flags: flags as string[],
}));

function isImported({ key }: Case): boolean {
  try {
    importPublicKey(new Uint8Array([...hexToBytes(SPKI_HEAD), ...key]));
    return true;
  } catch (error) {
    if (isSdkError(error) && error.code.startsWith('key/')) return false;
    throw error;
  }
}

async function verifies({ key, message, signature }: Case): Promise<boolean> {
  const imported = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
  return crypto.subtle.verify('Ed25519', imported, signature, message);
}

const verifiesWithNoble = ({ key, message, signature }: Case) => verifyEd25519(signature, message, key);

async function filter<T extends Case>(cases: readonly T[], accepts: (row: T) => Promise<boolean>): Promise<T[]> {
  const verdicts = await Promise.all(cases.map(accepts));
  return cases.filter((_, index) => verdicts[index]);
}

const idsOf = (cases: readonly Case[]) => cases.map(({ id }) => id);

describe('Ed25519 in Chromium', () => {
  it('gives the published verdict on each signature of Wycheproof', async () => {
    expect(published).toHaveLength(151);
    const wrong = await filter(published, async (row) => (isImported(row) && (await verifies(row))) !== row.isValid);
    expect(idsOf(wrong)).toEqual([]);
  });

  it('gives the verdict that noble gives on each edge case of CCTV whose key is imported', async () => {
    const imported = edges.filter(isImported);
    const disputed = await filter(imported, async (row) => (await verifies(row)) !== verifiesWithNoble(row));
    expect(idsOf(disputed)).toEqual([]);
  });

  it('accepts as many edge cases of CCTV as Node does, and just those that our rule allows', async () => {
    const imported = edges.filter(isImported);
    const accepted = await filter(imported, verifies);
    expect([edges.length, imported.length, accepted.length]).toEqual([914, 388, 86]);
    const odd = ['non_canonical_R', 'low_order_residue', 'reencoded_k'];
    const allowed = imported.filter(({ flags }) => !flags.some((flag) => odd.includes(flag)));
    expect(idsOf(accepted)).toEqual(idsOf(allowed));
  });
});
