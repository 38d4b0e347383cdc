/**
 * What a service answers to clients that make a brain key, from the one brain-key secret of the installation (32 bytes or more). The same
 * input gets the same answer for ever, the numbers of a proof aside: whoever changes the secret makes every backup unreadable.
 *
 * Both calls take some milliseconds of processor time and count nothing: limit the guesses of a user before calling.
 * Source: docs/spec/brain-key.md.
 */
import { randomBytes } from '@noble/hashes/utils.js';
import { utf8ToBytes } from '../encoding/bytes.ts';
import { harden, hardenScalar } from './harden-server.ts';
import { applicationSecret, type BrainKeyOwner, ownerTweak } from './installation-secret.ts';
import { type HardenedPoint, POINT_LENGTH } from './p256.ts';
import { pythiaPrivateKey, transform } from './pythia-server.ts';
import type { DrawBytes } from './scalars.ts';

export type { HardenedPoint };

interface ServerOptions extends BrainKeyOwner {
  readonly secret: Uint8Array;
  /** Where randomness comes from; the platform unless given. */
  readonly random?: DrawBytes | undefined;
}

const SCOPE_SECRET = utf8ToBytes('sotto-brain-key-v1');
const KEY_ID = utf8ToBytes('pythia');

/**
 * The transformed password for `/pythia/v1/brainkey`: 384 bytes for a blinded password of Pythia (49 bytes). For a point of P-256 (65
 * bytes), which one release of the official Kotlin client sends here, it is the hardened point.
 * @throws `brain-key/bad-point`, `brain-key/short-secret`
 */
export function transformPythia(options: ServerOptions & { readonly blindedPassword: Uint8Array }): Uint8Array {
  const { blindedPassword, secret, application, random = randomBytes } = options;
  if (blindedPassword.length === POINT_LENGTH) {
    return harden({ blindedPoint: blindedPassword, scalar: hardenScalar(secret, options), draw: random }).hardenedPoint;
  }
  const key = { secret: applicationSecret(secret, application), scopeSecret: SCOPE_SECRET, keyId: KEY_ID };
  return transform({ blindedPassword, privateKey: pythiaPrivateKey(key), tweak: ownerTweak(options), draw: random });
}

/** The answer for `/brainkey/v3/harden`. @throws `brain-key/bad-point`, `brain-key/short-secret` */
export function hardenPoint(
  options: Omit<ServerOptions, 'brainKeyId'> & { readonly blindedPoint: Uint8Array },
): HardenedPoint {
  const { blindedPoint, secret, application, identity, random = randomBytes } = options;
  return harden({ blindedPoint, scalar: hardenScalar(secret, { application, identity }), draw: random });
}
