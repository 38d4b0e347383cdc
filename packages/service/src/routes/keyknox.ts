import { HEADERS, KEYKNOX_PATHS, type KeyknoxRecord, type KeyknoxValue } from '@sotto/contract';
import {
  listKeyknoxRequestSchema,
  pullKeyknoxRequestSchema,
  pushKeyknoxRequestSchema,
  putKeyknoxRequestSchema,
  resetKeyknoxRequestSchema,
} from '@sotto/contract/schemas';
import { bytesToBase64 } from '@sotto/core';
import { Hono, type Context } from 'hono';
import { createContent, type Content } from '../domain/keyknox-content.ts';
import {
  listRecords,
  pullRecord,
  pushRecord,
  resetRecords,
  type PartialNames,
  type StoredRecord,
} from '../domain/keyknox-records.ts';
import { getValue, putValue, resetValue, type KeyknoxContext, type StoredValue } from '../domain/keyknox-values.ts';
import { readBase64 } from './base64.ts';
import type { Dependencies, Env } from './env.ts';
import { readBody, readJson } from './middleware/body.ts';
import { refuseHead, refuseOtherMethods } from './middleware/errors.ts';
import { requireToken } from './middleware/token.ts';

/** Encrypted values, one per user (v1) and shared records (v2). Nothing is found without a 404: it is empty. */
export function keyknoxRoutes(dependencies: Dependencies): Hono<Env> {
  const { store, quotas } = dependencies;
  const contextOf = (c: Context<Env>): KeyknoxContext => ({ store, quotas, caller: c.get('caller') });
  const token = requireToken(dependencies);
  const routes = new Hono<Env>();

  routes.get(KEYKNOX_PATHS.value, refuseHead('GET', 'PUT'), token, async (c) =>
    answerValue(c, await getValue(contextOf(c))),
  );

  routes.put(KEYKNOX_PATHS.value, token, async (c) => {
    const content = readContent(await readJson(c, putKeyknoxRequestSchema));
    return answerValue(c, await putValue(contextOf(c), { content, previousHash: previousHashOf(c) }));
  });

  routes.post(KEYKNOX_PATHS.resetValue, token, async (c) => {
    await readBody(c); // needs none, but one that is there has to fit
    return answerValue(c, await resetValue(contextOf(c)));
  });

  routes.post(KEYKNOX_PATHS.push, token, async (c) => {
    const { root, path, key, identities, ...content } = await readJson(c, pushKeyknoxRequestSchema);
    const names = { root, path, key };
    const record = await pushRecord(contextOf(c), {
      names,
      identities: identities ?? [],
      content: readContent(content),
      previousHash: previousHashOf(c),
    });
    return answerRecord(c, names, record);
  });

  routes.post(KEYKNOX_PATHS.pull, token, async (c) => {
    const { identity: owner, ...names } = await readJson(c, pullKeyknoxRequestSchema);
    return answerRecord(c, names, await pullRecord(contextOf(c), { names, owner }));
  });

  routes.post(KEYKNOX_PATHS.keys, token, async (c) => {
    const { root, path, identity: owner } = await readJson(c, listKeyknoxRequestSchema);
    return c.json(await listRecords(contextOf(c), { root, path, owner }));
  });

  routes.post(KEYKNOX_PATHS.reset, token, async (c) => {
    const { root, path, key, identity: participant } = await readJson(c, resetKeyknoxRequestSchema);
    const names = { root, path, key };
    return answerRecord(c, names, await resetRecords(contextOf(c), { names, participant }));
  });

  routes.all(KEYKNOX_PATHS.value, refuseOtherMethods('GET', 'PUT'));
  const { resetValue: v1Reset, push, pull, keys, reset } = KEYKNOX_PATHS;
  for (const path of [v1Reset, push, pull, keys, reset]) routes.all(path, refuseOtherMethods('POST'));
  return routes;
}

function readContent({ meta, value }: { readonly meta: string; readonly value: string }): Content {
  return createContent({ meta: readBase64(meta, 'meta'), value: readBase64(value, 'value') });
}

/** A blank one is none. */
function previousHashOf(c: Context<Env>): string | undefined {
  return c.req.header(HEADERS.keyknoxPreviousHash)?.trim() || undefined;
}

function answerValue(c: Context<Env>, { meta, value, version, hash }: StoredValue): Response {
  const body: KeyknoxValue = { meta: bytesToBase64(meta), value: bytesToBase64(value), version: `${version}.0` };
  c.header(HEADERS.keyknoxHash, hash);
  return c.json(body);
}

/** With the names as they were asked for, and "" for those that were not. */
function answerRecord(
  c: Context<Env>,
  { root = '', path = '', key = '' }: PartialNames,
  { owner, identities, meta, value, hash }: StoredRecord,
): Response {
  const content = { meta: bytesToBase64(meta), value: bytesToBase64(value) };
  const body: KeyknoxRecord = { owner, root, path, key, identities, ...content };
  c.header(HEADERS.keyknoxHash, hash);
  return c.json(body);
}
