import { z } from 'zod';
import { optionalNameSchema, textSchema } from './text.schema.ts';

export const brainKeyRequestSchema = z.object({ blinded_password: textSchema, brainkey_id: optionalNameSchema });

export const brainKeyResponseSchema = z.object({ seed: z.string() });

export const hardenRequestSchema = z.object({ blinded_point: textSchema });

export const hardenResponseSchema = z.object({
  hardened_point: z.string(),
  server_public_key: z.string(),
  proof_value_c: z.string(),
  proof_value_s: z.string(),
});
