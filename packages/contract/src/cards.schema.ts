import { z } from 'zod';
import { LIMITS } from './limits.ts';
import { textSchema } from './text.schema.ts';

export const rawSignatureSchema = z.object({
  signer: textSchema,
  signature: textSchema,
  snapshot: textSchema.exactOptional(),
});

export const rawCardSchema = z.object({
  content_snapshot: textSchema,
  signatures: z.array(rawSignatureSchema),
});

/** Some clients send null where others leave a member out. */
export const publishCardRequestSchema = rawCardSchema.extend({
  signatures: z.array(rawSignatureSchema.extend({ snapshot: textSchema.nullish() })).max(LIMITS.signaturesPerCard),
});

export const searchCardsRequestSchema = z.object({
  identities: z.array(textSchema).min(1).max(LIMITS.identitiesPerSearch),
  card_types: z.array(textSchema).max(LIMITS.cardTypesPerSearch).nullish(),
});

export const searchCardsResponseSchema = z.array(rawCardSchema);

export const outdatedCardsRequestSchema = z.object({
  card_ids: z.array(textSchema).max(LIMITS.cardIdsPerRequest),
});

export const outdatedCardsResponseSchema = z.array(z.string());

export const revokeCardResponseSchema = z.record(z.string(), z.never());
