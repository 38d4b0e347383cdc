/** The key of one message: from the key of its epoch and its own salt. Source: docs/spec/groups.md §3. */
import { utf8ToBytes } from '../encoding/bytes.ts';
import type { BodyOptions, CryptoProvider } from '../provider/port.ts';

/** With the zero that ends it. */
const INFO = utf8ToBytes('VIRGIL_GROUP_SESSION_KDF_CIPHER_INFO\0');

export async function deriveMessageKey(
  provider: CryptoProvider,
  epochKey: Uint8Array,
  { salt, header }: { readonly salt: Uint8Array; readonly header: Uint8Array },
): Promise<BodyOptions> {
  const derived = await provider.hkdf(epochKey, 44, { salt, info: INFO });
  return { key: derived.subarray(0, 32), nonce: derived.subarray(32, 44), aad: header };
}
