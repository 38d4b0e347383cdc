/**
 * Brain keys: a key pair from a password and the help of the service, which learns neither. Whoever has only the stored backup cannot guess
 * passwords; who has the secret of the service as well can. The curves are loaded when they are used.
 * Source: docs/spec/brain-key.md.
 *
 * ```ts
 * const { request, finish } = await startPythia(provider, utf8ToBytes(password));
 * const { privateKey, publicKey } = await finish(await askTheService(request));
 * ```
 */
import { sha512 } from '@noble/hashes/sha2.js';
import { keyPairFromMaterial } from '../keys/generate.ts';
import type { KeyPair } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';
import type { HardenedPoint } from './p256.ts';

/** One question to the service. */
export interface BrainKeyExchange<Answer> {
  /** The blinded password, for the service. */
  readonly request: Uint8Array;
  /** The ED25519 key pair, from what the service answers. @throws `brain-key/bad-answer` */
  readonly finish: (answer: Answer) => Promise<KeyPair>;
}

/**
 * By Pythia, as the official JavaScript client: 49 bytes go out, 384 come back. `password` has 1 to 128 bytes, UTF-8 of a text.
 * @throws `brain-key/password-length`
 */
export async function startPythia(
  provider: CryptoProvider,
  password: Uint8Array,
): Promise<BrainKeyExchange<Uint8Array>> {
  const { blind, deblind } = await import('./pythia.ts');
  const { blindedPassword, secret } = blind(password, (length) => provider.randomBytes(length));
  return {
    request: blindedPassword,
    finish: async (transformed) => keyPairFromMaterial(provider, deblind(transformed, secret)),
  };
}

/**
 * By brain key v3, as the official clients Swift 5.0.0 and Kotlin 3.0.0: 65 bytes go out, a point with a proof comes back. Another key
 * pair than that of `startPythia` for the same password. @throws `brain-key/password-length`
 */
export async function startHarden(
  provider: CryptoProvider,
  password: Uint8Array,
): Promise<BrainKeyExchange<HardenedPoint>> {
  const kept = password.slice();
  const { blindPoint, hardenedSeed, unblindPoint } = await import('./harden.ts');
  const blinded = blindPoint(kept, (length) => provider.randomBytes(length));
  return {
    request: blinded.blindedPoint,
    finish: async (answer) => keyPairFromMaterial(provider, hardenedSeed(kept, unblindPoint(blinded, answer))),
  };
}

/**
 * The key pair that the official client Swift 4.0.0 made of a password without asking anybody: whoever has the backup can guess
 * passwords as fast as they can hash. To read such old backups, not to make any.
 */
export async function unsafeKeyPairFromPassword(provider: CryptoProvider, password: Uint8Array): Promise<KeyPair> {
  return keyPairFromMaterial(provider, sha512(password));
}
