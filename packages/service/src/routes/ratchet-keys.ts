import {
  RATCHET_KEY_PATHS,
  type PickedRatchetKeys,
  type PickRatchetKeysBatchResponse,
  type SignedRatchetKey,
  type ValidateRatchetKeysResponse,
} from '@sotto/contract';
import {
  pickRatchetKeysBatchRequestSchema,
  pickRatchetKeysRequestSchema,
  uploadRatchetKeysRequestSchema,
  validateRatchetKeysRequestSchema,
} from '@sotto/contract/schemas';
import { bytesToBase64 } from '@sotto/core';
import { Hono, type Context } from 'hono';
import {
  deleteKeys,
  findUsedKeys,
  pickKeys,
  pickKeysOfMany,
  uploadKeys,
  type PickedKeys,
  type RatchetKeyContext,
  type SignedKey,
} from '../domain/ratchet-keys.ts';
import { readBase64 } from './base64.ts';
import type { Dependencies, Env } from './env.ts';
import { readBody, readJson } from './middleware/body.ts';
import { refuseOtherMethods } from './middleware/errors.ts';
import { requireToken } from './middleware/token.ts';

/** Public keys with which conversations begin, as the clients for iOS and Android leave and pick them. */
export function ratchetKeyRoutes(dependencies: Dependencies): Hono<Env> {
  const { store, provider, quotas } = dependencies;
  const contextOf = (c: Context<Env>): RatchetKeyContext => ({ store, provider, quotas, caller: c.get('caller') });
  const token = requireToken(dependencies);
  const routes = new Hono<Env>();

  routes.put(RATCHET_KEY_PATHS.keys, token, async (c) => {
    const { identity_card_id, long_term_key, one_time_keys } = await readJson(c, uploadRatchetKeysRequestSchema);
    await uploadKeys(contextOf(c), {
      cardId: identity_card_id ?? undefined,
      longTermKey: long_term_key == null ? undefined : readSignedKey(long_term_key),
      oneTimeKeys: (one_time_keys ?? []).map((key, index) => readBase64(key, `one_time_keys.${index}`)),
    });
    return c.json({});
  });

  routes.delete(RATCHET_KEY_PATHS.keys, token, async (c) => {
    await readBody(c); // needs none, but one that is there has to fit
    await deleteKeys(contextOf(c));
    return c.json({});
  });

  routes.post(RATCHET_KEY_PATHS.validate, token, async (c) => {
    const { long_term_key_id, one_time_keys_ids } = await readJson(c, validateRatchetKeysRequestSchema);
    const used = await findUsedKeys(contextOf(c), {
      longTermKeyId: long_term_key_id ?? undefined,
      oneTimeKeyIds: one_time_keys_ids ?? [],
    });
    const answer: ValidateRatchetKeysResponse = {
      ...(used.longTermKeyId === undefined ? {} : { used_long_term_key_id: used.longTermKeyId }),
      used_one_time_keys_ids: used.oneTimeKeyIds,
    };
    return c.json(answer);
  });

  routes.post(RATCHET_KEY_PATHS.pickOne, token, async (c) => {
    const { identity } = await readJson(c, pickRatchetKeysRequestSchema);
    return c.json(toAnswer(await pickKeys(contextOf(c), identity)));
  });

  routes.post(RATCHET_KEY_PATHS.pickBatch, token, async (c) => {
    const { identities } = await readJson(c, pickRatchetKeysBatchRequestSchema);
    const picked = await pickKeysOfMany(contextOf(c), identities);
    const answer: PickRatchetKeysBatchResponse = picked.map((keys) => ({ identity: keys.identity, ...toAnswer(keys) }));
    return c.json(answer);
  });

  routes.all(RATCHET_KEY_PATHS.keys, refuseOtherMethods('PUT', 'DELETE'));
  const { validate, pickOne, pickBatch } = RATCHET_KEY_PATHS;
  for (const path of [validate, pickOne, pickBatch]) routes.all(path, refuseOtherMethods('POST'));
  return routes;
}

function readSignedKey({ public_key, signature }: SignedRatchetKey): SignedKey {
  return {
    publicKey: readBase64(public_key, 'long_term_key.public_key'),
    signature: readBase64(signature, 'long_term_key.signature'),
  };
}

/** Without the one-time key where none is left: an empty text would be one to some clients. */
function toAnswer({ identityKey, longTermKey, oneTimeKey }: PickedKeys): PickedRatchetKeys {
  return {
    identity_key: bytesToBase64(identityKey),
    long_term_key: {
      public_key: bytesToBase64(longTermKey.publicKey),
      signature: bytesToBase64(longTermKey.signature),
    },
    ...(oneTimeKey === undefined ? {} : { one_time_key: bytesToBase64(oneTimeKey) }),
  };
}
