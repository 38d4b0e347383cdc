import { CARD_PATHS, HEADERS, type RawCard } from '@sotto/contract';
import {
  outdatedCardsRequestSchema,
  publishCardRequestSchema,
  searchCardsRequestSchema,
} from '@sotto/contract/schemas';
import { Hono, type Context } from 'hono';
import { findOutdatedCards, getCard, publishCard, revokeCard, searchCards, type CardContext } from '../domain/cards.ts';
import type { Dependencies, Env } from './env.ts';
import { readBody, readJson } from './middleware/body.ts';
import { refuseHead, refuseOtherMethods } from './middleware/errors.ts';
import { requireToken } from './middleware/token.ts';

/** The card directory as Virgil's clients know it. */
export function cardRoutes(dependencies: Dependencies): Hono<Env> {
  const { store, provider, serviceKeys, clock } = dependencies;
  const contextOf = (c: Context<Env>): CardContext => ({ store, provider, serviceKeys, caller: c.get('caller') });
  const token = requireToken(dependencies);
  const routes = new Hono<Env>();

  routes.post(CARD_PATHS.cards, token, async (c) => {
    const raw = withoutNulls(await readJson(c, publishCardRequestSchema));
    return c.json(await publishCard(contextOf(c), { raw, now: clock() }));
  });

  routes.get(CARD_PATHS.card, refuseHead('GET'), token, async (c) => {
    const { card, isSuperseded } = await getCard(contextOf(c), c.req.param('id'));
    if (isSuperseded) c.header(HEADERS.isSuperseded, 'true');
    return c.json(card);
  });

  routes.post(CARD_PATHS.search, token, async (c) => {
    const { identities, card_types: cardTypes } = await readJson(c, searchCardsRequestSchema);
    return c.json(await searchCards(contextOf(c), { identities, cardTypes: cardTypes ?? [] }));
  });

  routes.post(CARD_PATHS.outdated, token, async (c) => {
    const { card_ids: cardIds } = await readJson(c, outdatedCardsRequestSchema);
    return c.json(await findOutdatedCards(contextOf(c), cardIds));
  });

  // Without the superseded header, always: the JVM client turns it into an exception here.
  routes.post(CARD_PATHS.revoke, token, async (c) => {
    await readBody(c); // needs none, but one that is there has to fit
    await revokeCard(contextOf(c), { cardId: c.req.param('id'), now: clock() });
    return c.json({});
  });

  routes.all(CARD_PATHS.card, refuseOtherMethods('GET'));
  for (const path of [CARD_PATHS.cards, CARD_PATHS.search, CARD_PATHS.outdated, CARD_PATHS.revoke]) {
    routes.all(path, refuseOtherMethods('POST'));
  }
  return routes;
}

/** Swift sends null for an absent member; what is stored and sent back leaves it out. */
function withoutNulls(raw: {
  content_snapshot: string;
  signatures: { signer: string; signature: string; snapshot?: string | null | undefined }[];
}): RawCard {
  const signatures = raw.signatures.map(({ signer, signature, snapshot }) => ({
    signer,
    signature,
    ...(snapshot == null ? {} : { snapshot }),
  }));
  return { content_snapshot: raw.content_snapshot, signatures };
}
