import { BRAIN_KEY_PATHS, type BrainKeyResponse, type HardenResponse } from '@sotto/contract';
import { brainKeyRequestSchema, hardenRequestSchema } from '@sotto/contract/schemas';
import { bytesToBase64 } from '@sotto/core';
import { Hono, type Context } from 'hono';
import { hardenBlindedPoint, transformBlindedPassword, type BrainKeyContext } from '../domain/brain-key.ts';
import { readBase64 } from './base64.ts';
import type { Dependencies, Env } from './env.ts';
import { readJson } from './middleware/body.ts';
import { refuseOtherMethods } from './middleware/errors.ts';
import { requireToken } from './middleware/token.ts';

/** The service's half of a brain key, in both of its protocols. They share the count of guesses. */
export function brainKeyRoutes(dependencies: Dependencies): Hono<Env> {
  const { store, brainKeys: computer, guessLimits: limits, clock } = dependencies;
  const contextOf = (c: Context<Env>): BrainKeyContext => ({
    store,
    computer,
    limits,
    caller: c.get('caller'),
    now: clock(),
  });
  const token = requireToken(dependencies);
  const routes = new Hono<Env>();

  routes.post(BRAIN_KEY_PATHS.pythia, token, async (c) => {
    const { blinded_password, brainkey_id: brainKeyId } = await readJson(c, brainKeyRequestSchema);
    const blindedPassword = readBase64(blinded_password, 'blinded_password');
    const seed = await transformBlindedPassword(contextOf(c), { blindedPassword, brainKeyId });
    const answer: BrainKeyResponse = { seed: bytesToBase64(seed) };
    return c.json(answer);
  });

  routes.post(BRAIN_KEY_PATHS.harden, token, async (c) => {
    const { blinded_point } = await readJson(c, hardenRequestSchema);
    const hardened = await hardenBlindedPoint(contextOf(c), readBase64(blinded_point, 'blinded_point'));
    const answer: HardenResponse = {
      hardened_point: bytesToBase64(hardened.hardenedPoint),
      server_public_key: bytesToBase64(hardened.serverPublicKey),
      proof_value_c: bytesToBase64(hardened.proofC),
      proof_value_s: bytesToBase64(hardened.proofS),
    };
    return c.json(answer);
  });

  for (const path of Object.values(BRAIN_KEY_PATHS)) routes.all(path, refuseOtherMethods('POST'));
  return routes;
}
