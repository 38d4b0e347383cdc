import { z } from 'zod';
import { LIMITS } from './limits.ts';
import { nameSchema, textSchema } from './text.schema.ts';

/** Of some 10,000 bytes: a post-quantum compound has about 1,500. */
const keySchema = textSchema.min(1).max(14_000);

const signedKeySchema = z.object({ public_key: z.string(), signature: z.string() });

export const uploadRatchetKeysRequestSchema = z.object({
  identity_card_id: textSchema.nullish(),
  long_term_key: z.object({ public_key: keySchema, signature: keySchema }).nullish(),
  one_time_keys: z.array(keySchema).max(LIMITS.oneTimeKeysPerRequest).nullish(),
});

export const ratchetKeysDoneResponseSchema = z.record(z.string(), z.never());

export const validateRatchetKeysRequestSchema = z.object({
  long_term_key_id: textSchema.nullish(),
  one_time_keys_ids: z.array(textSchema).max(LIMITS.oneTimeKeysPerRequest).nullish(),
});

export const validateRatchetKeysResponseSchema = z.object({
  used_long_term_key_id: z.string().exactOptional(),
  used_one_time_keys_ids: z.array(z.string()),
});

export const pickRatchetKeysRequestSchema = z.object({ identity: nameSchema });

export const pickedRatchetKeysSchema = z.object({
  identity_key: z.string(),
  long_term_key: signedKeySchema,
  one_time_key: z.string().exactOptional(),
});

export const pickRatchetKeysBatchRequestSchema = z.object({
  identities: z.array(nameSchema).min(1).max(LIMITS.identitiesPerPick),
});

export const pickRatchetKeysBatchResponseSchema = z.array(pickedRatchetKeysSchema.extend({ identity: z.string() }));
