/** A user of the official SDK, Keyknox and Pythia clients over our service, with tokens that our side issues. */
import type { World } from '@sotto/testing';
import type { KeyknoxManager } from '@virgilsecurity/keyknox';
import type { BrainKey } from 'virgil-pythia';
import type { CardManager, ICard } from 'virgil-sdk';
import {
  brainKeyCrypto,
  cardCrypto,
  official,
  officialKeyknox,
  type OfficialKeyPair,
  officialPythia,
  officialSdk,
} from './official.ts';

export interface OfficialUser {
  readonly identity: string;
  readonly pair: OfficialKeyPair;
  readonly keyknox: KeyknoxManager;
  readonly brainKey: BrainKey;
  readonly cards: CardManager;
}

export function createUser({ service, app }: World, identity: string): OfficialUser {
  const accessTokenProvider = new officialSdk.CachingJwtProvider(() => app.issuer.issue(identity));
  return {
    identity,
    pair: official.generateKeys(),
    keyknox: new officialKeyknox.KeyknoxManager(
      new officialKeyknox.KeyknoxCrypto(official),
      new officialKeyknox.KeyknoxClient(accessTokenProvider, service.url),
    ),
    brainKey: officialPythia.createBrainKey({
      virgilCrypto: official,
      virgilBrainKeyCrypto: brainKeyCrypto,
      accessTokenProvider,
      apiUrl: service.url,
    }),
    cards: new officialSdk.CardManager({
      cardCrypto,
      cardVerifier: new officialSdk.VirgilCardVerifier(cardCrypto, {
        verifySelfSignature: true,
        verifyVirgilSignature: false,
        whitelists: [[{ signer: 'virgil', publicKeyBase64: service.servicePublicKey }]],
      }),
      accessTokenProvider,
      retryOnUnauthorized: true,
      apiUrl: service.url,
    }),
  };
}

/** For the user's key, or after `previous` for a new one. */
export function publishCard({ cards, identity, pair }: OfficialUser, previous?: ICard): Promise<ICard> {
  return cards.publishCard({ identity, ...pair, ...(previous && { previousCardId: previous.id }) });
}

/** The cloud storage of a device that has just started. */
export async function openCloudStorage(
  { keyknox, pair }: OfficialUser,
  { privateKey, publicKey }: OfficialKeyPair = pair,
): Promise<InstanceType<typeof officialKeyknox.CloudKeyStorage>> {
  const storage = new officialKeyknox.CloudKeyStorage(keyknox, privateKey, publicKey);
  await storage.retrieveCloudEntries();
  return storage;
}
