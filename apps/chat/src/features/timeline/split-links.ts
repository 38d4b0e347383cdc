/** Finds http and https addresses in a text. A full stop or a bracket at the end is the sentence's, and not the address's. */
export interface TextPart {
  readonly text: string;
  readonly isLink: boolean;
}

const LINK = /https?:\/\/[^\s<>"']+/gu;
const TRAILING = /[.,;:!?)\]}]+$/u;

export function splitLinks(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const link = match[0].replace(TRAILING, '');
    if (!URL.canParse(link)) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index), isLink: false });
    parts.push({ text: link, isLink: true });
    end = match.index + link.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), isLink: false });
  return parts;
}
