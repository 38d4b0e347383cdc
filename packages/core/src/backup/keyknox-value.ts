/**
 * A value in the Keyknox store: a message in two parts, `meta` (its head) and `value` (its body), signed then encrypted. The service
 * sees neither the text nor who may open it, other than by key ids. Source: docs/spec/keyknox.md §1.
 */
import { openDetached } from '../envelope/open.ts';
import { sealDetached } from '../envelope/seal.ts';
import type { IdentifierKind, PrivateKey, PublicKey } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { backupError } from './errors.ts';

export interface KeyknoxValue {
  readonly meta: Uint8Array;
  readonly value: Uint8Array;
}

export interface SealValueOptions {
  readonly plaintext: Uint8Array;
  readonly signer: PrivateKey;
  /** Who reads. The signer is not added. */
  readonly recipients: readonly PublicKey[];
  readonly identifiers?: IdentifierKind | undefined;
}

export interface OpenValueOptions {
  readonly keys: readonly PrivateKey[];
  /** Keys of the writers that are accepted. */
  readonly signers: readonly PublicKey[];
}

/** @throws as `seal` */
export async function sealKeyknoxValue(provider: CryptoProvider, options: SealValueOptions): Promise<KeyknoxValue> {
  const { metadata, body } = await sealDetached(provider, { mode: 'signThenEncrypt', ...options });
  return { meta: metadata, value: body };
}

/**
 * The plaintext, or undefined where nothing is stored. Under a brain key, `envelope/not-a-recipient` means another password.
 * @throws `keyknox/half-a-value`, and as `open`
 */
export async function openKeyknoxValue(
  provider: CryptoProvider,
  { meta, value }: KeyknoxValue,
  { keys, signers }: OpenValueOptions,
): Promise<Uint8Array | undefined> {
  if (meta.length === 0 && value.length === 0) return undefined;
  if (meta.length === 0 || value.length === 0) throw backupError('keyknox/half-a-value');
  const opened = await openDetached(provider, { metadata: meta, body: value, keys, signers, mode: 'signThenEncrypt' });
  return opened.plaintext;
}
