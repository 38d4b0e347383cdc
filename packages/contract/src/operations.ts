/** Every route of the service with what goes in and what comes out: the table behind `/openapi.json`. */

import { BRAIN_KEY_OPERATIONS } from './brain-key.operations.ts';
import { CARD_PATHS } from './cards.ts';
import {
  outdatedCardsRequestSchema,
  outdatedCardsResponseSchema,
  publishCardRequestSchema,
  rawCardSchema,
  revokeCardResponseSchema,
  searchCardsRequestSchema,
  searchCardsResponseSchema,
} from './cards.schema.ts';
import { HEADERS } from './headers.ts';
import { HEALTH_PATHS } from './health.ts';
import { healthResponseSchema } from './health.schema.ts';
import { KEYKNOX_OPERATIONS } from './keyknox.operations.ts';
import type { Operation } from './operation.ts';
import { RATCHET_KEY_OPERATIONS } from './ratchet-keys.operations.ts';
import { WELL_KNOWN_PATH } from './well-known.ts';
import { serviceDescriptionSchema } from './well-known.schema.ts';

export const OPERATIONS: readonly Operation[] = [
  {
    id: 'publishCard',
    method: 'post',
    path: CARD_PATHS.cards,
    summary: 'Publish a card; the answer has the signature of the service too',
    needsToken: true,
    request: publishCardRequestSchema,
    response: rawCardSchema,
    errors: [
      'card/identity-mismatch',
      'card/malformed',
      'card/wrong-identity',
      'card/unsupported-key',
      'card/cannot-sign',
      'card/missing-self-signature',
      'card/bad-self-signature',
      'card/duplicate-signer',
      'card/reserved-signer',
      'card/id-taken',
      'card/previous-unknown',
      'card/previous-not-own',
      'card/previous-replaced',
      'card/previous-revoked',
    ],
  },
  {
    id: 'getCard',
    method: 'get',
    path: CARD_PATHS.card,
    summary: 'Get a card by its id, superseded and revoked ones too',
    needsToken: true,
    response: rawCardSchema,
    responseHeaders: { [HEADERS.isSuperseded]: 'true if the card was replaced or revoked, else absent' },
    errors: ['entity/unknown'],
  },
  {
    id: 'searchCards',
    method: 'post',
    path: CARD_PATHS.search,
    summary: 'Find all cards of some identities, except those of revoked chains',
    needsToken: true,
    request: searchCardsRequestSchema,
    response: searchCardsResponseSchema,
    errors: [],
  },
  {
    id: 'findOutdatedCards',
    method: 'post',
    path: CARD_PATHS.outdated,
    summary: 'Tell which of some cards were replaced or revoked',
    needsToken: true,
    request: outdatedCardsRequestSchema,
    response: outdatedCardsResponseSchema,
    errors: [],
  },
  {
    id: 'revokeCard',
    method: 'post',
    path: CARD_PATHS.revoke,
    summary: 'Revoke a card and with it its whole chain; needs no body',
    needsToken: true,
    response: revokeCardResponseSchema,
    errors: ['entity/unknown', 'card/not-owner'],
  },
  ...KEYKNOX_OPERATIONS,
  ...BRAIN_KEY_OPERATIONS,
  ...RATCHET_KEY_OPERATIONS,
  {
    id: 'describeService',
    method: 'get',
    path: WELL_KNOWN_PATH,
    summary: 'Version, limits and the chain of service keys',
    needsToken: false,
    response: serviceDescriptionSchema,
    errors: [],
  },
  {
    id: 'isLive',
    method: 'get',
    path: HEALTH_PATHS.live,
    summary: 'Whether the process lives',
    needsToken: false,
    response: healthResponseSchema,
    errors: [],
  },
  {
    id: 'isReady',
    method: 'get',
    path: HEALTH_PATHS.ready,
    summary: 'Whether the store answers',
    needsToken: false,
    response: healthResponseSchema,
    errors: ['service/not-ready'],
  },
];
