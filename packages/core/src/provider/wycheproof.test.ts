/**
 * The published cases of Wycheproof, through the port where it reaches them: `vectors/README.md` says how each file is used.
 * Every adapter must give the published verdict, and so all of them the same.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../encoding/bytes.ts';
import { derBits, derSequence } from '../encoding/der.ts';
import { bytesToHex, hexToBytes } from '../encoding/text.ts';
import { isSdkError } from '../errors.ts';
import { ALGORITHM } from '../keys/algorithms.ts';
import { importPrivateKey } from '../keys/import-private.ts';
import { importPublicKey } from '../keys/import-public.ts';
import type { PublicKey } from '../keys/key.ts';
import { encodeSignature, verify } from '../signature/signature.ts';
import { nobleProvider } from './noble.ts';
import { createWebProvider } from './web.ts';
import { nodeProvider } from './node.ts';
import type { PrivateComponent, PublicComponent, WrappedKey } from './port.ts';

type Cell = string & number & string[];
type Verdict = 'valid' | 'invalid' | 'acceptable';

interface Row {
  readonly id: number;
  readonly result: Verdict;
  readonly flags: readonly string[];
  /** A column by its name, the hint in brackets left out. */
  text(field: string): string;
  number(field: string): number;
  bytes(field: string): Uint8Array;
}

function readVectors(name: string): { rows: Row[]; keys: string[] } {
  const file = new URL(`../../../../vectors/wycheproof/${name}.json`, import.meta.url);
  const content = JSON.parse(readFileSync(file, 'utf8')) as {
    fields: string[];
    rows: Cell[][];
    [keys: `keys(${string})`]: string[];
  };
  const fields = content.fields.map((field) => field.replace(/\(.*\)/, ''));
  const keyList = Object.entries(content).find(([field]) => field.startsWith('keys'))?.[1] as string[] | undefined;
  const rows = content.rows.map((cells): Row => {
    const cell = (field: string): Cell => {
      const index = fields.indexOf(field);
      if (index < 0) throw new Error(`${name} has no column ${field}`);
      return cells[index]!;
    };
    return {
      id: cell('id'),
      result: cell('result') as string as Verdict,
      flags: cell('flags'),
      text: cell,
      number: cell,
      bytes: (field) => hexToBytes(cell(field)),
    };
  });
  return { rows, keys: keyList ?? [] };
}

/** The rows whose verdict is not the expected one, with their flags: an empty list is what one wants to see. */
async function findWrongVerdicts(
  rows: readonly Row[],
  {
    accepts,
    expected = ({ result }) => result === 'valid',
  }: {
    accepts: (row: Row) => boolean | Promise<boolean>;
    expected?: (row: Row) => boolean;
  },
): Promise<string[]> {
  const wrong: string[] = [];
  for (const row of rows) {
    if ((await accepts(row)) !== expected(row)) wrong.push(`${row.id} ${row.result} ${row.flags.join(' ')}`);
  }
  return wrong;
}

function importOrRefuse(spki: Uint8Array): PublicKey | undefined {
  try {
    return importPublicKey(spki);
  } catch (error) {
    if (isSdkError(error) && error.code.startsWith('key/')) return undefined;
    throw error;
  }
}

/** KDF2, CBC and HMAC once more, from node:crypto alone, so that no code of ours vouches for itself. */
function wrapWith(
  secret: Uint8Array,
  ephemeral: PublicComponent,
  encrypt: (key: Uint8Array) => { iv: Uint8Array; ciphertext: Uint8Array },
): WrappedKey {
  const blocks = [1, 2].map((counter) =>
    createHash('sha384')
      .update(secret)
      .update(Uint8Array.of(0, 0, 0, counter))
      .digest(),
  );
  const keys = concatBytes(...blocks).subarray(0, 80);
  const { iv, ciphertext } = encrypt(keys.slice(0, 32));
  const mac = new Uint8Array(createHmac('sha384', keys.slice(32)).update(ciphertext).digest());
  return { kind: 'ecies', ephemeral, iv, mac, ciphertext };
}

const CONTENT_KEY = hexToBytes('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f');

function encryptContentKey(key: Uint8Array): { iv: Uint8Array; ciphertext: Uint8Array } {
  const iv = new Uint8Array(16).fill(7);
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return { iv, ciphertext: concatBytes(cipher.update(CONTENT_KEY), cipher.final()) };
}

const webProvider = await createWebProvider(webcrypto);

describe.each([nodeProvider, webProvider, nobleProvider])('Wycheproof with $name', (provider) => {
  /** Whether the key unwraps to `content`. Every refusal must be the same error. */
  async function unwraps(wrapped: WrappedKey, key: PrivateComponent, content = CONTENT_KEY): Promise<boolean> {
    try {
      expect(bytesToHex(await provider.unwrapKey(wrapped, key))).toBe(bytesToHex(content));
      return true;
    } catch (error) {
      if (isSdkError(error, 'envelope/undecryptable')) return false;
      throw error;
    }
  }

  it('gives the published verdict on each Ed25519 signature', async () => {
    const { rows } = readVectors('ed25519');
    const wrong = await findWrongVerdicts(rows, {
      accepts: async (row) => {
        const key = importOrRefuse(derSequence(ALGORITHM.ed25519, derBits(row.bytes('publicKey'))));
        return key !== undefined && provider.verifyPure(key.parts.signing!, row.bytes('msg'), row.bytes('sig'));
      },
    });
    expect(wrong).toEqual([]);
    expect(rows).toHaveLength(151);
  });

  it('gives the published verdict on each P-256 signature, high s and odd DER included', async () => {
    const { rows } = readVectors('ecdsa-p256-sha512');
    const wrong = await findWrongVerdicts(rows, {
      accepts: async (row) => {
        const key = importOrRefuse(derSequence(ALGORITHM.p256, derBits(row.bytes('publicKey'))));
        if (!key) return false;
        return verify(provider, key, row.bytes('msg'), encodeSignature({ hash: 'SHA-512', raw: row.bytes('sig') }));
      },
    });
    expect(wrong).toEqual([]);
    expect(rows).toHaveLength(554);
  });

  it('gives the published verdict on each RSA-PSS signature, salts of any length accepted', async () => {
    const { rows, keys } = readVectors('rsa-pss-sha512');
    const wrong = await findWrongVerdicts(rows, {
      accepts: async (row) => {
        const key = importOrRefuse(hexToBytes(keys[row.number('key index')]!));
        if (!key) return false;
        return verify(provider, key, row.bytes('msg'), encodeSignature({ hash: 'SHA-512', raw: row.bytes('sig') }));
      },
      expected: (row) => {
        if (row.flags.includes('SpecifyPkcs1Algorithm')) return false; // keys that say RSASSA-PSS are not imported
        return row.result === 'valid' || isGoodButForItsSaltLength(row);
      },
    });
    expect(wrong).toEqual([]);
    expect(rows).toHaveLength(368);
  });

  it('opens the RSA-OAEP blocks without a label that Wycheproof calls valid, and no other', async () => {
    const { rows, keys } = readVectors('rsa-oaep-sha512');
    const components = await Promise.all(
      keys.map(async (pkcs8) => (await importPrivateKey(provider, hexToBytes(pkcs8))).parts.agreement!),
    );
    const wrong = await findWrongVerdicts(rows, {
      accepts: (row) =>
        unwraps({ kind: 'rsa', block: row.bytes('ct') }, components[row.number('key index')]!, row.bytes('msg')),
      expected: (row) => row.result === 'valid' && row.text('label') === '', // ours is always empty
    });
    expect(wrong).toEqual([]);
    expect(rows).toHaveLength(66);
  });

  it('agrees on the published X25519 secrets, and on none with a point of small order', async () => {
    const { rows } = readVectors('x25519');
    const isZero = (row: Row) => /^0*$/.test(row.text('shared'));
    const wrong = await findWrongVerdicts(rows, {
      accepts: (row) =>
        unwraps(wrapWith(row.bytes('shared'), { kind: 'x25519', bytes: row.bytes('public') }, encryptContentKey), {
          kind: 'x25519',
          secret: row.bytes('private'),
        }),
      expected: (row) => !isZero(row),
    });
    expect(wrong).toEqual([]);
    expect(rows.filter((row) => !isZero(row))).toHaveLength(487);
    expect(rows.filter(isZero)).toHaveLength(31);
  });

  it('agrees on the published P-256 secrets, and on none with a compressed point or one off the curve', async () => {
    const { rows } = readVectors('ecdh-p256');
    const wrong = await findWrongVerdicts(rows, {
      accepts: (row) => {
        // As big-endian numbers they come with a leading zero or without one.
        const secret = hexToBytes(row.text('private').padStart(64, '0').slice(-64));
        const ephemeral = { kind: 'p256', bytes: row.bytes('public') } as const;
        return unwraps(wrapWith(row.bytes('shared'), ephemeral, encryptContentKey), { kind: 'p256', secret });
      },
    });
    expect(wrong).toEqual([]);
    expect(rows).toHaveLength(355);
  });

  it('does not compute on a P-256 point off the curve or in another form', async () => {
    const { rows } = readVectors('ecdh-p256');
    const secret = new Uint8Array(32);
    secret[31] = 1; // times 1, a careless implementation gives the x coordinate of whatever it is handed
    const wrong = await findWrongVerdicts(
      rows.filter((row) => row.text('public') !== ''),
      {
        accepts: (row) => {
          const bytes = row.bytes('public');
          return unwraps(wrapWith(bytes.subarray(1, 33), { kind: 'p256', bytes }, encryptContentKey), {
            kind: 'p256',
            secret,
          });
        },
      },
    );
    expect(wrong).toEqual([]);
  });

  it('opens and makes the AES-256-GCM bodies with a nonce of 12 bytes', async () => {
    const rows = readVectors('aes-256-gcm').rows.filter((row) => row.bytes('iv').length === 12);
    const wrong = await findWrongVerdicts(rows, {
      accepts: async (row) => {
        const options = { key: row.bytes('key'), nonce: row.bytes('iv'), aad: row.bytes('aad') };
        const body = concatBytes(row.bytes('ct'), row.bytes('tag'));
        try {
          expect(bytesToHex(await provider.decryptBody(options, body))).toBe(row.text('msg'));
        } catch (error) {
          if (isSdkError(error, 'envelope/undecryptable')) return false;
          throw error;
        }
        expect(bytesToHex(concatBytes(...(await provider.encryptBody(options, [row.bytes('msg')]))))).toBe(
          bytesToHex(body),
        );
        return true;
      },
    });
    expect(wrong).toEqual([]);
    expect(rows).toHaveLength(66);
  });

  it('refuses each bad padding of AES-256-CBC behind a good MAC', async () => {
    const { rows } = readVectors('aes-256-cbc');
    const [agreement] = readVectors('x25519').rows;
    const key = { kind: 'x25519', secret: agreement!.bytes('private') } as const;
    const peer = { kind: 'x25519', bytes: agreement!.bytes('public') } as const;
    // The port chooses its own keys, so the padded plaintext of a row is encrypted again, under the key of an agreement.
    const wrong = await findWrongVerdicts(rows, {
      accepts: (row) => {
        const wrapped = wrapWith(agreement!.bytes('shared'), peer, (derived) => encryptAgain(row, derived));
        return unwraps(wrapped, key, row.bytes('msg'));
      },
    });
    expect(wrong).toEqual([]);
    expect(rows).toHaveLength(72);
  });

  it('derives the HKDF-SHA-512 outputs that are not too long for it', async () => {
    const rows = readVectors('hkdf-sha512').rows.filter(({ result }) => result === 'valid');
    const wrong = await findWrongVerdicts(rows, {
      accepts: async (row) => {
        const options = { salt: row.bytes('salt'), info: row.bytes('info') };
        const derived = await provider.hkdf(row.bytes('ikm'), row.number('size'), options);
        return bytesToHex(derived) === row.text('okm');
      },
    });
    expect(wrong).toEqual([]);
    expect(rows).toHaveLength(77);
  });
});

describe('importing the keys of Wycheproof', () => {
  it('refuses the X25519 keys of small order and those that are not canonical', async () => {
    const { rows } = readVectors('x25519');
    const wrong = await findWrongVerdicts(rows, {
      accepts: (row) => importOrRefuse(derSequence(ALGORITHM.x25519, derBits(row.bytes('public')))) !== undefined,
      expected: ({ flags }) => !flags.includes('LowOrderPublic') && !flags.includes('NonCanonicalPublic'),
    });
    expect(wrong).toEqual([]);
  });

  it('refuses the P-256 keys that are not valid', async () => {
    const wrong = await findWrongVerdicts(readVectors('ecdh-p256').rows, {
      accepts: (row) => importOrRefuse(derSequence(ALGORITHM.p256, derBits(row.bytes('public')))) !== undefined,
    });
    expect(wrong).toEqual([]);
  });
});

/** Wycheproof fixes a salt length per key (32 for key 0, 64 for key 1), our format does not. */
function isGoodButForItsSaltLength(row: Row): boolean {
  const lastId = [141, 142][row.number('key index')] ?? 0;
  return row.id >= 136 && row.id <= lastId;
}

/** The plaintext of a row of AES-CBC, padding and all, under another key. */
function encryptAgain(row: Row, key: Uint8Array): { iv: Uint8Array; ciphertext: Uint8Array } {
  const iv = row.bytes('iv');
  const decipher = createDecipheriv('aes-256-cbc', row.bytes('key'), iv).setAutoPadding(false);
  const padded = concatBytes(decipher.update(row.bytes('ct')), decipher.final());
  const cipher = createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  return { iv, ciphertext: concatBytes(cipher.update(padded), cipher.final()) };
}
