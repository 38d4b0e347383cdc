/** Signing out of a device: the key ring goes, and with it the users and documents that this user has seen here, and the groups. */
import type { Session } from '../session.ts';

export async function cleanup(session: Session): Promise<void> {
  await session.keys.exclusively(() => session.keys.remove());
  await session.knownUsers.clear();
  await session.documentRevisions.clear();
  await (await session.openGroupStore()).clear(session);
}
