/** The rules of the card directory. Source: the contract's table of errors says each of them in a sentence. */

import { SELF_SIGNER, SERVICE_SIGNER, type RawCard } from '@sotto/contract';
import {
  bytesToBase64,
  parseCard,
  sign,
  verifySelfSignature,
  base64ToBytes,
  type Card,
  type CryptoProvider,
} from '@sotto/core';
import {
  cardsByIdentities,
  findCard,
  insertCard,
  insertChain,
  markChainRevoked,
  moveChainHead,
  outdatedCardIds,
  type CardRow,
} from '../store/cards.ts';
import type { Queryable, Store } from '../store/store.ts';
import { serviceError } from './errors.ts';
import { isFitIdentity } from './identities.ts';
import { readActiveServiceKey, requireServiceKey, type ServiceKey, type ServiceKeys } from './service-key.ts';
import type { Caller } from './tokens.ts';

export interface CardContext {
  readonly store: Store;
  readonly provider: CryptoProvider;
  readonly serviceKeys: ServiceKeys;
  readonly caller: Caller;
}

/**
 * Checks a card, signs it and writes it; it is on disk when this resolves. Signatures of others than `self` are kept
 * as they came: the service knows no keys for them.
 */
export async function publishCard(
  { store, provider, serviceKeys, caller }: CardContext,
  { raw, now }: { readonly raw: RawCard; readonly now: number },
): Promise<RawCard> {
  checkSigners(raw);
  const card = parseCard(raw);
  checkContent(card, caller);
  await verifySelfSignature(provider, card);
  const serviceKey = await readActiveServiceKey(store.reader, serviceKeys);
  const serviceSignature = await signSnapshot(provider, serviceKey, card.snapshot);
  await store.transact((transaction) =>
    addCard(transaction, { appId: caller.appId, card, serviceSignature, serviceKeyId: serviceKey.keyId, now }),
  );
  return withServiceSignature(raw, serviceSignature);
}

/** The card, and whether it was replaced or revoked. @throws `entity/unknown` */
export async function getCard(
  context: CardContext,
  cardId: string,
): Promise<{ readonly card: RawCard; readonly isSuperseded: boolean }> {
  const row = await findCardById(context.store.reader, { appId: context.caller.appId, cardId });
  const isSuperseded = row.head_card_id !== row.card_id || row.revoked_at !== null;
  return { card: await rowToRawCard(context, row), isSuperseded };
}

/** All cards of those identities, superseded ones included, except those of revoked chains. */
export async function searchCards(
  context: CardContext,
  { identities, cardTypes }: { readonly identities: readonly string[]; readonly cardTypes: readonly string[] },
): Promise<RawCard[]> {
  const rows = await cardsByIdentities(context.store.reader, {
    appId: context.caller.appId,
    identities: [...new Set(identities)],
    cardTypes,
  });
  return Promise.all(rows.map((row) => rowToRawCard(context, row)));
}

/** Those of the ids whose card was replaced or revoked. */
export async function findOutdatedCards({ store, caller }: CardContext, cardIds: readonly string[]): Promise<string[]> {
  return outdatedCardIds(store.reader, { appId: caller.appId, cardIds });
}

/**
 * Revokes the whole chain that the card is in, whichever of its cards is named. Once more does no harm: clients repeat
 * a request whose answer was lost. @throws `entity/unknown`, `card/not-owner`
 */
export async function revokeCard(
  { store, caller }: CardContext,
  { cardId, now }: { readonly cardId: string; readonly now: number },
): Promise<void> {
  const { appId, identity } = caller;
  await store.transact(async (transaction) => {
    const row = await findCardById(transaction, { appId, cardId });
    if (row.identity !== identity) throw serviceError('card/not-owner');
    await markChainRevoked(transaction, { appId, chainId: row.chain_id, revokedAt: now });
  });
}

function checkSigners({ signatures }: RawCard): void {
  const signers = new Set(signatures.map(({ signer }) => signer));
  if (signers.size < signatures.length) throw serviceError('card/duplicate-signer');
  if (signers.has(SERVICE_SIGNER)) throw serviceError('card/reserved-signer');
  if (!signers.has(SELF_SIGNER)) throw serviceError('card/missing-self-signature');
}

function checkContent(card: Card, caller: Caller): void {
  if (!isFitIdentity(card.identity)) throw serviceError('card/wrong-identity');
  if (card.identity !== caller.identity) throw serviceError('card/identity-mismatch');
  // Such a key verifies nothing. Some clients call every signature by one good, so the card must not get that far.
  if (card.publicKey.type === 'CURVE25519') throw serviceError('card/cannot-sign');
}

async function addCard(
  transaction: Queryable,
  options: {
    readonly appId: string;
    readonly card: Card;
    readonly serviceSignature: string;
    readonly serviceKeyId: string;
    readonly now: number;
  },
): Promise<void> {
  const { appId, card } = options;
  const cardId = card.id;
  const previous = await findPreviousCard(transaction, { appId, card });
  const chainId = previous?.chain_id ?? cardId;
  if (previous === undefined) await insertChain(transaction, { appId, cardId });
  const isNew = await insertCard(transaction, {
    application_id: appId,
    card_id: cardId,
    chain_id: chainId,
    identity: card.identity,
    card_type: card.cardType ?? null,
    content_snapshot: card.raw.content_snapshot,
    signatures: JSON.stringify(card.raw.signatures),
    service_signature: options.serviceSignature,
    service_key_id: options.serviceKeyId,
    published_at: options.now,
  });
  // Asked before the previous card is: it was replaced by this very card when a publish is repeated.
  if (!isNew) throw serviceError('card/id-taken');
  if (previous === undefined) return;
  const isReplaced = await moveChainHead(transaction, { appId, chainId, from: previous.card_id, to: cardId });
  if (isReplaced) return;
  // Looked up again, since another may have been quicker where there are several writers.
  const now = await findPreviousCard(transaction, { appId, card });
  throw serviceError(now?.revoked_at == null ? 'card/previous-replaced' : 'card/previous-revoked');
}

async function findPreviousCard(
  transaction: Queryable,
  { appId, card }: { readonly appId: string; readonly card: Card },
): Promise<CardRow | undefined> {
  if (card.previousCardId === undefined) return undefined;
  const previous = await findCard(transaction, { appId, cardId: card.previousCardId });
  if (previous === undefined) throw serviceError('card/previous-unknown');
  if (previous.identity !== card.identity) throw serviceError('card/previous-not-own');
  return previous;
}

async function findCardById(db: Queryable, { appId, cardId }: { appId: string; cardId: string }): Promise<CardRow> {
  const row = isCardId(cardId) ? await findCard(db, { appId, cardId }) : undefined;
  if (row === undefined) throw serviceError('entity/unknown');
  return row;
}

function isCardId(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/**
 * The signature is stored beside the card, so that serving costs no signing. After a rotation of the service key the
 * stored one is by a key that clients no longer expect: such cards are signed anew as they are served (23 µs each) and
 * left as they are in the store, since a rotation that rewrote every card would have to be stopped and resumed.
 */
async function rowToRawCard({ provider, serviceKeys }: CardContext, row: CardRow): Promise<RawCard> {
  const serviceSignature =
    row.service_key_id === row.active_key_id
      ? row.service_signature
      : await signSnapshot(
          provider,
          requireServiceKey(serviceKeys, row.active_key_id ?? undefined),
          base64ToBytes(row.content_snapshot),
        );
  const signatures = JSON.parse(row.signatures) as RawCard['signatures'];
  return withServiceSignature({ content_snapshot: row.content_snapshot, signatures }, serviceSignature);
}

async function signSnapshot(provider: CryptoProvider, serviceKey: ServiceKey, snapshot: Uint8Array): Promise<string> {
  return bytesToBase64(await sign(provider, serviceKey.privateKey, snapshot));
}

function withServiceSignature({ content_snapshot, signatures }: RawCard, signature: string): RawCard {
  return { content_snapshot, signatures: [...signatures, { signer: SERVICE_SIGNER, signature }] };
}
