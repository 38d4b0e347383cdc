/** Puts a reaction on a message, or takes it back. */
import type { RoomMessage } from '@sotto/chat';

export function toggleReaction(message: RoomMessage, emoji: string, self: string): Promise<void> {
  const has = message.reactions.some((reaction) => reaction.emoji === emoji && reaction.by.includes(self));
  return has ? message.unreact(emoji) : message.react(emoji);
}
