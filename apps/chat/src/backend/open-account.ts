/** From a name to an account: signs in at the backend, and opens the user's keys on this device. */
import { EThree } from '@sotto/e3kit';
import type { Account, PeerKeyChange } from '../state/account.ts';
import { fetchConfig, signInAtBackend } from './backend-client.ts';
import { createUserKeys } from './user-keys.ts';

/**
 * `device` tells several devices in one browser apart: each has keys of its own. Empty for the first.
 * @throws BackendError, and what `EThree.initialize` throws
 */
export async function openAccount(identity: string, device: string): Promise<Account> {
  const [config, user] = await Promise.all([fetchConfig(), signInAtBackend(identity)]);
  const listeners = new Set<(change: PeerKeyChange) => void>();
  const eThree = await EThree.initialize(() => user.virgilToken(), {
    apiUrl: config.apiUrl,
    servicePublicKey: config.servicePublicKey,
    storageName: storageNameOf(device),
    groupStorageName: `${storageNameOf(device)}-groups`,
    onKeyChanged: (change) => {
      for (const listener of listeners) listener(change);
    },
  });
  return {
    identity,
    device,
    keys: createUserKeys(eThree, listeners),
    async openChat() {
      const { openTwilioChat } = await import('./twilio/open-twilio-chat.ts');
      return openTwilioChat({ eThree, user, twilio: config.twilio });
    },
  };
}

function storageNameOf(device: string): string {
  return device === '' ? 'sotto-chat' : `sotto-chat-device-${device}`;
}
