/** Registration: the first card of a user. */
import type { PrivateKey } from '@sotto/core';
import { IdentityAlreadyExistsError } from '../errors.ts';
import type { Session } from '../session.ts';
import { findOwnCards, prepareKey, publishPending, requireOneCard, takeIntoUse } from './publish-key.ts';

/**
 * Publishes a card for a new key pair, or for `privateKey`. A pending key of an earlier call that did not finish is
 * taken up again. A key on this device that has no card becomes a former key.
 * @throws IdentityAlreadyExistsError, MultipleCardsError, and what the service and the key store throw
 */
export async function register(
  session: Session,
  {
    privateKey,
    signal,
  }: { readonly privateKey?: PrivateKey | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  await session.keys.exclusively(async () => {
    await session.keys.reload();
    const published = await findOwnCards(session, signal);
    if (await takeIntoUse(session, published)) return;
    if (requireOneCard(session, published)) throw new IdentityAlreadyExistsError();
    await publishPending(session, await prepareKey(session, { privateKey }), signal);
  });
}
