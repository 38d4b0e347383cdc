/** Whom a card convinces. A client uses a card's key only after `verifyCard`. */
import { coreError, isSdkError } from '../errors.ts';
import type { PublicKey } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { verify, verifyEd25519Half } from '../signature/signature.ts';
import { type Card, SIGNER, signedBytes } from './card.ts';

/**
 * That the card is signed by its own key and by the service, and that its key can be used.
 * @throws `card/bad-self-signature`, `card/missing-service-signature`, `card/bad-service-signature`, `card/unsupported-key`
 */
export async function verifyCard(
  provider: CryptoProvider,
  card: Card,
  { servicePublicKey }: { readonly servicePublicKey: PublicKey },
): Promise<void> {
  const byService = await checkSignature(provider, card, { signer: SIGNER.service, publicKey: servicePublicKey });
  if (byService === 'missing') throw coreError('card/missing-service-signature', { details: { cardId: card.id } });
  if (byService === 'invalid') throw coreError('card/bad-service-signature', { details: { cardId: card.id } });
  if (!card.publicKey.canSign) throw coreError('card/unsupported-key', { details: { cardId: card.id } });
  await verifySelfSignature(provider, card);
}

/**
 * That the card is signed by its own key. Of a post-quantum compound the Ed25519 half is checked.
 * @throws `card/bad-self-signature`
 */
export async function verifySelfSignature(provider: CryptoProvider, card: Card): Promise<void> {
  const outcome = await checkSignature(provider, card, { signer: SIGNER.self, publicKey: card.publicKey });
  if (outcome !== 'valid') throw coreError('card/bad-self-signature', { details: { cardId: card.id } });
}

/** Whether the holder of `publicKey` has signed the card under the name `signer`. */
export async function checkSignature(
  provider: CryptoProvider,
  card: Card,
  { signer, publicKey }: { readonly signer: string; readonly publicKey: PublicKey },
): Promise<'valid' | 'invalid' | 'missing'> {
  const found = card.signatures.find((signature) => signature.signer === signer);
  if (!found) return 'missing';
  const check = publicKey.type === 'POST_QUANTUM_COMPOUND' ? verifyEd25519Half : verify;
  const data = signedBytes(card.snapshot, found.snapshot);
  try {
    return (await check(provider, publicKey, data, found.signature)) ? 'valid' : 'invalid';
  } catch (error) {
    if (isSdkError(error, 'signature/malformed')) return 'invalid';
    throw error;
  }
}

/** Whether `card` replaces its predecessor with the consent of the predecessor's key: a rotation, and no replacement. */
export async function isRotationOf(provider: CryptoProvider, card: Card, previous: Card): Promise<boolean> {
  if (card.previousCardId !== previous.id || card.identity !== previous.identity) return false;
  const outcome = await checkSignature(provider, card, { signer: SIGNER.previous, publicKey: previous.publicKey });
  return outcome === 'valid';
}
