/** The contract's shapes as zod schemas, for the side that checks them and for the OpenAPI document. */
export {
  outdatedCardsRequestSchema,
  outdatedCardsResponseSchema,
  publishCardRequestSchema,
  rawCardSchema,
  revokeCardResponseSchema,
  searchCardsRequestSchema,
  searchCardsResponseSchema,
} from './cards.schema.ts';
export { errorResponseSchema } from './errors.schema.ts';
export { healthResponseSchema } from './health.schema.ts';
export { createOpenApiDocument, type OpenApiDocument } from './openapi.ts';
export { OPERATIONS, type Operation } from './operations.ts';
export { parseShape, type Parsed, type Shape } from './parse.ts';
export { isStorableText } from './text.schema.ts';
export { serviceDescriptionSchema, serviceKeyChainSchema } from './well-known.schema.ts';
