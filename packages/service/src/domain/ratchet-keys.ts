/** Ratchet keys: what a user leaves for others to begin a conversation with. Each one-time key is handed out once, ever. */

import { createHash } from 'node:crypto';
import {
  bytesToBase64,
  equalBytes,
  isSdkError,
  parseCard,
  verify,
  verifyEd25519Half,
  type CryptoProvider,
  type PublicKey,
} from '@sotto/core';
import { findCard } from '../store/cards.ts';
import {
  addOneTimeKeys,
  deleteOneTimeKeys,
  deleteRatchetIdentity,
  findRatchetIdentity,
  insertRatchetIdentity,
  lockActiveRatchetIdentity,
  lockRatchetIdentity,
  oneTimeKeyIds,
  takeOneTimeKey,
  updateRatchetIdentity,
} from '../store/ratchet-keys.ts';
import type { Queryable, Store } from '../store/store.ts';
import { serviceError } from './errors.ts';
import type { Quotas } from './quotas.ts';
import type { Caller } from './tokens.ts';

export interface RatchetKeyContext {
  readonly store: Store;
  readonly provider: CryptoProvider;
  readonly quotas: Quotas;
  readonly caller: Caller;
}

export interface SignedKey {
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

export interface PickedKeys {
  readonly identityKey: Uint8Array;
  readonly longTermKey: SignedKey;
  readonly oneTimeKey: Uint8Array | undefined;
}

/**
 * Stores the parts that are given. Under a card with another key than before, everything that was there goes: its
 * signatures do not fit. A one-time key that is there or was handed out already is passed over.
 * @throws the errors `ratchet-keys/…` but `none`
 */
export async function uploadKeys(
  { store, provider, quotas, caller }: RatchetKeyContext,
  upload: {
    readonly cardId: string | undefined;
    readonly longTermKey: SignedKey | undefined;
    readonly oneTimeKeys: readonly Uint8Array[];
  },
): Promise<void> {
  await store.transact(async (transaction) => {
    const before = await lockRatchetIdentity(transaction, caller);
    const cardId = upload.cardId ?? before?.card_id;
    if (cardId === undefined) throw serviceError('ratchet-keys/no-identity-card');
    const identityKey = await readIdentityKey(transaction, { caller, cardId });
    const identityKeyDer = identityKey.exportDer();
    const isSameKey = before !== undefined && equalBytes(before.identity_key, identityKeyDer);
    const kept = isSameKey ? { publicKey: before.long_term_key, signature: before.long_term_signature } : undefined;
    const longTermKey = upload.longTermKey ?? kept;
    if (longTermKey === undefined) throw serviceError('ratchet-keys/no-long-term-key');
    if (longTermKey !== kept) await checkSignature(provider, identityKey, longTermKey);
    const put = before === undefined ? insertRatchetIdentity : updateRatchetIdentity;
    await put(transaction, {
      application_id: caller.appId,
      identity: caller.identity,
      card_id: cardId,
      identity_key: identityKeyDer,
      long_term_key: longTermKey.publicKey,
      long_term_signature: longTermKey.signature,
      ...keyIds(longTermKey.publicKey),
    });
    if (!isSameKey) await deleteOneTimeKeys(transaction, caller);
    if (upload.oneTimeKeys.length === 0) return;
    const oneTimeKeys = upload.oneTimeKeys.map((key) => ({ ...keyIds(key), public_key: key }));
    const count = await addOneTimeKeys(transaction, caller, oneTimeKeys);
    if (count > quotas.oneTimeKeys) {
      throw serviceError('ratchet-keys/too-many', { hint: `at most ${quotas.oneTimeKeys}` });
    }
  });
}

/** Those of the ids whose key is used or unknown. An id of either kind is taken. */
export async function findUsedKeys(
  { store, caller }: RatchetKeyContext,
  { longTermKeyId, oneTimeKeyIds: ids }: { longTermKeyId: string | undefined; oneTimeKeyIds: readonly string[] },
): Promise<{ readonly longTermKeyId: string | undefined; readonly oneTimeKeyIds: string[] }> {
  const current = longTermKeyId === undefined ? undefined : await findRatchetIdentity(store.reader, caller);
  const isCurrent = current !== undefined && [current.key_id, current.short_key_id].includes(longTermKeyId ?? '');
  const keys = ids.length === 0 ? [] : await oneTimeKeyIds(store.reader, caller);
  const unused = new Set(keys.flatMap(({ key_id, short_key_id }) => [key_id, short_key_id]));
  return {
    longTermKeyId: isCurrent ? undefined : longTermKeyId,
    oneTimeKeyIds: ids.filter((id) => !unused.has(id)),
  };
}

/** @throws `ratchet-keys/none` */
export async function pickKeys({ store, caller }: RatchetKeyContext, identity: string): Promise<PickedKeys> {
  const picked = await store.transact((transaction) => takeKeys(transaction, { appId: caller.appId, identity }));
  if (picked === undefined) throw serviceError('ratchet-keys/none');
  return picked;
}

/** One for each identity that has keys, in the order in which they are given; one that is given twice counts once. */
export async function pickKeysOfMany(
  { store, caller }: RatchetKeyContext,
  identities: readonly string[],
): Promise<(PickedKeys & { readonly identity: string })[]> {
  const { appId } = caller;
  const unique = [...new Set(identities)];
  const picked = new Map<string, PickedKeys>();
  await store.transact(async (transaction) => {
    // Everyone in one order: where there are several writers, two that wait for each other would wait for ever.
    for (const identity of unique.toSorted()) {
      const keys = await takeKeys(transaction, { appId, identity });
      if (keys !== undefined) picked.set(identity, keys);
    }
  });
  return unique.flatMap((identity) => {
    const keys = picked.get(identity);
    return keys === undefined ? [] : [{ identity, ...keys }];
  });
}

/** @throws `ratchet-keys/none` */
export async function deleteKeys({ store, caller }: RatchetKeyContext): Promise<void> {
  await store.transact(async (transaction) => {
    if (!(await deleteRatchetIdentity(transaction, caller))) throw serviceError('ratchet-keys/none');
    await deleteOneTimeKeys(transaction, caller);
  });
}

async function readIdentityKey(
  transaction: Queryable,
  { caller, cardId }: { readonly caller: Caller; readonly cardId: string },
): Promise<PublicKey> {
  const card = await findCard(transaction, { appId: caller.appId, cardId });
  if (card === undefined) throw serviceError('ratchet-keys/card-unknown');
  if (card.identity !== caller.identity) throw serviceError('ratchet-keys/card-not-own');
  if (card.revoked_at !== null) throw serviceError('ratchet-keys/card-revoked');
  return parseCard({ content_snapshot: card.content_snapshot, signatures: [] }).publicKey;
}

/** As with cards: of a post-quantum compound the Ed25519 half is checked. */
async function checkSignature(
  provider: CryptoProvider,
  identityKey: PublicKey,
  { publicKey, signature }: SignedKey,
): Promise<void> {
  const check = identityKey.type === 'POST_QUANTUM_COMPOUND' ? verifyEd25519Half : verify;
  let isGood: boolean;
  try {
    isGood = await check(provider, identityKey, publicKey, signature);
  } catch (error) {
    if (!isSdkError(error, 'signature/malformed')) throw error;
    isGood = false;
  }
  if (!isGood) throw serviceError('ratchet-keys/bad-signature');
}

async function takeKeys(
  transaction: Queryable,
  user: { readonly appId: string; readonly identity: string },
): Promise<PickedKeys | undefined> {
  const row = await lockActiveRatchetIdentity(transaction, user);
  if (row === undefined) return undefined;
  return {
    identityKey: row.identity_key,
    longTermKey: { publicKey: row.long_term_key, signature: row.long_term_signature },
    oneTimeKey: await takeOneTimeKey(transaction, user),
  };
}

/** First 8 bytes of SHA-512, base64: of the key as it is, and of its last 32 bytes, which is how some clients do it. */
function keyIds(publicKey: Uint8Array): { readonly key_id: string; readonly short_key_id: string } {
  return { key_id: keyId(publicKey), short_key_id: keyId(publicKey.subarray(-32)) };
}

function keyId(bytes: Uint8Array): string {
  return bytesToBase64(createHash('sha512').update(bytes).digest().subarray(0, 8));
}
