/** Signatures over a digest that was made piece by piece: the same bytes as over the data. Source: docs/spec/signature.md §2. */
import { coreError } from '../errors.ts';
import type { PrivateKey, PublicKey } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';
import type { ParsedSignature } from './signature.ts';

const loadNoble = () => import('../provider/noble-digests.ts');

/** The bare signature over data of this SHA-512. @throws `key/cannot-sign` */
export async function signDigest(provider: CryptoProvider, key: PrivateKey, digest: Uint8Array): Promise<Uint8Array> {
  const { signing } = key.parts;
  if (!signing) throw coreError('key/cannot-sign');
  if (signing.kind === 'ed25519') return provider.signPure(signing, digest);
  return (await loadNoble()).signDigest(signing, 'SHA-512', digest);
}

/** Whether `signature` is by `key` over data of this digest; false for a key that cannot sign. */
export async function verifyDigest(
  provider: CryptoProvider,
  key: PublicKey,
  digest: Uint8Array,
  { hash, raw }: ParsedSignature,
): Promise<boolean> {
  const { signing } = key.parts;
  if (!signing) return false;
  if (signing.kind === 'ed25519') return provider.verifyPure(signing, digest, raw);
  return (await loadNoble()).verifyDigest(signing, { hash, digest, signature: raw });
}
