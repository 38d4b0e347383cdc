/**
 * The HTTP contract of the service as plain constants and types: what a client bundles.
 * The zod schemas that check the same shapes at run time are `@sotto/contract/schemas`.
 */
export {
  BRAIN_KEY_PATHS,
  type BrainKeyRequest,
  type BrainKeyResponse,
  type HardenRequest,
  type HardenResponse,
} from './brain-key.ts';
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
export {
  KEYKNOX_PATHS,
  type KeyknoxContent,
  type KeyknoxName,
  type KeyknoxRecord,
  type KeyknoxValue,
  type ListKeyknoxRequest,
  type ListKeyknoxResponse,
  type PullKeyknoxRequest,
  type PushKeyknoxRequest,
  type ResetKeyknoxRequest,
} from './keyknox.ts';
export { LIMITS, type Limits } from './limits.ts';
export { pathTo } from './path.ts';
export {
  RATCHET_KEY_PATHS,
  type PickedRatchetKeys,
  type PickRatchetKeysBatchRequest,
  type PickRatchetKeysBatchResponse,
  type PickRatchetKeysRequest,
  type RatchetKeysDoneResponse,
  type SignedRatchetKey,
  type UploadRatchetKeysRequest,
  type ValidateRatchetKeysRequest,
  type ValidateRatchetKeysResponse,
} from './ratchet-keys.ts';
export { WELL_KNOWN_PATH, type ServiceDescription, type ServiceKeyEntry } from './well-known.ts';
