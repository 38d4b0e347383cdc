/**
 * The key of a store that a passphrase locks. The key itself is random and stays; what the head keeps is the key encrypted
 * under another one that the passphrase gives. So a new passphrase is one write of the head.
 */
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@sotto/core';
import {
  derivePassphraseKey,
  isCostInBounds,
  LANES,
  LEAST_COST,
  type Passphrase,
  type PassphraseChange,
  type PassphraseCost,
  SALT_LENGTH,
  strongerCost,
} from '../passphrase-key.ts';
import { storageError } from '../storage-errors.ts';
import type { WebCrypto } from './browser-globals.ts';
import { encodeHeader, FORMAT, type KeyParameters, type KeySource, openHeader } from './store-header.ts';

const KEY_LENGTH = 32;
const NONCE_LENGTH = 12;

/** @throws `storage/bad-argument` for an empty passphrase, or a cost out of bounds */
export function createPassphraseSource(crypto: WebCrypto, { passphrase, cost = LEAST_COST }: Passphrase): KeySource {
  checkPassphrase(passphrase);
  if (!isCostInBounds(cost)) throw storageError('storage/bad-argument', { details: { argument: 'cost' } });
  return {
    kind: 'passphrase',
    async create(storeId) {
      const key = crypto.getRandomValues(new Uint8Array(KEY_LENGTH));
      return { key, parameters: await lock(crypto, { key, storeId, passphrase, cost }) };
    },
    find: (storeId, parameters) => unlock(crypto, { parameters, storeId, passphrase }),
  };
}

/**
 * The head `text` under a new passphrase, with a cost that is no less than before. Entries stay as they are.
 * @throws as `openHeader`; `storage/bad-argument` for an empty passphrase, or a cost out of bounds
 */
export async function changePassphrase(
  crypto: WebCrypto,
  text: string,
  { newPassphrase, ...former }: PassphraseChange,
): Promise<string> {
  checkPassphrase(newPassphrase);
  const { facts, key, keys } = await openHeader(crypto, text, createPassphraseSource(crypto, former));
  const cost = strongerCost(parseParameters(facts.parameters).cost, former.cost ?? LEAST_COST);
  const parameters = await lock(crypto, { key, storeId: facts.id, passphrase: newPassphrase, cost });
  return encodeHeader(crypto, { facts: { ...facts, parameters }, keys });
}

interface LockedFor {
  readonly storeId: string;
  readonly passphrase: string;
}

async function lock(
  crypto: WebCrypto,
  { key, storeId, passphrase, cost }: LockedFor & { readonly key: Uint8Array; readonly cost: PassphraseCost },
): Promise<KeyParameters> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_LENGTH));
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_LENGTH));
  const wrapping = await deriveWrapping(crypto, passphrase, { salt, cost });
  const sealed = await crypto.subtle.encrypt(toAlgorithm(nonce, storeId), wrapping, key);
  return {
    m: cost.memoryKiB,
    t: cost.passes,
    p: LANES,
    salt: bytesToHex(salt),
    lockedKey: bytesToHex(concatBytes(nonce, new Uint8Array(sealed))),
  };
}

async function unlock(
  crypto: WebCrypto,
  { parameters, storeId, passphrase }: LockedFor & { readonly parameters: KeyParameters },
): Promise<Uint8Array> {
  const { lockedKey, ...derivation } = parseParameters(parameters);
  const wrapping = await deriveWrapping(crypto, passphrase, derivation);
  const algorithm = toAlgorithm(lockedKey.slice(0, NONCE_LENGTH), storeId);
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, wrapping, lockedKey.slice(NONCE_LENGTH)));
  } catch (cause) {
    throw storageError('storage/wrong-key', { cause });
  }
}

async function deriveWrapping(
  { subtle }: WebCrypto,
  passphrase: string,
  { salt, cost }: { readonly salt: Uint8Array; readonly cost: PassphraseCost },
) {
  const key = await derivePassphraseKey(passphrase, salt, cost);
  const wrapping = await subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']);
  key.fill(0);
  return wrapping;
}

/** A locked key of another store does not open here. */
function toAlgorithm(iv: Uint8Array, storeId: string) {
  return { name: 'AES-GCM', iv, additionalData: utf8ToBytes(`${FORMAT} locked key ${storeId}`) };
}

/** Bounds how weak a head can claim to be, and what it can make us spend. */
function parseParameters({ m, t, p, salt, lockedKey }: KeyParameters) {
  const cost: PassphraseCost = { memoryKiB: Number(m), passes: Number(t) };
  const isUsable =
    typeof m === 'number' &&
    typeof t === 'number' &&
    p === LANES &&
    isCostInBounds(cost) &&
    isHex(salt, SALT_LENGTH) &&
    isHex(lockedKey, NONCE_LENGTH + KEY_LENGTH + 16);
  if (!isUsable) throw storageError('storage/damaged', { details: { reason: 'passphrase parameters' } });
  return { cost, salt: hexToBytes(salt), lockedKey: hexToBytes(lockedKey) };
}

function isHex(text: string | number | undefined, length: number): text is string {
  return typeof text === 'string' && text.length === 2 * length && /^[0-9a-f]*$/.test(text);
}

function checkPassphrase(passphrase: string): void {
  if (typeof passphrase !== 'string' || passphrase === '')
    throw storageError('storage/bad-argument', { details: { argument: 'passphrase' } });
}
