/** The end of a user: the cards are revoked, then what this device keeps goes. */
import { RegisterRequiredError } from '../key-errors.ts';
import { EMPTY_KEY_RING, keysOf } from '../key-ring.ts';
import type { Session } from '../session.ts';
import type { TaskOptions } from '../task.ts';
import { findOwnCards } from './publish-key.ts';

/**
 * Revokes all current cards, and removes the keys, contacts and groups of this device. Backups stay: `resetPrivateKeyBackup` removes
 * them. A call that was cut off is finished by the next one. @throws RegisterRequiredError
 */
export async function unregister(session: Session, { signal }: TaskOptions = {}): Promise<void> {
  await session.keys.exclusively(async () => {
    const ring = (await session.keys.reload()) ?? EMPTY_KEY_RING;
    const published = await findOwnCards(session, signal);
    const isKnownHere = keysOf(ring).length > 0 || ring.pending !== undefined;
    if (published.length === 0 && !isKnownHere) throw new RegisterRequiredError();
    for (const card of published) await session.directory.revoke(card.id, signal);
    await session.keys.remove();
  });
  await session.knownUsers.clear();
  await (await session.openGroupStore()).clear(session);
}
