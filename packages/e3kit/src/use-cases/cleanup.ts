/** Signing out of a device: the key ring goes, and with it the users, rooms and documents that this user has seen here, and the groups. */
import { clearChatStore } from '../chat/chat-store.ts';
import type { Session } from '../session.ts';

export async function cleanup(session: Session): Promise<void> {
  await session.keys.exclusively(() => session.keys.remove());
  await session.knownUsers.clear();
  await session.documentRevisions.clear();
  await clearChatStore(session);
  await (await session.openGroupStore()).clear(session);
}
