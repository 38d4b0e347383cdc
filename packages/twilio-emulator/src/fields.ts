/**
 * Values of foreign JSON bodies and forms. A field that is there with a wrong kind of value is refused by name (20001), one
 * that is not known is left alone.
 */
import { TwilioRefusal } from './errors.ts';

export type Body = Readonly<Record<string, unknown>>;

/** The object in a JSON text; an empty text is an empty object. @throws TwilioRefusal 20001 */
export function parseJsonBody(text: string): Body {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Body;
  } catch {
    throw new TwilioRefusal(20001, 'the body is no JSON');
  }
  throw new TwilioRefusal(20001, 'the body is no object');
}

/** A form; of a name that comes several times, all values. */
export function parseForm(text: string): Body {
  const body: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of new URLSearchParams(text)) {
    const known = body[name];
    body[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
  }
  return body;
}

export function readText(body: Body, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new TwilioRefusal(20001, name);
  return value;
}

export function readTextOrNull(body: Body, name: string): string | null | undefined {
  return body[name] === null ? null : readText(body, name);
}

export function readTexts(body: Body, name: string): string[] | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  const values: unknown[] = Array.isArray(value) ? value : [value];
  if (!values.every((it) => typeof it === 'string')) throw new TwilioRefusal(20001, name);
  return values;
}

/** Not negative; from a form it comes as digits, and "null" or nothing means null. */
export function readIndexOrNull(body: Body, name: string): number | null | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (value === null || value === '' || value === 'null') return null;
  const index = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0) throw new TwilioRefusal(20001, name);
  return index;
}

export function readChoice<T extends string>(body: Body, name: string, choices: readonly T[]): T | undefined {
  const value = readText(body, name);
  if (value === undefined) return undefined;
  const choice = choices.find((it) => it === value);
  if (choice === undefined) throw new TwilioRefusal(20001, name);
  return choice;
}

export function readObject(body: Body, name: string): Body | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw new TwilioRefusal(20001, name);
  return value as Body;
}
