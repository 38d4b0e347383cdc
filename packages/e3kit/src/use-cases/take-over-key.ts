/** The step from the official client to ours: its key of this user becomes a key ring. */
import { EMPTY_KEY_RING } from '../key-ring.ts';
import type { Session } from '../session.ts';
import { adoptKeys } from './adopt-keys.ts';

/**
 * Writes a ring where there is none and the official client has left a key. That key signs only if it is the one of the user's
 * card: another application may have a user of the same name. What the official client has stays until `cleanup`.
 * @throws `storage/unreadable-official-key`, and what the service and the key store throw
 */
export async function takeOverOfficialKey(session: Session): Promise<void> {
  if (!(await session.keys.findOfficialKey())) return;
  await session.keys.exclusively(async () => {
    const key = await session.keys.findOfficialKey();
    if (key) await session.keys.save(await adoptKeys(session, EMPTY_KEY_RING, [key]));
  });
}
