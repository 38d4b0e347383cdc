/** JSON text in which every name stands once: `JSON.parse` takes the last of two, other readers the first. */
import { fieldError } from './errors.ts';

/** The signs that give a text its structure. */
const SIGN = /["{}[\],]/g;

/** @throws `json/malformed`, `json/duplicate-name` */
export function parseStrictJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fieldError('json/malformed'); // without the cause, which quotes the text
  }
  refuseDuplicates(text);
  return value;
}

/** Goes over text that is known to be JSON: a string is a name if it is the first after `{`, or after `,` in an object. */
function refuseDuplicates(text: string): void {
  const open: (Set<string> | undefined)[] = []; // the names of each object that is open, undefined for an array
  const signs = new RegExp(SIGN);
  let isName = false;
  for (let found = signs.exec(text); found; found = signs.exec(text)) {
    const [sign] = found;
    if (sign === '"') {
      const end = endOfString(text, found.index);
      if (isName) addName(open.at(-1)!, text.slice(found.index, end));
      signs.lastIndex = end;
    } else if (sign === '{') open.push(new Set());
    else if (sign === '[') open.push(undefined);
    else if (sign !== ',') open.pop();
    isName = sign === '{' || (sign === ',' && open.at(-1) !== undefined);
  }
}

function addName(names: Set<string>, literal: string): void {
  const name = JSON.parse(literal) as string;
  if (names.has(name)) throw fieldError('json/duplicate-name');
  names.add(name);
}

/** Where the string that begins at `start` ends: after a quote with an even number of backslashes before it. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end + 1;
  }
}
