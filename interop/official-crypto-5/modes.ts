/** One message in each mode, as the official library writes and opens it. */
import type { EnvelopeMode } from '@sotto/core';
import { official, type OfficialPrivateKey, type OfficialPublicKey } from './official.ts';

interface Sealing {
  readonly mode: EnvelopeMode;
  readonly plaintext: Uint8Array;
  readonly signer: OfficialPrivateKey;
  readonly recipients: readonly OfficialPublicKey[];
  readonly padding: boolean;
}

interface Opening {
  readonly mode: EnvelopeMode;
  readonly message: Uint8Array;
  readonly key: OfficialPrivateKey;
  readonly signers: readonly OfficialPublicKey[];
}

export function sealOfficially({ mode, plaintext, signer, recipients, padding }: Sealing): Uint8Array {
  switch (mode) {
    case 'encrypt':
      return official.encrypt(plaintext, [...recipients], padding);
    case 'signThenEncrypt':
      return official.signThenEncrypt(plaintext, signer, [...recipients], padding);
    case 'signAndEncrypt':
      return official.signAndEncrypt(plaintext, signer, [...recipients], padding);
  }
}

export function openOfficially({ mode, message, key, signers }: Opening): Uint8Array {
  switch (mode) {
    case 'encrypt':
      return official.decrypt(message, key);
    case 'signThenEncrypt':
      return official.decryptThenVerify(message, key, [...signers]);
    case 'signAndEncrypt':
      return official.decryptAndVerify(message, key, [...signers]);
  }
}
