/** The keys with which the service signs cards: those that this node holds, and which of them signs now. */

import type { ServiceKeyEntry } from '@sotto/contract';
import type { PrivateKey } from '@sotto/core';
import { findSetting, SERVICE_KEY_SETTING } from '../store/installation-settings.ts';
import type { Queryable } from '../store/store.ts';
import { serviceError } from './errors.ts';

export interface ServiceKey {
  readonly privateKey: PrivateKey;
  /** First 8 bytes of SHA-512 of the public key, hex. */
  readonly keyId: string;
  /** Oldest first; the last one is this key. Its form is documented in the contract. */
  readonly chain: readonly ServiceKeyEntry[];
}

/** By their ids: the one of the last start, and the next one once it was announced. */
export type ServiceKeys = ReadonlyMap<string, ServiceKey>;

/**
 * The key that signs now. The database says which, so that all nodes change to another at one moment.
 * @throws `service/not-ready` if it is not here
 */
export async function readActiveServiceKey(db: Queryable, keys: ServiceKeys): Promise<ServiceKey> {
  return requireServiceKey(keys, await findSetting(db, SERVICE_KEY_SETTING));
}

/** @throws `service/not-ready` if it is not here */
export function requireServiceKey(keys: ServiceKeys, keyId = ''): ServiceKey {
  const key = keys.get(keyId);
  if (key === undefined) throw serviceError('service/not-ready', { hint: 'this node lacks the service key' });
  return key;
}
