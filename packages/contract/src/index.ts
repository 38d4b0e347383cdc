/**
 * The HTTP contract of the service as plain constants and types: what a client bundles.
 * The zod schemas that check the same shapes at run time are `@sotto/contract/schemas`.
 */
export {
  CARD_ID_TAKEN,
  CARD_PATHS,
  SELF_SIGNER,
  SERVICE_SIGNER,
  type OutdatedCardsRequest,
  type OutdatedCardsResponse,
  type RawCard,
  type RawSignature,
  type RevokeCardResponse,
  type SearchCardsRequest,
  type SearchCardsResponse,
} from './cards.ts';
export {
  SERVICE_ERRORS,
  isServiceErrorName,
  type ErrorResponse,
  type ServiceError,
  type ServiceErrorName,
} from './errors.ts';
export { HEADERS, TOKEN_SCHEME } from './headers.ts';
export { HEALTH_PATHS, type HealthResponse } from './health.ts';
export { LIMITS, type Limits } from './limits.ts';
export { pathTo } from './path.ts';
export { WELL_KNOWN_PATH, type ServiceDescription, type ServiceKeyEntry } from './well-known.ts';
