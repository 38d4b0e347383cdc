import { z } from 'zod';
import { LIMITS } from './limits.ts';

/**
 * Whether a text survives every database and every UTF-8 encoder as it is. U+0000 ends a string in some of them, and
 * half of a surrogate pair becomes U+FFFD, which would make one identity of two.
 */
export function isStorableText(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text);
}

export const textSchema = z.string().refine(isStorableText, 'text with a zero byte or half a character');

/** What stands in a key of a database: an identity, or a name that a client gives to what it stores. */
export const nameSchema = textSchema.min(1).refine(isShort, `text of more than ${LIMITS.identityBytes} bytes`);

/** Absent, null and empty are one. */
export const optionalNameSchema = textSchema
  .refine(isShort, `text of more than ${LIMITS.identityBytes} bytes`)
  .nullish()
  .transform((name) => name || undefined);

function isShort(text: string): boolean {
  return new TextEncoder().encode(text).length <= LIMITS.identityBytes;
}
