/** The highest revision of a room's title that was seen, so that an older one does not pass for the present one. */
import type { ChatSession } from '../session.ts';
import { loadKept, saveKept } from './kept-value.ts';
import type { StoreNames } from './names.ts';

interface Whose {
  readonly session: Pick<ChatSession, 'store'>;
  readonly names: StoreNames;
}

/** 0 where none was seen. */
export async function loadTitleRevision({ session, names }: Whose): Promise<number> {
  return (await loadKept(session.store, names.title, isRevision)) ?? 0;
}

export async function noteTitleRevision({ session, names }: Whose, revision: number): Promise<void> {
  await session.store.withLock(names.title, async () => {
    const kept = await loadTitleRevision({ session, names });
    if (revision > kept) await saveKept(session.store, names.title, revision);
  });
}

function isRevision(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
