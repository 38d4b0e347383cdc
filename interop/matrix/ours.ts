/** Our side of a trade: one message in each mode, through whichever provider. */
import {
  type CryptoProvider,
  type DetachedMessage,
  type EnvelopeMode,
  type IdentifierKind,
  open,
  openDetached,
  openUnverified,
  type PrivateKey,
  type PublicKey,
  seal,
  sealDetached,
  type SealOptions,
} from '@sotto/core';
import { nobleProvider } from '@sotto/core/noble';
import { nodeProvider } from '@sotto/core/node';
import { createWebProvider } from '@sotto/core/web';

export type ProviderName = 'node' | 'noble' | 'web';
export const PROVIDERS: Readonly<Record<ProviderName, CryptoProvider>> = {
  node: nodeProvider,
  noble: nobleProvider,
  web: await createWebProvider(crypto),
};

export const MODES = ['encrypt', 'signThenEncrypt', 'signAndEncrypt'] as const satisfies readonly EnvelopeMode[];

interface Sealing {
  readonly mode: EnvelopeMode;
  readonly plaintext: Uint8Array;
  readonly signer?: PrivateKey | undefined;
  readonly recipients: readonly PublicKey[];
  readonly padding: boolean;
  readonly identifiers?: IdentifierKind;
}

interface Opening {
  readonly mode: EnvelopeMode;
  readonly key: PrivateKey;
  readonly signers: readonly PublicKey[];
}

export function sealOurs(provider: CryptoProvider, sealing: Sealing): Promise<Uint8Array> {
  return seal(provider, optionsOf(sealing));
}

export function sealOursDetached(provider: CryptoProvider, sealing: Sealing): Promise<DetachedMessage> {
  return sealDetached(provider, optionsOf(sealing));
}

export async function openOurs(
  provider: CryptoProvider,
  { mode, message, key, signers }: Opening & { readonly message: Uint8Array },
): Promise<Uint8Array> {
  const keys = [key];
  if (mode === 'encrypt') return (await openUnverified(provider, { message, keys })).plaintext;
  return (await open(provider, { message, keys, signers, mode })).plaintext;
}

export async function openOursDetached(
  provider: CryptoProvider,
  { key, signers, ...parts }: Omit<Opening, 'mode'> & DetachedMessage,
): Promise<Uint8Array> {
  return (await openDetached(provider, { ...parts, keys: [key], signers, mode: 'signThenEncrypt' })).plaintext;
}

function optionsOf({ mode, signer, ...common }: Sealing): SealOptions {
  return mode === 'encrypt' ? { ...common, mode } : { ...common, mode, signer: signer! };
}
