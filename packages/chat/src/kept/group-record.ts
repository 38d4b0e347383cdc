/** Which group of a room was written in last, so that the next message goes through it, or names it as the one that it replaces. */
import type { RoomGroupName } from '@sotto/core/chat';
import type { ChatSession } from '../session.ts';
import { isRecord, loadKept, saveKept } from './kept-value.ts';
import type { StoreNames } from './names.ts';

export interface KeptGroup extends RoomGroupName {
  /** Session id, base64url. */
  readonly session: string;
  /** Of the newest message that was seen in it, −1 before there is one. */
  readonly index: number;
}

interface Whose {
  readonly session: Pick<ChatSession, 'store'>;
  readonly names: StoreNames;
}

export function loadGroupRecord({ session, names }: Whose): Promise<KeptGroup | undefined> {
  return loadKept(session.store, names.group, isKeptGroup);
}

export async function noteGroup(whose: Whose, group: KeptGroup): Promise<void> {
  const kept = await loadGroupRecord(whose);
  if (!kept || (kept.session !== group.session && group.index >= kept.index)) {
    const { initiator, nonce, session, index } = group;
    await saveKept(whose.session.store, whose.names.group, { initiator, nonce, session, index });
  }
}

function isKeptGroup(value: unknown): value is KeptGroup {
  return (
    isRecord(value) &&
    Number.isSafeInteger(value.index) &&
    ['initiator', 'nonce', 'session'].every((name) => typeof value[name] === 'string')
  );
}
