/** Has bob write to those whom he can write to, and leave the others out by name, where a person would be asked. */
import type { EncryptedConversation } from '@sotto/chat-twilio';
import { isSdkError } from '@sotto/core';
import type { EThree } from '@sotto/e3kit';

const LEFT_OUT = new Set(['chat/member-cannot-decrypt', 'chat/member-without-card', 'chat/member-key-unusable']);

/** Unless nobody would get it. */
export async function say(room: EncryptedConversation, eThree: EThree, text: string): Promise<void> {
  const members = await room.members();
  const isReader = ({ identity, state }: (typeof members)[number]) =>
    identity !== eThree.identity && (state === 'ready' || state === 'key-not-accepted');
  if (members.some(isReader)) await leavingOut(eThree, (leaveOut) => room.sendMessage(text, undefined, { leaveOut }));
}

/** Tries `task` until there is nobody more whom it has to leave out. */
export async function leavingOut(eThree: EThree, task: (leaveOut: string[]) => Promise<unknown>): Promise<void> {
  const leaveOut = new Set<string>();
  for (;;) {
    try {
      await task([...leaveOut]);
      return;
    } catch (error) {
      const members = membersOf(error).filter((member) => !leaveOut.has(member));
      if (!isSdkError(error) || members.length === 0) throw error;
      if (error.code === 'chat/key-not-accepted') await acceptKeys(eThree, members);
      else if (LEFT_OUT.has(error.code)) for (const member of members) leaveOut.add(member);
      else throw error;
    }
  }
}

/** Without comparing anything, as befits somebody who is made up. */
export async function acceptKeys(eThree: EThree, identities: readonly string[]): Promise<void> {
  for (const identity of identities) await eThree.acceptKey(await eThree.findUsers(identity));
}

function membersOf(error: unknown): readonly string[] {
  const members = isSdkError(error) ? error.details['members'] : undefined;
  return Array.isArray(members) ? members.filter((member): member is string => typeof member === 'string') : [];
}
