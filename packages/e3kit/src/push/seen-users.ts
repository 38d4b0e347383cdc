/** Whom a user has seen, as the card cache has it, read without the service: what is not there is unknown. */
import type { CryptoProvider } from '@sotto/core';
import { createKnownUsers, type KnownUser, type KnownUsers } from '../known-users.ts';
import type { CardCache, KeyStore } from '../ports.ts';
import { listSeenAt } from '../seen-facts.ts';
import { isOutage, type ServiceClient } from '../service-client.ts';
import { createServiceKeyPin, parseServicePublicKey } from '../service-key.ts';
import { transportError } from '../storage-errors.ts';
import { createVerifiedPeers } from '../verified-peers.ts';

export async function openSeenUsers(
  provider: CryptoProvider,
  {
    cards,
    keyStore,
    user,
    servicePublicKey,
  }: {
    readonly cards: CardCache;
    readonly keyStore: KeyStore;
    readonly user: { readonly appId: string; readonly identity: string };
    readonly servicePublicKey: string | undefined;
  },
): Promise<Pick<KnownUsers, 'get'>> {
  const given = servicePublicKey === undefined ? undefined : parseServicePublicKey(servicePublicKey);
  const verifiedPeers = createVerifiedPeers({ provider, store: keyStore, user });
  const services = (await listSeenAt(cards, 'user', user)).map((apiUrl) => {
    const pin = createServiceKeyPin({ provider, service: createAbsentService(apiUrl), cache: cards, given });
    const scope = [apiUrl, user.appId, user.identity];
    return createKnownUsers({ provider, cache: cards, pin, clock: Date.now, verifiedPeers, scope });
  });
  return {
    async get(identity) {
      for (const service of services) {
        const known = await getIfPinned(service, identity);
        if (known) return known;
      }
      return undefined;
    },
  };
}

/** Without a pin that is given or remembered nothing can be verified. */
async function getIfPinned(service: KnownUsers, identity: string): Promise<KnownUser | undefined> {
  try {
    return await service.get(identity);
  } catch (error) {
    if (isOutage(error)) return undefined;
    throw error;
  }
}

function createAbsentService(apiUrl: string): ServiceClient {
  return {
    apiUrl,
    send: () => Promise.reject(transportError('transport/unreachable')),
  };
}
