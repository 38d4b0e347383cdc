import { z } from 'zod';

/**
 * Whether a text survives every database and every UTF-8 encoder as it is. U+0000 ends a string in some of them, and
 * half of a surrogate pair becomes U+FFFD, which would make one identity of two.
 */
export function isStorableText(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text);
}

export const textSchema = z.string().refine(isStorableText, 'text with a zero byte or half a character');
