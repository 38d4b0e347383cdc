import { BRAIN_KEY_PATHS } from './brain-key.ts';
import {
  brainKeyRequestSchema,
  brainKeyResponseSchema,
  hardenRequestSchema,
  hardenResponseSchema,
} from './brain-key.schema.ts';
import type { Operation } from './operation.ts';

const errors = [
  'brain-key/too-many-guesses',
  'body/not-base64',
  'brain-key/bad-point',
  'identity/wrong',
  'service/busy',
] as const;

export const BRAIN_KEY_OPERATIONS: readonly Operation[] = [
  {
    id: 'transformBlindedPassword',
    method: 'post',
    path: BRAIN_KEY_PATHS.pythia,
    summary: 'Transform a blinded password, by Pythia',
    needsToken: true,
    request: brainKeyRequestSchema,
    response: brainKeyResponseSchema,
    errors,
  },
  {
    id: 'hardenBlindedPoint',
    method: 'post',
    path: BRAIN_KEY_PATHS.harden,
    summary: 'Harden a blinded point, with a proof that it was done right',
    needsToken: true,
    request: hardenRequestSchema,
    response: hardenResponseSchema,
    errors,
  },
];
