/** The contract's shapes as zod schemas, for the side that checks them and for the OpenAPI document. */
export {
  brainKeyRequestSchema,
  brainKeyResponseSchema,
  hardenRequestSchema,
  hardenResponseSchema,
} from './brain-key.schema.ts';
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
export {
  keyknoxRecordSchema,
  keyknoxValueSchema,
  listKeyknoxRequestSchema,
  listKeyknoxResponseSchema,
  pullKeyknoxRequestSchema,
  pushKeyknoxRequestSchema,
  putKeyknoxRequestSchema,
  resetKeyknoxRequestSchema,
} from './keyknox.schema.ts';
export { createOpenApiDocument, type OpenApiDocument } from './openapi.ts';
export type { Operation } from './operation.ts';
export { OPERATIONS } from './operations.ts';
export { parseShape, type Parsed, type Shape } from './parse.ts';
export {
  pickedRatchetKeysSchema,
  pickRatchetKeysBatchRequestSchema,
  pickRatchetKeysBatchResponseSchema,
  pickRatchetKeysRequestSchema,
  ratchetKeysDoneResponseSchema,
  uploadRatchetKeysRequestSchema,
  validateRatchetKeysRequestSchema,
  validateRatchetKeysResponseSchema,
} from './ratchet-keys.schema.ts';
export { isStorableText } from './text.schema.ts';
export { serviceDescriptionSchema, serviceKeyChainSchema } from './well-known.schema.ts';
