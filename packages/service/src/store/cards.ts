/** Queries about cards and their chains. */

import { activeServiceKeyId } from './installation-settings.ts';
import type { CardsTable } from './schema.ts';
import type { Queryable } from './store.ts';

/** A card with what its chain says about it. */
export interface CardRow extends Omit<CardsTable, 'application_id' | 'card_type' | 'published_at'> {
  readonly head_card_id: string;
  readonly revoked_at: number | null;
  /** Of the key that signs cards now. */
  readonly active_key_id: string | null;
}

export interface CardPath {
  readonly appId: string;
  readonly cardId: string;
}

export async function findCard(db: Queryable, { appId, cardId }: CardPath): Promise<CardRow | undefined> {
  return selectCards(db, appId).where('cards.card_id', '=', cardId).executeTakeFirst();
}

/** All cards of those identities that are not in a revoked chain, the oldest first. */
export async function cardsByIdentities(
  db: Queryable,
  { appId, identities, cardTypes }: { appId: string; identities: readonly string[]; cardTypes: readonly string[] },
): Promise<CardRow[]> {
  let query = selectCards(db, appId)
    .where('cards.identity', 'in', identities)
    .where('card_chains.revoked_at', 'is', null)
    .orderBy('cards.published_at')
    .orderBy('cards.card_id');
  if (cardTypes.length > 0) query = query.where('cards.card_type', 'in', cardTypes);
  return query.execute();
}

/** Those of the ids whose card was replaced or revoked. */
export async function outdatedCardIds(
  db: Queryable,
  { appId, cardIds }: { appId: string; cardIds: readonly string[] },
): Promise<string[]> {
  if (cardIds.length === 0) return [];
  const rows = await cardsWithChains(db, appId)
    .select('cards.card_id')
    .where('cards.card_id', 'in', cardIds)
    .where((eb) =>
      eb.or([
        eb('card_chains.head_card_id', '!=', eb.ref('cards.card_id')),
        eb('card_chains.revoked_at', 'is not', null),
      ]),
    )
    .execute();
  return rows.map((row) => row.card_id);
}

/** Starts the chain of a card that replaces none. Does nothing if there is one, as when the card is published again. */
export async function insertChain(db: Queryable, { appId, cardId }: CardPath): Promise<void> {
  await db
    .insertInto('card_chains')
    .values({ application_id: appId, chain_id: cardId, head_card_id: cardId, revoked_at: null })
    .onConflict((conflict) => conflict.columns(['application_id', 'chain_id']).doNothing())
    .execute();
}

/** False if the id is taken. */
export async function insertCard(db: Queryable, row: CardsTable): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await db
    .insertInto('cards')
    .values(row)
    .onConflict((conflict) => conflict.columns(['application_id', 'card_id']).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows > 0n;
}

/** Makes `to` the current card of a chain. False if `from` is not its current card, or the chain was revoked. */
export async function moveChainHead(
  db: Queryable,
  { appId, chainId, from, to }: { appId: string; chainId: string; from: string; to: string },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('card_chains')
    .set({ head_card_id: to })
    .where('application_id', '=', appId)
    .where('chain_id', '=', chainId)
    .where('head_card_id', '=', from)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function markChainRevoked(
  db: Queryable,
  { appId, chainId, revokedAt }: { appId: string; chainId: string; revokedAt: number },
): Promise<void> {
  await db
    .updateTable('card_chains')
    .set({ revoked_at: revokedAt })
    .where('application_id', '=', appId)
    .where('chain_id', '=', chainId)
    .where('revoked_at', 'is', null)
    .execute();
}

function selectCards(db: Queryable, appId: string) {
  return cardsWithChains(db, appId).select([
    'cards.card_id',
    'cards.chain_id',
    'cards.content_snapshot',
    'cards.signatures',
    'cards.service_signature',
    'cards.service_key_id',
    'cards.identity',
    'card_chains.head_card_id',
    'card_chains.revoked_at',
    activeServiceKeyId,
  ]);
}

function cardsWithChains(db: Queryable, appId: string) {
  return db
    .selectFrom('cards')
    .innerJoin('card_chains', 'card_chains.chain_id', 'cards.chain_id')
    .where('cards.application_id', '=', appId)
    .where('card_chains.application_id', '=', appId);
}
