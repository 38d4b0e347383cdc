import { bytesToHex, importPrivateKey, importPublicKey, isSdkError, type PublicKey } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { afterAll, describe, expect, it } from 'vitest';
import { startOfficials } from './official.ts';
import { KEY_FORMS, type KeyForm, makeKey, openSslVersion, writeKey } from './openssl.ts';
import { OfficialError } from './process.ts';
import { recordForm } from './record.ts';
import { RELEASES, type Release } from './releases.ts';

const skipped = openSslVersion === undefined ? ' (skipped, not installed: openssl)' : '';
const { officials, close } = await startOfficials();

afterAll(close);

interface Outcome {
  readonly verdict: string;
  /** Hex of the DER of the public half, from a reader that took the key. */
  readonly publicDer?: string;
}

async function readOurs({ half }: KeyForm, bytes: Uint8Array): Promise<Outcome> {
  try {
    const key: PublicKey =
      half === 'private' ? (await importPrivateKey(nodeProvider, bytes)).publicKey : importPublicKey(bytes);
    return { verdict: 'read', publicDer: bytesToHex(key.exportDer()) };
  } catch (error) {
    if (!isSdkError(error)) throw error;
    return { verdict: error.code };
  }
}

async function readOfficially(release: Release, { half }: KeyForm, bytes: Uint8Array): Promise<Outcome> {
  const official = officials[release];
  try {
    const { publicKey } = await (half === 'private'
      ? official.readPrivateKey({ bytes })
      : official.readPublicKey({ bytes }));
    return { verdict: 'read', publicDer: bytesToHex(publicKey) };
  } catch (error) {
    if (!(error instanceof OfficialError) || error.isAbort) throw error;
    return { verdict: 'refused' };
  }
}

describe.runIf(openSslVersion).each(Object.entries(KEY_FORMS))(
  `a key of %s made by openssl${skipped}`,
  (kind, forms) => {
    const key = openSslVersion === undefined ? Buffer.alloc(0) : makeKey(forms);

    const named = forms.forms.map((form) => [`${form.half}, ${form.name}`, form] as const);

    it.for(named)('is read or refused as written down: %s', async ([name, form], { task }) => {
      const bytes = writeKey(key, form);
      const ours = await readOurs(form, bytes);
      expect(ours.verdict).toBe(form.ours);
      for (const release of RELEASES) {
        const theirs = await readOfficially(release, form, bytes);
        expect(theirs.verdict).toBe(form.theirs);
        if (form.ours === 'read' && form.theirs === 'read') expect(theirs.publicDer).toBe(ours.publicDer);
      }
      recordForm(task, { form: `${kind}, ${name}`, ours: form.ours, theirs: form.theirs });
    });
  },
);
