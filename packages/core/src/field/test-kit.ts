/** Users and a document for the tests of this folder. */
import { generateKeyPair } from '../keys/generate.ts';
import type { PrivateKey, PublicKey } from '../keys/key.ts';
import { nodeProvider } from '../provider/node.ts';
import { type DecryptedFields, decryptFields, type OpenFieldsOptions } from './decrypt-fields.ts';
import { type EncryptFieldsOptions, encryptFields } from './encrypt-fields.ts';

export const NOW = Date.UTC(2026, 0, 1);
export const DOCUMENT_ID = 'patients/42';

export interface TestUser {
  readonly key: PrivateKey;
  readonly publicKey: PublicKey;
}

export async function makeUser(): Promise<TestUser> {
  const { privateKey, publicKey } = await generateKeyPair(nodeProvider);
  return { key: privateKey, publicKey };
}

export const patient = () => ({
  name: 'Ann Example',
  born: 1980,
  city: 'Ghent',
  visits: [
    { date: '2025-11-02', ward: 'A', note: 'first' },
    { date: '2025-12-09', ward: 'B', note: null },
  ],
});

type Loose<Options> = Partial<Options> & { readonly [name: string]: unknown };

/** By `author` for `readers`: all notes and the name, unless the options say otherwise. */
export function encryptFor(
  author: TestUser,
  readers: readonly TestUser[],
  options: Loose<EncryptFieldsOptions> = {},
): Promise<Record<string, unknown>> {
  const keys = readers.map(({ publicKey }) => publicKey);
  return encryptFields(nodeProvider, {
    document: patient(),
    documentId: DOCUMENT_ID,
    revision: 1,
    selections: ['name', 'visits[*].note'].map((path) => ({ path, readers: keys })),
    signer: author.key,
    coverage: 'all',
    now: NOW,
    ...options,
  });
}

/** By `reader`, as written by `author`. */
export function decryptAs(
  reader: TestUser,
  author: TestUser,
  document: unknown,
  options: Loose<OpenFieldsOptions> = {},
): Promise<DecryptedFields> {
  const { key } = reader;
  return decryptFields(nodeProvider, {
    document,
    documentId: DOCUMENT_ID,
    keys: [key],
    signers: [author.publicKey],
    now: NOW,
    ...options,
  });
}
