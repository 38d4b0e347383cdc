/** A user of the official SDK: a card manager over our service, with tokens that the SDK generates itself. */
import { base64ToBytes, bytesToBase64, type PrivateKey } from '@sotto/core';
import type { CardManager, GetJwtCallback, JwtGenerator } from 'virgil-sdk';
import { official, officialCrypto, officialSdk } from './official.ts';

export const cardCrypto = new officialCrypto.VirgilCardCrypto(official);
const accessTokenSigner = new officialCrypto.VirgilAccessTokenSigner(official);

export interface SdkApplication {
  readonly apiUrl: string;
  /** Base64, as operators get it to see. */
  readonly servicePublicKey: string;
  readonly generator: JwtGenerator;
}

export function createSdkApplication({
  service,
  app,
  ttlSeconds = 20 * 60,
}: {
  readonly service: { readonly url: string; readonly servicePublicKey: string };
  readonly app: { readonly appId: string; readonly appKeyId: string; readonly appKey: PrivateKey };
  readonly ttlSeconds?: number;
}): SdkApplication {
  const generator = new officialSdk.JwtGenerator({
    appId: app.appId,
    apiKeyId: app.appKeyId,
    apiKey: official.importPrivateKey(bytesToBase64(app.appKey.exportDer())),
    accessTokenSigner,
    millisecondsToLive: ttlSeconds * 1000,
  });
  return { apiUrl: service.url, servicePublicKey: service.servicePublicKey, generator };
}

/** The full checks that an app of the SDK can set up over a service of its own. */
export function createVerifier(servicePublicKey: string) {
  return new officialSdk.VirgilCardVerifier(cardCrypto, {
    verifySelfSignature: true,
    verifyVirgilSignature: false,
    whitelists: [[{ signer: 'virgil', publicKeyBase64: servicePublicKey }]],
  });
}

export function createCardManager(
  { apiUrl, servicePublicKey, generator }: SdkApplication,
  identity: string,
  {
    getToken = () => generator.generateToken(identity),
    retryOnUnauthorized = true,
    ...options
  }: Partial<Pick<ConstructorParameters<typeof CardManager>[0], 'signCallback' | 'cardVerifier'>> & {
    readonly getToken?: GetJwtCallback;
    readonly retryOnUnauthorized?: boolean;
  } = {},
): CardManager {
  return new officialSdk.CardManager({
    cardCrypto,
    cardVerifier: createVerifier(servicePublicKey),
    accessTokenProvider: new officialSdk.CallbackJwtProvider(getToken),
    retryOnUnauthorized,
    apiUrl,
    ...options,
  });
}

/** A user with a new card, which replaces `previousCardId` if there is one. */
export async function publishCard(
  app: SdkApplication,
  identity: string,
  { type = 'ED25519', previousCardId }: { readonly type?: string; readonly previousCardId?: string } = {},
) {
  const cards = createCardManager(app, identity);
  const pair = official.generateKeys(type as never);
  const card = await cards.publishCard({ identity, ...pair, ...(previousCardId ? { previousCardId } : {}) });
  return { cards, pair, card };
}

/** The bytes of a card's key, which the SDK hands out as an object of its crypto library. */
export function publicKeyOf(card: { readonly publicKey: unknown }): Uint8Array {
  return base64ToBytes(cardCrypto.exportPublicKey(card.publicKey as never).toString('base64'));
}
