/**
 * The official crypto library in a process of its own, one for each release that we trade with: two releases in one process
 * would share what they keep in globals, and a message from outside can end its WebAssembly module for good.
 */
import { join } from 'node:path';
import type { EnvelopeMode, IdentifierKind, KeyType } from '@sotto/core';
import { startLibrary } from './process.ts';
import { RELEASE_FOLDERS, RELEASES, type Release } from './releases.ts';

interface Writing {
  /** DER, as all keys here. */
  readonly signer?: Uint8Array | undefined;
  readonly recipients: readonly Uint8Array[];
  readonly padding: boolean;
  readonly identifiers: IdentifierKind;
}

interface Reading {
  readonly key: Uint8Array;
  readonly signers: readonly Uint8Array[];
  readonly identifiers: IdentifierKind;
}

interface Parts {
  readonly metadata: Uint8Array;
  readonly body: Uint8Array;
}

export interface OfficialPair {
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly identifier: Uint8Array;
}

/** The calls of `library.js`. Each throws an `OfficialError` where the library does. */
export interface Official {
  seal(options: Writing & { mode: EnvelopeMode; plaintext: Uint8Array }): Promise<Uint8Array>;
  open(options: Reading & { mode: EnvelopeMode; message: Uint8Array }): Promise<Uint8Array>;
  sealDetached(options: Writing & { plaintext: Uint8Array }): Promise<Parts>;
  openDetached(options: Reading & Parts): Promise<Uint8Array>;
  sealStream(options: Writing & { mode: EnvelopeMode; pieces: readonly Uint8Array[] }): Promise<Uint8Array>;
  openStream(options: Reading & { mode: EnvelopeMode; pieces: readonly Uint8Array[] }): Promise<Uint8Array>;
  sign(options: { key: Uint8Array; data: Uint8Array }): Promise<Uint8Array>;
  verify(options: { key: Uint8Array; data: Uint8Array; signature: Uint8Array }): Promise<boolean>;
  signStream(options: { key: Uint8Array; pieces: readonly Uint8Array[] }): Promise<Uint8Array>;
  verifyStream(options: { key: Uint8Array; pieces: readonly Uint8Array[]; signature: Uint8Array }): Promise<boolean>;
  generateKey(options: { type: KeyType }): Promise<OfficialPair>;
  keyFromMaterial(options: { material: Uint8Array; type: KeyType }): Promise<OfficialPair>;
  readPrivateKey(options: { bytes: Uint8Array }): Promise<OfficialPair>;
  readPublicKey(options: { bytes: Uint8Array }): Promise<Pick<OfficialPair, 'publicKey'>>;
  close(): Promise<void>;
}

/** Starts the library of `release`. */
export async function startOfficial(release: Release): Promise<Official> {
  const { call, close } = await startLibrary(join(import.meta.dirname, '..', RELEASE_FOLDERS[release]));
  return new Proxy({ close } as Official, {
    get(target, name) {
      // A promise of the library must not take it for a promise.
      if (name in target || typeof name !== 'string' || name === 'then') return target[name as 'close'];
      return (args: unknown) => call(name, args);
    },
  });
}

export type Officials = Readonly<Record<Release, Official>>;

/** All releases, side by side. */
export async function startOfficials(): Promise<{ officials: Officials; close(): Promise<void> }> {
  const started = await Promise.all(RELEASES.map(async (release) => [release, await startOfficial(release)] as const));
  const officials = Object.fromEntries(started) as Officials;
  return {
    officials,
    async close() {
      await Promise.all(Object.values(officials).map((official) => official.close()));
    },
  };
}
