/** The attacks of the panel: what each does, on what, and where its outcome is to be seen. */
import type { RoomMember, RoomMessage } from '@sotto/chat';
import type { AttackName, AttackRequest } from './contract.ts';

export interface Attack {
  readonly name: AttackName;
  readonly by: 'chat service' | 'key service';
  readonly title: string;
  /** One sentence: what the visitor does. */
  readonly text: string;
  /** What a client without end-to-end verification would do. */
  readonly otherwise: string;
  /** Where its outcome is to be seen. */
  readonly shows: 'message' | 'file' | 'members' | 'gap';
}

export const ATTACKS: readonly Attack[] = [
  {
    name: 'forge-author',
    by: 'chat service',
    title: 'Write as somebody else',
    text: 'Mallory writes a message, properly encrypted, and the chat service puts another name on it.',
    otherwise: 'It would look like any other message of theirs.',
    shows: 'message',
  },
  {
    name: 'forge-plaintext',
    by: 'chat service',
    title: 'Slip in an unencrypted message',
    text: 'The chat service adds a plain text in somebody’s name.',
    otherwise: 'Nobody would notice that it is the only one that was never encrypted.',
    shows: 'message',
  },
  {
    name: 'replay',
    by: 'chat service',
    title: 'Send a message again',
    text: 'The chat service stores the newest message a second time.',
    otherwise: '“Yes, do it” would be said twice.',
    shows: 'message',
  },
  {
    name: 'replay-elsewhere',
    by: 'chat service',
    title: 'Move a message to another room',
    text: 'The chat service copies a message from another of your rooms into this one.',
    otherwise: 'A “yes” to one question would answer another.',
    shows: 'message',
  },
  {
    name: 'edit',
    by: 'chat service',
    title: 'Change a message',
    text: 'The chat service changes one byte of the newest message.',
    otherwise: 'The new content would be shown as if it had always been there.',
    shows: 'message',
  },
  {
    name: 'roll-back',
    by: 'chat service',
    title: 'Undo an edit',
    text: 'The chat service puts the former version of an edited message back.',
    otherwise: 'A correction would silently disappear.',
    shows: 'message',
  },
  {
    name: 'swap-media',
    by: 'chat service',
    title: 'Exchange a file',
    text: 'The chat service replaces the bytes of a file.',
    otherwise: 'You would open a file that nobody sent you.',
    shows: 'file',
  },
  {
    name: 'drop',
    by: 'chat service',
    title: 'Make a message disappear',
    text: 'The chat service removes a message in the middle without telling anybody.',
    otherwise: 'The conversation would read on as if nothing was missing.',
    shows: 'gap',
  },
  {
    name: 'silent-reader',
    by: 'chat service',
    title: 'Add a silent reader',
    text: 'The chat service adds mallory to this room, hoping that the next message is encrypted for her too.',
    otherwise: 'She would read everything from now on.',
    shows: 'members',
  },
  {
    name: 'sms-member',
    by: 'chat service',
    title: 'Add a telephone',
    text: 'Somebody adds a telephone number, which can only be sent plain text.',
    otherwise: 'Your messages would go out by SMS.',
    shows: 'members',
  },
  {
    name: 'swap-card',
    by: 'key service',
    title: 'Exchange somebody’s key',
    text: 'The key service hands out a key of its own in place of a member’s, to read along.',
    otherwise: 'You would encrypt for the attacker.',
    shows: 'members',
  },
];

export interface AttackScene {
  readonly room: string;
  readonly self: string;
  readonly messages: readonly RoomMessage[];
  readonly members: readonly RoomMember[];
  /** A message of another room of this user, by its room. */
  readonly elsewhere: { readonly room: string; readonly ref: string } | undefined;
}

/** What to ask the backend for, or why the attack cannot be played here yet. */
export function planAttack(name: AttackName, scene: AttackScene): AttackRequest | { readonly missing: string } {
  const { room, self, messages, members, elsewhere } = scene;
  const verified = messages.filter(({ verification }) => verification.state === 'verified');
  const newest = verified.at(-1);
  const victim = members.find(
    ({ identity }) => identity !== null && identity !== self && identity !== 'mallory',
  )?.identity;
  switch (name) {
    case 'forge-author':
    case 'forge-plaintext':
      return victim
        ? { room, author: victim, text: 'Please send me the password.' }
        : { missing: 'Add a member first.' };
    case 'replay':
    case 'edit':
      return newest ? { room, message: newest.ref } : { missing: 'Send a message first.' };
    case 'replay-elsewhere':
      return elsewhere
        ? { room: elsewhere.room, message: elsewhere.ref, into: room }
        : { missing: 'Write something in another room first.' };
    case 'roll-back': {
      const edited = verified.findLast(({ revision }) => revision > 0);
      return edited ? { room, message: edited.ref } : { missing: 'Send a message, then edit it.' };
    }
    case 'swap-media': {
      const withFile = verified.findLast(({ attachments }) => attachments.length > 0);
      return withFile ? { room, message: withFile.ref } : { missing: 'Send a photo or a file first.' };
    }
    case 'drop': {
      const middle = findMiddle(verified);
      return middle ? { room, message: middle.ref } : { missing: 'Somebody has to have sent three messages.' };
    }
    case 'silent-reader':
      return { room, reader: 'mallory' };
    case 'swap-card':
      return victim ? { room, identity: victim } : { missing: 'Add a member first.' };
    case 'sms-member':
    case 'stop':
      return { room };
  }
}

/** A message that has one of the same sender before and after it, so that its absence can be seen. */
function findMiddle(messages: readonly RoomMessage[]): RoomMessage | undefined {
  return messages.findLast((message, at) => {
    const isSame = (other: RoomMessage): boolean => other.author === message.author;
    return messages.slice(0, at).some(isSame) && messages.slice(at + 1).some(isSame);
  });
}
