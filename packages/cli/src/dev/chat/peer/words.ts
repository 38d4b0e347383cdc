/** What bob says: about the very message that he answers, in a sentence or two. */

export interface Heard {
  readonly text: string | null;
  readonly files: readonly { readonly name: string; readonly bytes: number | 'swapped' | 'unopened' }[];
  /** Characters of what the chat service stored. */
  readonly wireLength: number;
  /** Identities that can read it. */
  readonly readers: readonly string[];
  readonly sender: string;
  readonly isSenderVerified: boolean;
  readonly isReply: boolean;
  readonly expiresAt: Date | undefined;
  /** How many messages of this room bob has answered before. */
  readonly answered: number;
}

export const HELLO =
  'Hi, I am bob. I live in the terminal of sotto dev, with a key of my own, and read what you write here as your friends would. Write something, send me a file, or ask for /help.';

/** How the first answer goes out, and how it reads after bob has seen his slip: so there is an edited message to look at. */
export const SLIP = { written: 'encrpyted', meant: 'encrypted' } as const;

const HELP = [
  'Some things to try:',
  '• send me a photo or a file: I open it and tell you what came out',
  '• edit or delete what you wrote, react to it, reply to me',
  '• let a message disappear after a while',
  '• add somebody to this room; I answer people once you have written to them',
  '• compare safety words with me, under members',
  '• open “What Twilio sees”, then “Attack”, and be an evil Twilio',
].join('\n');

export function welcomeTo(identity: string): string {
  return `Welcome, ${identity}. ${HELLO}`;
}

export function answerTo(heard: Heard): string {
  if (/^\s*\/help\b/i.test(heard.text ?? '')) return HELP;
  const [file, ...more] = heard.files;
  if (file) return [aboutFile(file), ...(more.length > 0 ? [`And ${more.length} more.`] : [])].join(' ');
  if (heard.expiresAt)
    return `I can read that until ${formatTime(heard.expiresAt)}. Then my client forgets it, and so does yours.`;
  if (heard.isReply)
    return 'The link to what you reply to is inside the encrypted part as well: nobody can hang your answer on another question.';
  if (heard.answered === 0) return firstAnswer(heard);
  return REMARKS[(heard.answered - 1) % REMARKS.length]!(heard);
}

/** With the slip. */
function firstAnswer({ text, wireLength, readers }: Heard): string {
  const length = [...(text ?? '')].length;
  return `Got it: ${count(length, 'character')}, ${SLIP.written} for ${list(readers)}. What Twilio stores of it are ${count(wireLength, 'character')} that it cannot read.`;
}

const REMARKS: readonly ((heard: Heard) => string)[] = [
  ({ sender }) =>
    `Signed by ${sender}’s key, and bound to this room: copied into another one, my client would refuse it.`,
  ({ sender, isSenderVerified }) =>
    isSenderVerified
      ? `I have compared safety words with you, ${sender}, so I know that no key service stands between us.`
      : `For me you are “${sender}”, as the key service says. To be sure that nobody stands between us, compare safety words with me, under members.`,
  () => 'Your messages are numbered inside the encryption. If Twilio dropped one, I would see a gap.',
  ({ readers }) =>
    `${list(readers)}: only these can read it, and each message says so itself. Try adding somebody silently, under “Attack”.`,
  () => 'Edit that message, then let Twilio undo the edit, under “Attack”. I would notice.',
  ({ wireLength }) => `That were ${count(wireLength, 'character')} on the wire, for a text and all that protects it.`,
];

function aboutFile({ name, bytes }: Heard['files'][number]): string {
  if (bytes === 'swapped')
    return `“${name}” is not the file that you sent: somebody has exchanged it. I did not open it.`;
  if (bytes === 'unopened')
    return `“${name}” is large, so I leave it where it is; its key is in your message, and with nobody else.`;
  return `“${name}” arrived: ${count(bytes, 'byte')} after decryption. Twilio has it without a name, under a key that only we have.`;
}

function list(names: readonly string[]): string {
  const sorted = [...names].sort();
  const last = sorted.pop() ?? 'nobody';
  return sorted.length === 0 ? last : `${sorted.join(', ')} and ${last}`;
}

function count(number: number, unit: string): string {
  return `${number.toLocaleString('en')} ${unit}${number === 1 ? '' : 's'}`;
}

function formatTime(date: Date): string {
  return date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}
