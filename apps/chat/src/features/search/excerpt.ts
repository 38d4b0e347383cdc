/** The place of a hit in its text, with a little around it. */
const BEFORE = 24;
const AFTER = 90;

export interface Excerpt {
  readonly before: string;
  readonly match: string;
  readonly after: string;
}

export function excerptOf(text: string, at: number, length: number): Excerpt {
  const start = Math.max(0, at - BEFORE);
  const end = Math.min(text.length, at + length + AFTER);
  return {
    before: `${start > 0 ? '…' : ''}${text.slice(start, at)}`,
    match: text.slice(at, at + length),
    after: `${text.slice(at + length, end)}${end < text.length ? '…' : ''}`,
  };
}
