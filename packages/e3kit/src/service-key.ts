/**
 * The pin on the service's signing key: given by the app, or remembered when the service is first met. The service publishes a
 * chain in which each key appoints the next; a pin follows that chain and nothing else.
 */
import { type ServiceDescription, WELL_KNOWN_PATH } from '@sotto/contract';
import {
  base64ToBytes,
  bytesToBase64,
  type CryptoProvider,
  equalBytes,
  followServiceKeys,
  importPublicKey,
  type PublicKey,
  type ServiceKeyLink,
} from '@sotto/core';
import { clientError } from './errors.ts';
import type { CardCache } from './ports.ts';
import type { ServiceClient } from './service-client.ts';
import { storageError } from './storage-errors.ts';

export interface ServiceKeyPin {
  /** The key that cards must be signed with now. @throws `service-key/unknown`, and what `ServiceClient.send` throws */
  current(): Promise<PublicKey>;
  /** All keys that the pin has gone through, `current` last: what was seen earlier may be signed with an earlier one. */
  history(): Promise<readonly PublicKey[]>;
  /** Asks the service for its chain and follows it. Whether the pin has moved. @throws `service-key/changed` */
  follow(): Promise<boolean>;
}

/** What is remembered: where the pin began, and the keys that the chain has led it to. Base64 of SPKI. */
interface StoredPin {
  readonly keys: readonly string[];
}

export function createServiceKeyPin({
  provider,
  service,
  cache,
  given,
}: {
  readonly provider: CryptoProvider;
  readonly service: ServiceClient;
  readonly cache: CardCache;
  readonly given?: PublicKey | undefined;
}): ServiceKeyPin {
  const name = JSON.stringify(['service-key', service.apiUrl]);
  let pinned: Promise<readonly PublicKey[]> | undefined;

  const remember = async (keys: readonly PublicKey[]): Promise<readonly PublicKey[]> => {
    await cache.write(new Map([[name, JSON.stringify({ keys: keys.map(encodeKey) } satisfies StoredPin)]]));
    return keys;
  };

  const load = async (): Promise<readonly PublicKey[]> => {
    const stored = decodePin(await cache.read(name));
    // What the app gives decides; what is remembered counts only if it began there.
    if (given) return stored && isSameKey(stored[0]!, given) ? stored : [given];
    return stored ?? remember([await fetchNewest(service)]);
  };

  /** Calls at the same time share one first sight; one that fails is tried again by the next call. */
  const history = (): Promise<readonly PublicKey[]> => {
    pinned ??= load().catch((error: unknown) => {
      pinned = undefined;
      throw error;
    });
    return pinned;
  };

  const current = async (): Promise<PublicKey> => (await history()).at(-1)!;

  return {
    current,
    history,
    async follow() {
      const from = await current();
      const newest = await followServiceKeys(provider, { pinned: from, chain: await fetchChain(service) });
      if (!newest) throw clientError('service-key/changed');
      if (isSameKey(newest, from)) return false;
      pinned = remember([...(await history()), newest]);
      await pinned;
      return true;
    },
  };
}

/** @throws `usage/service-public-key` */
export function parseServicePublicKey(text: string): PublicKey {
  try {
    const key = importPublicKey(base64ToBytes(text));
    if (key.canSign) return key;
  } catch (cause) {
    throw clientError('usage/service-public-key', { cause });
  }
  throw clientError('usage/service-public-key');
}

async function fetchChain(service: ServiceClient): Promise<ServiceKeyLink[]> {
  const { body: answer } = await service.send({ method: 'GET', path: WELL_KNOWN_PATH, isSafe: true, isPublic: true });
  try {
    return (answer as ServiceDescription).serviceKeys.map(({ publicKey, signature }) => ({
      publicKey: importPublicKey(base64ToBytes(publicKey)),
      signature: signature === undefined ? undefined : base64ToBytes(signature),
    }));
  } catch (cause) {
    throw clientError('service-key/unknown', { cause });
  }
}

async function fetchNewest(service: ServiceClient): Promise<PublicKey> {
  const newest = (await fetchChain(service)).at(-1);
  if (!newest) throw clientError('service-key/unknown');
  return newest.publicKey;
}

/** @throws `storage/damaged`: a pin that cannot be read is not replaced by a first sight of the service */
function decodePin(text: string | undefined): PublicKey[] | undefined {
  if (text === undefined) return undefined;
  try {
    const keys = (JSON.parse(text) as StoredPin).keys.map((key) => importPublicKey(base64ToBytes(key)));
    if (keys.length > 0) return keys;
  } catch (cause) {
    throw storageError('storage/damaged', { cause });
  }
  throw storageError('storage/damaged');
}

function encodeKey(key: PublicKey): string {
  return bytesToBase64(key.exportDer());
}

function isSameKey(a: PublicKey, b: PublicKey): boolean {
  return equalBytes(a.exportDer(), b.exportDer());
}
