/** Where the official readers decide otherwise than ours on an altered message, and why. None gives another text. */

export type Outcome = 'the text' | 'another text' | 'refused' | 'abort';

export interface Disagreement {
  /** What the altered byte is, by `anatomy.ts`. */
  readonly place: string;
  readonly ours: Outcome;
  readonly theirs: Outcome;
  readonly why: string;
}

export const DISAGREEMENTS: readonly Disagreement[] = [
  {
    place: 'length',
    ours: 'refused',
    theirs: 'the text',
    why: 'the length of an inner element is not compared with what it holds',
  },
  {
    place: 'content of UTF8String',
    ours: 'refused',
    theirs: 'the text',
    why: 'the name of a parameter need not be UTF-8',
  },
  {
    place: 'content of OBJECT IDENTIFIER',
    ours: 'refused',
    theirs: 'abort',
    why: 'another type of content ends the module',
  },
  {
    place: 'length',
    ours: 'refused',
    theirs: 'abort',
    why: 'so does a nonce, a wrapped key, a name or a value of another length',
  },
  { place: 'tag', ours: 'refused', theirs: 'abort', why: 'and an element of another kind in their place' },
  { place: 'tag', ours: 'the text', theirs: 'refused', why: 'Sotto passes over a parameter whose value is no bytes' },
  { place: 'length', ours: 'the text', theirs: 'refused', why: 'the same, the altered length making it so' },
];

export function isKnown({ place, ours, theirs }: Omit<Disagreement, 'why'>): boolean {
  return DISAGREEMENTS.some((known) => known.place === place && known.ours === ours && known.theirs === theirs);
}
