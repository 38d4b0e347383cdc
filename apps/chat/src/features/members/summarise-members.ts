/** The line below the title of a room. */
import type { RoomMember } from '@sotto/chat';

export function summariseMembers(members: readonly RoomMember[], self: string): string {
  if (members.length === 0) return '';
  const others = members.filter(({ identity }) => identity !== self);
  const count = `${members.length} ${members.length === 1 ? 'member' : 'members'}`;
  const blocked = others.filter(({ state }) => state !== 'ready').length;
  if (blocked > 0) return `${count}, ${blocked} to look at`;
  if (others.length === 0) return 'Nobody else reads this';
  const unverified = others.filter(({ isVerified }) => !isVerified).length;
  if (unverified === 0) return `${count}, all verified`;
  return `${count}, ${unverified === others.length ? 'none' : others.length - unverified} verified`;
}
