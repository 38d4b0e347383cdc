import { z } from 'zod';
import { LIMITS } from './limits.ts';
import { nameSchema, optionalNameSchema, textSchema } from './text.schema.ts';

/** A client throws when exactly one of the two is empty, so neither may be. */
const contentShape = { meta: textSchema.min(1), value: textSchema.min(1) };

const nameShape = { root: nameSchema, path: nameSchema, key: nameSchema };

export const keyknoxValueSchema = z.object({ meta: z.string(), value: z.string(), version: z.string() });

export const keyknoxRecordSchema = z.object({
  owner: z.string(),
  root: z.string(),
  path: z.string(),
  key: z.string(),
  identities: z.array(z.string()),
  meta: z.string(),
  value: z.string(),
});

export const putKeyknoxRequestSchema = z.object(contentShape);

/** Identities are needed, but that they are missing is an error with a number of its own. */
export const pushKeyknoxRequestSchema = z.object({
  ...nameShape,
  ...contentShape,
  identities: z.array(nameSchema).max(LIMITS.identitiesPerPush).nullish(),
});

export const pullKeyknoxRequestSchema = z.object({ ...nameShape, identity: optionalNameSchema });

export const listKeyknoxRequestSchema = z.object({
  root: optionalNameSchema,
  path: optionalNameSchema,
  identity: optionalNameSchema,
});

export const listKeyknoxResponseSchema = z.array(z.string());

export const resetKeyknoxRequestSchema = z.object({
  root: optionalNameSchema,
  path: optionalNameSchema,
  key: optionalNameSchema,
  identity: optionalNameSchema,
});
