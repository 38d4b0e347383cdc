/** The documents of vectors/formats/fields.json, opened by every adapter. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { base64ToBytes } from '../encoding/text.ts';
import { importPrivateKey } from '../keys/import-private.ts';
import { nobleProvider } from '../provider/noble.ts';
import { nodeProvider } from '../provider/node.ts';
import { createWebProvider } from '../provider/web.ts';
import { decryptFields } from './decrypt-fields.ts';

interface Vectors {
  readonly keys: Readonly<Record<string, string>>;
  readonly documentId: string;
  readonly now: number;
  readonly document: Record<string, unknown>;
  readonly opens: readonly { readonly as: string; readonly gives: unknown; readonly hidden: readonly string[] }[];
  readonly refused: readonly { readonly change: string; readonly to: unknown; readonly code: string }[];
  readonly mayChange: Record<string, unknown>;
}

const file = new URL('../../../../vectors/formats/fields.json', import.meta.url);
const { keys, documentId, now, document, opens, refused, mayChange } = JSON.parse(
  readFileSync(file, 'utf8'),
) as Vectors;
const providers = [nodeProvider, nobleProvider, await createWebProvider(globalThis.crypto)];

describe.each(providers.map((provider) => [provider.name, provider] as const))(
  'the documents, by %s',
  (_, provider) => {
    const open = async (name: string, changes: Record<string, unknown> = {}) => {
      const [key, author] = await Promise.all(
        [keys[name]!, keys.author!].map((text) => importPrivateKey(provider, base64ToBytes(text))),
      );
      const options = { document: { ...document, ...changes }, documentId, now, keys: [key!] };
      return decryptFields(provider, { ...options, signers: [author!.publicKey] });
    };

    it.each(opens)('open for $as', async ({ as, gives, hidden }) => {
      const opened = await open(as);
      expect(opened).toMatchObject({ document: gives, hidden, revision: 7 });
      expect(opened.document).toEqual(gives);
    });

    it.each(refused)('are refused with another $change', async ({ change, to, code }) => {
      await expect(open('reader', { [change]: to })).rejects.toMatchObject({ code });
    });

    it('may change in what is not covered', async () => {
      expect((await open('reader', mayChange)).document).toMatchObject(mayChange);
    });
  },
);
