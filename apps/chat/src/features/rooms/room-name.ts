/** What a room is called: by its encrypted title, else by who is in it. */
import type { RoomTitle } from '@sotto/chat';
import { listNames } from '../verification/explain.ts';

export function nameRoom(
  title: RoomTitle | undefined,
  participants: readonly { readonly identity: string | null }[],
  self: string,
): string {
  if (title?.text) return title.text;
  const others = participants.flatMap(({ identity }) => (identity === self ? [] : [identity ?? 'a telephone']));
  return others.length === 0 ? 'Only you' : listNames(others);
}
