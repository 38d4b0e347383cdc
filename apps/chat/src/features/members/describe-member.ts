/** Whether and how a member is verified, in words, and what one can do about it. */
import type { RoomMember } from '@sotto/chat';
import type { Tone } from '../verification/explain.ts';

export interface MemberDescription {
  readonly tone: Tone;
  readonly label: string;
  readonly text: string;
}

export function describeMember({ identity, state, isVerified }: RoomMember, self: string): MemberDescription {
  if (identity === self) return { tone: 'good', label: 'You', text: 'Your key is on this device.' };
  switch (state) {
    case 'cannot-decrypt':
      return { tone: 'danger', label: 'Cannot decrypt', text: 'A telephone or an e-mail address: it has no key.' };
    case 'without-card':
      return { tone: 'warn', label: 'No key yet', text: 'Has never signed in. Nothing can be encrypted for them.' };
    case 'unavailable':
      return {
        tone: 'warn',
        label: 'Not found now',
        text: 'The key service does not answer, and this device has not met them.',
      };
    case 'key-not-accepted':
      return {
        tone: 'danger',
        label: 'Key changed',
        text: 'The directory shows another key than before, and the former one does not vouch for it.',
      };
    case 'unknown':
      return {
        tone: 'warn',
        label: 'Joined without you',
        text: 'Nobody on this device has let them in. They read nothing until you do.',
      };
    case 'ready':
      return isVerified
        ? { tone: 'good', label: 'Verified', text: 'You have compared safety words.' }
        : { tone: 'neutral', label: 'Not compared', text: 'The key is the one that was first seen here.' };
  }
}
