import { z } from 'zod';
import { LIMITS, type Limits } from './limits.ts';

const limitNames = Object.keys(LIMITS) as (keyof Limits)[];

export const serviceKeyEntrySchema = z.object({
  publicKey: z.string(),
  keyId: z.string(),
  createdAt: z.int(),
  signature: z.string().exactOptional(),
});

export const serviceKeyChainSchema = z.array(serviceKeyEntrySchema).min(1);

export const serviceDescriptionSchema = z.object({
  service: z.literal('sotto'),
  version: z.string(),
  serviceKeys: serviceKeyChainSchema,
  limits: z.record(z.enum(limitNames), z.int()).readonly(),
});
