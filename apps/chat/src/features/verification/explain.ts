/** What the app says of a message's verification, in words for people who have never heard of keys. */
import type { FailureReason, RoomMessage, Warning } from '@sotto/chat';

export type Tone = 'good' | 'neutral' | 'warn' | 'danger';

export interface Explanation {
  readonly tone: Tone;
  /** Beside the message, one to three words. */
  readonly label: string;
  readonly title: string;
  readonly text: string;
}

export function explainVerification(message: RoomMessage, self: string): Explanation {
  const { verification } = message;
  switch (verification.state) {
    case 'verified': {
      const isOwn = verification.sender === self;
      const who = isOwn ? 'You' : verification.sender;
      if (isOwn || verification.senderVerified) {
        return {
          tone: 'good',
          label: 'Verified',
          title: isOwn ? 'Encrypted and signed by you' : `Certainly from ${who}`,
          text: isOwn
            ? 'Only the readers below can open it.'
            : `Signed by a key of ${who} that you have compared. It was written for this room, and nobody changed it.`,
        };
      }
      return {
        tone: 'neutral',
        label: 'Encrypted',
        title: `Signed with ${who}’s key`,
        text: `It was written for this room, and nobody changed it. Whether the key is really ${who}’s, you know once you have compared safety words.`,
      };
    }
    case 'unbound':
      return {
        tone: 'warn',
        label: 'Not tied to this room',
        title: `Signed by ${verification.sender}, for any room`,
        text: verification.isSignatureInClear
          ? 'It is in the format of 2019, which does not say for which room it was written, and whose signature lets the service test guesses of the text.'
          : 'It is in a format that does not say for which room it was written: somebody may have copied it here.',
      };
    case 'plaintext':
      return {
        tone: 'warn',
        label: 'Not encrypted',
        title: 'Anybody could have written this',
        text: 'It came without encryption and without a signature. The chat service can read it, and the name beside it proves nothing.',
      };
    case 'expired':
      return {
        tone: 'neutral',
        label: 'Expired',
        title: 'This message has expired',
        text: 'Its sender set a time limit.',
      };
    case 'removed':
      return {
        tone: 'neutral',
        label: 'Removed',
        title: 'Removed by a member or by the service',
        text: 'Nobody can tell by whom: a removal cannot be signed.',
      };
    case 'failed':
      return { ...FAILURES[verification.reason], label: 'Not shown' };
  }
}

const FAILURES: Readonly<Record<FailureReason, { tone: Tone; title: string; text: string }>> = {
  'unknown-key': {
    tone: 'danger',
    title: 'Signed by an unknown key',
    text: 'The key that signed it belongs to nobody whom this device knows as its author. The text is not shown.',
  },
  'key-not-accepted': {
    tone: 'warn',
    title: 'The sender’s key has changed',
    text: 'Compare safety words with the sender, then accept the new key: the message opens by itself.',
  },
  'bad-signature': {
    tone: 'danger',
    title: 'The signature is wrong',
    text: 'The message was changed after it was signed, or its author never wrote it. The text is not shown.',
  },
  'author-mismatch': {
    tone: 'danger',
    title: 'It names another author',
    text: 'The service shows one name, the signed message another. Somebody put a name on it that is not its author’s.',
  },
  'other-room': {
    tone: 'danger',
    title: 'Copied from another room',
    text: 'It was written for another conversation, and somebody moved it here.',
  },
  replayed: {
    tone: 'danger',
    title: 'Sent a second time by somebody else',
    text: 'The same message stands further up. Somebody copied it, so that it looks as if it was said again.',
  },
  'edited-by-other': {
    tone: 'danger',
    title: 'Replaced by somebody else',
    text: 'A message that was verified here before now holds something that its author did not sign.',
  },
  'rolled-back': {
    tone: 'danger',
    title: 'Set back to an older version',
    text: 'Its author has changed this message since. Somebody put the former version back.',
  },
  'readers-mismatch': {
    tone: 'danger',
    title: 'The readers do not match',
    text: 'It is encrypted for others than its author signed: somebody was added or left out on the way.',
  },
  'not-for-this-device': {
    tone: 'neutral',
    title: 'Encrypted for a key that this device does not have',
    text: 'It was sent before you joined, or for a former key of yours. A backup with that key opens it.',
  },
  undecryptable: {
    tone: 'danger',
    title: 'It cannot be decrypted',
    text: 'The message was damaged or changed on the way.',
  },
  'unsupported-version': {
    tone: 'warn',
    title: 'From a newer app',
    text: 'Reload the page for a version that reads it.',
  },
  'media-missing': {
    tone: 'warn',
    title: 'Its content is gone',
    text: 'The message is in a file that the service does not have any more.',
  },
  'media-swapped': {
    tone: 'danger',
    title: 'Its content was exchanged',
    text: 'The message is in a file, and the file is not the one that its author sent.',
  },
  malformed: {
    tone: 'danger',
    title: 'It is not a message',
    text: 'It looks like one, and does not read as one. Somebody tampered with it, or an app is at fault.',
  },
  unavailable: {
    tone: 'warn',
    title: 'It cannot be checked now',
    text: 'The directory of keys does not answer. The message opens when it is back.',
  },
};

export function explainWarning(warning: Warning): string {
  switch (warning.code) {
    case 'chat/gap':
      return warning.missing === 1
        ? 'A message of this sender is missing before this one: removed, or held back by the service.'
        : `${warning.missing} messages of this sender are missing before this one: removed, or held back by the service.`;
    case 'chat/reordered':
      return 'The sender wrote this before a message that stands above it: the service changed the order.';
    case 'chat/forked':
      return 'The sender’s device has two histories: its data was copied, or restored from a copy.';
    case 'chat/unknown-reader':
      return warning.identities.length > 0
        ? `It can also be read by ${listNames(warning.identities)}, whom nobody has seen in this room.`
        : `It can also be read with ${countKeys(warning.keyIds.length)} of nobody who was seen in this room.`;
    case 'chat/left-out':
      return `The sender left out ${listNames(warning.identities)}.`;
  }
}

function countKeys(count: number): string {
  return count === 1 ? 'a key' : `${count} keys`;
}

/** "alice, bob and carol". */
export function listNames(names: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(names);
}
