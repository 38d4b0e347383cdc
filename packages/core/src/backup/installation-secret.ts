/**
 * What the service derives from its one brain-key secret. Every application has a secret of its own under it, so that one of them can
 * leave with its backups and without the secret of the others. Source: docs/spec/brain-key.md §5.
 */
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '../encoding/bytes.ts';
import { backupError } from './errors.ts';

const LABEL = 'sotto-brain-key-v1';
const MIN_SECRET = 32;

/** Whose brain key it is. Without `brainKeyId`, as with an empty one, it is the user's only one. */
export interface BrainKeyOwner {
  readonly application: string;
  readonly identity: string;
  readonly brainKeyId?: string | undefined;
}

/** 32 bytes, for one application. @throws `brain-key/short-secret` */
export function applicationSecret(secret: Uint8Array, application: string): Uint8Array {
  if (secret.length < MIN_SECRET) throw backupError('brain-key/short-secret');
  return derive(secret, 'application', utf8ToBytes(application), 32);
}

/** HKDF-SHA-512 with the info `label ‖ 00 ‖ purpose ‖ 00 ‖ context`: neither of the first two holds a zero byte. */
export function derive(secret: Uint8Array, purpose: string, context: Uint8Array, length: number): Uint8Array {
  const info = concatBytes(utf8ToBytes(`${LABEL}\0${purpose}\0`), context);
  return hkdf(sha512, secret, undefined, info, length);
}

/** 64 bytes that stand for one owner: the hash of its three names, each after its length, so that none runs into the next. */
export function ownerTweak({ application, identity, brainKeyId = '' }: BrainKeyOwner): Uint8Array {
  const fields = [application, identity, brainKeyId].map(utf8ToBytes);
  return sha512(concatBytes(utf8ToBytes(`${LABEL}\0owner\0`), ...fields.flatMap((field) => [lengthOf(field), field])));
}

function lengthOf(field: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, field.length);
  return bytes;
}
