/** Names of files, as their senders gave them: without paths, and without signs that hide or spoil what they are. */

const MAX_LENGTH = 255;
/** Control characters, and those that turn the direction of writing: `exe.png` read backwards. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const FORBIDDEN = /[<>:"|?*]/g;

/** A name that can be shown, and saved on any system; `file` where nothing is left. */
export function cleanFileName(name: string): string {
  const last = name.split(/[/\\]/).at(-1)!;
  const clean = last
    .replace(HIDDEN, '')
    .replace(FORBIDDEN, '_')
    .replace(/^[. ]+|[. ]+$/g, '');
  return shorten(clean) || 'file';
}

/** The ending is kept: it tells what to open the file with. */
function shorten(name: string): string {
  if (name.length <= MAX_LENGTH) return name;
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && name.length - dot <= 20 ? name.slice(dot) : '';
  return dropHalfPair(name.slice(0, MAX_LENGTH - ending.length)) + ending;
}

function dropHalfPair(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
}
