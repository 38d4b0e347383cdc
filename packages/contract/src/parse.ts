import type { z } from 'zod';

/** A value of the right shape, or where it went wrong: the place and what was expected there, never the value found. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: string };

/** A schema of the contract, for those who do not import zod. */
export type Shape<T> = z.ZodType<T>;

/** Checks an unknown value against a schema of the contract. */
export function parseShape<T>(schema: Shape<T>, value: unknown): Parsed<T> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  const place = issue?.path.join('.') ?? '';
  return { ok: false, fault: `${place === '' ? 'body' : place}: ${issue?.message ?? 'unexpected'}` };
}
