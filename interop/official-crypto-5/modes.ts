/** One message in each mode, as the official library writes and opens it and as ours does. */
import {
  type CryptoProvider,
  type EnvelopeMode,
  type IdentifierKind,
  open,
  openUnverified,
  type PrivateKey,
  type PublicKey,
  seal,
} from '@sotto/core';
import type { VirgilCrypto } from 'virgil-crypto';
import { official, type OfficialPrivateKey, type OfficialPublicKey } from './official.ts';

export const MODES: readonly EnvelopeMode[] = ['encrypt', 'signThenEncrypt', 'signAndEncrypt'];

interface Sealing<Private, Public> {
  readonly mode: EnvelopeMode;
  readonly plaintext: Uint8Array;
  readonly signer: Private;
  readonly recipients: readonly Public[];
  readonly padding: boolean;
}

interface Opening<Private, Public> {
  readonly mode: EnvelopeMode;
  readonly message: Uint8Array;
  readonly key: Private;
  readonly signers: readonly Public[];
}

export function sealOfficially(
  { mode, plaintext, signer, recipients, padding }: Sealing<OfficialPrivateKey, OfficialPublicKey>,
  crypto: VirgilCrypto = official,
): Uint8Array {
  switch (mode) {
    case 'encrypt':
      return crypto.encrypt(plaintext, [...recipients], padding);
    case 'signThenEncrypt':
      return crypto.signThenEncrypt(plaintext, signer, [...recipients], padding);
    case 'signAndEncrypt':
      return crypto.signAndEncrypt(plaintext, signer, [...recipients], padding);
  }
}

export function openOfficially(
  { mode, message, key, signers }: Opening<OfficialPrivateKey, OfficialPublicKey>,
  crypto: VirgilCrypto = official,
): Uint8Array {
  switch (mode) {
    case 'encrypt':
      return crypto.decrypt(message, key);
    case 'signThenEncrypt':
      return crypto.decryptThenVerify(message, key, [...signers]);
    case 'signAndEncrypt':
      return crypto.decryptAndVerify(message, key, [...signers]);
  }
}

export function sealOurs(
  provider: CryptoProvider,
  { mode, signer, ...options }: Sealing<PrivateKey, PublicKey>,
  identifiers: IdentifierKind = 'sha512',
): Promise<Uint8Array> {
  const common = { ...options, identifiers };
  return seal(provider, mode === 'encrypt' ? { ...common, mode } : { ...common, mode, signer });
}

export async function openOurs(
  provider: CryptoProvider,
  { mode, message, key, signers }: Opening<PrivateKey, PublicKey>,
): Promise<Uint8Array> {
  const keys = [key];
  if (mode === 'encrypt') return (await openUnverified(provider, { message, keys })).plaintext;
  return (await open(provider, { message, keys, signers, mode })).plaintext;
}
