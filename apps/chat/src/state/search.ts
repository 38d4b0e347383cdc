/** Looks through the messages that this page has loaded and opened. There is no index elsewhere: nobody but the devices can read them. */
import type { RoomMessage } from '@sotto/chat';

export interface SearchHit {
  readonly message: RoomMessage;
  /** Where the first word stands in the text. */
  readonly at: number;
  readonly length: number;
}

/** The messages that have all words of the query, newest first. Case and accents do not count. */
export function searchMessages(messages: readonly RoomMessage[], query: string): readonly SearchHit[] {
  const words = fold(query).split(/\s+/).filter(Boolean);
  const first = words[0];
  if (first === undefined) return [];
  const hits: SearchHit[] = [];
  for (const message of messages) {
    const text = searchableText(message);
    if (text === undefined) continue;
    const folded = fold(text);
    if (words.every((word) => folded.includes(word))) {
      hits.push({ message, at: folded.indexOf(first), length: first.length });
    }
  }
  return hits.reverse();
}

/** The text and the names of files; undefined for what has neither, or was not verified. */
function searchableText({ text, attachments }: RoomMessage): string | undefined {
  if (text === null && attachments.length === 0) return undefined;
  return [text ?? '', ...attachments.map(({ name }) => name)].join('\n').trim();
}

/** Letter by letter, so that places in the folded text are places in the text. */
function fold(text: string): string {
  return Array.from(text.normalize('NFC'), (letter) => {
    const plain = letter.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    return plain.length === letter.length ? plain : letter;
  }).join('');
}
