/**
 * The chain of keys with which a service has signed cards, oldest first. Each key but the first is signed by the one before it,
 * so that whoever has pinned one of them can follow to the newest and to nothing else. Source: docs/spec/card.md §5.
 */
import { concatBytes, equalBytes, utf8ToBytes } from '../encoding/bytes.ts';
import { isSdkError } from '../errors.ts';
import type { PrivateKey, PublicKey } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { sign, verify } from '../signature/signature.ts';

export interface ServiceKeyLink {
  readonly publicKey: PublicKey;
  /** By the key before this one; the first has none. */
  readonly signature?: Uint8Array | undefined;
}

/** Keeps these signatures apart from those on cards and tokens by the same key. */
const CONTEXT = utf8ToBytes('sotto-service-key-v1\0');

/** The signature with which a service key appoints its successor. */
export async function signServiceKey(
  provider: CryptoProvider,
  previous: PrivateKey,
  next: PublicKey,
): Promise<Uint8Array> {
  return sign(provider, previous, concatBytes(CONTEXT, next.exportDer()));
}

/** The newest key that the chain leads to from the pinned one; undefined if it does not contain the pinned key or a link is bad. */
export async function followServiceKeys(
  provider: CryptoProvider,
  { pinned, chain }: { readonly pinned: PublicKey; readonly chain: readonly ServiceKeyLink[] },
): Promise<PublicKey | undefined> {
  const start = chain.findIndex(({ publicKey }) => equalBytes(publicKey.exportDer(), pinned.exportDer()));
  if (start < 0) return undefined;
  let current = pinned;
  for (const { publicKey, signature } of chain.slice(start + 1)) {
    if (!signature || !(await isAppointed(provider, current, publicKey, signature))) return undefined;
    current = publicKey;
  }
  return current;
}

async function isAppointed(
  provider: CryptoProvider,
  previous: PublicKey,
  next: PublicKey,
  signature: Uint8Array,
): Promise<boolean> {
  try {
    return await verify(provider, previous, concatBytes(CONTEXT, next.exportDer()), signature);
  } catch (error) {
    if (isSdkError(error, 'signature/malformed')) return false;
    throw error;
  }
}
