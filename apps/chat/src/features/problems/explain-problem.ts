/** What went wrong, in words for the person in front of the page, and whom it is about where it is about somebody. */
import { isSdkError } from '@sotto/e3kit';
import { BackendError } from '../../backend/backend-error.ts';
import { listNames } from '../verification/explain.ts';

export interface Problem {
  readonly title: string;
  readonly text: string;
  /** For those who report it. */
  readonly code: string | undefined;
  /** Members at whom sending stopped. */
  readonly members: readonly string[];
}

/** `nameMember` tells who is behind a name of the service, such as that of a telephone. */
export function explainProblem(error: unknown, nameMember = (member: string): string => member): Problem {
  if (error instanceof BackendError) {
    return { title: 'The backend does not answer', text: error.message, code: undefined, members: [] };
  }
  if (!isSdkError(error)) {
    const text = error instanceof Error ? error.message : 'Reload the page, and try again.';
    return { title: 'Something went wrong', text, code: undefined, members: [] };
  }
  const { code, family, message, details } = error;
  const members = readMembers(details['members']);
  const known = PROBLEMS[code]?.(listNames(members.map(nameMember)));
  if (known) return { ...known, code, members };
  if (family === 'transport') {
    return { title: 'No connection', text: 'The service does not answer. Try again in a moment.', code, members };
  }
  const title = family === 'crypto' ? 'It did not pass the check' : 'That did not work';
  return { title, text: message, code, members };
}

type Words = { readonly title: string; readonly text: string };

const PROBLEMS: Readonly<Record<string, ((names: string) => Words) | undefined>> = {
  'chat/unknown-member': (names) => ({
    title: `${names} joined without you`,
    text: 'Nobody on this device has let them in, and the service could have added them by itself. Let them read from now on, or leave them out.',
  }),
  'chat/member-without-card': (names) => ({
    title: `${names} has no key yet`,
    text: 'Nothing can be encrypted for somebody who never signed in. Wait until they do, or leave them out of this message.',
  }),
  'chat/member-cannot-decrypt': (names) => ({
    title: `${names === '' ? 'A member' : capitalise(names)} cannot decrypt`,
    text: 'Telephones and e-mail have no keys. Remove them from the room, or leave them out of this message.',
  }),
  'chat/key-not-accepted': (names) => ({
    title: `The key of ${names} has changed`,
    text: 'A new device has a new key, and so has somebody who pretends. Compare safety words, then accept or leave out.',
  }),
  'chat/member-key-unusable': (names) => ({
    title: `Nothing can be encrypted for ${names}`,
    text: 'Their key is damaged. They have to make a new one, or are left out of this message.',
  }),
  'chat/send-refused': () => ({
    title: 'The service did not take it',
    text: 'Nothing was stored. Try again, or write something shorter.',
  }),
  'chat/send-doubtful': () => ({
    title: 'It may have been sent',
    text: 'The connection broke in the middle. It is looked into as soon as you are online; do not send it again.',
  }),
  'chat/file-too-large': () => ({ title: 'The file is too large', text: 'The service takes files of up to 150 MB.' }),
  'chat/too-many-files': () => ({ title: 'Too many files', text: 'Send them in several messages.' }),
  'chat/media-swapped': () => ({
    title: 'This is not the file that was sent',
    text: 'Somebody has exchanged it. Ask the sender to send it again.',
  }),
  'chat/media-missing': () => ({ title: 'The file is gone', text: 'The service does not have it any more.' }),
  'backup/none': () => ({ title: 'There is no backup', text: 'No device of this user has made one.' }),
  'backup/wrong-password': () => ({ title: 'Wrong password', text: 'It does not open the backup. Try another one.' }),
  'safety-qr/mismatch': () => ({
    title: 'The keys do not match',
    text: 'Somebody between you shows each of you another key. Do not write anything private, and meet in person.',
  }),
  'safety-qr/own': () => ({ title: 'That is your own code', text: 'Take the one from the other screen.' }),
  'safety-qr/malformed': () => ({ title: 'That is no safety code', text: 'Copy the whole text of the code.' }),
  'token/unavailable': () => ({ title: 'The backend does not answer', text: 'Is sotto dev still running?' }),
  'platform/insecure-context': () => ({
    title: 'Keys need a secure page',
    text: 'Open this page over HTTPS, or as localhost.',
  }),
};

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function readMembers(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((member): member is string => typeof member === 'string') : [];
}
