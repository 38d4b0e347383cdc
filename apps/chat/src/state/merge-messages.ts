/** What was loaded and what came live, as one list: oldest first, each message once, the newest word on it. */
import type { RoomMessage } from '@sotto/chat';

export function mergeMessages(
  current: readonly RoomMessage[],
  incoming: readonly RoomMessage[],
): readonly RoomMessage[] {
  if (incoming.length === 0) return current;
  const last = current.at(-1);
  const first = incoming[0];
  const isAppend = incoming.length === 1 && first !== undefined && (last === undefined || first.index > last.index);
  if (isAppend) return [...current, first];
  const byRef = new Map(current.map((message) => [message.ref, message]));
  for (const message of incoming) byRef.set(message.ref, message);
  return [...byRef.values()].sort((a, b) => a.index - b.index);
}
