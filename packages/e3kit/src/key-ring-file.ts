/**
 * A key ring as a text that the user keeps: encrypted under a passphrase, with all that is needed to open it. What it costs to
 * try a passphrase is in it, too, and authenticated. Source: docs/spec/key-store.md §10.
 */
import {
  base64ToBytes,
  bytesToBase64,
  bytesToUtf8,
  concatBytes,
  type CryptoProvider,
  equalBytes,
  importPrivateKey,
  isSdkError,
  type PrivateKey,
  utf8ToBytes,
} from '@sotto/core';
import { keyError } from './key-errors.ts';
import { derivePassphraseKey, isCostInBounds, type PassphraseCost, SALT_LENGTH } from './passphrase-key.ts';

/** Whose keys, and which. The first of them was current when the text was made. */
export interface KeyRingContent {
  readonly appId: string;
  readonly identity: string;
  readonly keys: readonly PrivateKey[];
}

/** Read, and not opened. */
export interface SealedKeyRing {
  readonly cost: PassphraseCost;
  readonly salt: Uint8Array;
  /** All before the ciphertext. */
  readonly head: Uint8Array;
  readonly nonce: Uint8Array;
  readonly body: Uint8Array;
}

const BEGIN = '-----BEGIN SOTTO KEY RING-----';
const END = '-----END SOTTO KEY RING-----';
const LINE_LENGTH = 64;
/** Some thousand keys; bounds what a foreign text can make us spend before its passphrase is tried. */
const MAX_TEXT_LENGTH = 1_000_000;

const MAGIC = utf8ToBytes('SOTTO-KEY-RING');
const VERSION = 1;
const COST_LENGTH = 8;
const NONCE_LENGTH = 12;
const HEAD_LENGTH = MAGIC.length + 1 + COST_LENGTH + SALT_LENGTH + NONCE_LENGTH;
const TAG_LENGTH = 16;
const CHECKSUM_LENGTH = 8;

/** The text, ASCII. `cost` is in bounds. */
export async function sealKeyRing(
  provider: CryptoProvider,
  { appId, identity, keys }: KeyRingContent,
  { passphrase, cost }: { readonly passphrase: string; readonly cost: PassphraseCost },
): Promise<string> {
  const salt = provider.randomBytes(SALT_LENGTH);
  const nonce = provider.randomBytes(NONCE_LENGTH);
  const head = concatBytes(MAGIC, Uint8Array.of(VERSION), encodeCost(cost), salt, nonce);
  const content = JSON.stringify({ appId, identity, keys: keys.map((key) => bytesToBase64(key.exportDer())) });
  const key = await derivePassphraseKey(passphrase, salt, cost);
  const body = await provider.encryptBody({ key, nonce, aad: head }, [utf8ToBytes(content)]);
  const bytes = concatBytes(head, ...body);
  const lines = bytesToBase64(concatBytes(bytes, await checksum(provider, bytes))).match(lineOf(LINE_LENGTH))!;
  return [BEGIN, ...lines, END, ''].join('\n');
}

/**
 * What can be told without the passphrase.
 * @throws `key-ring/damaged`, `key-ring/other-version`, `key-ring/unreasonable-cost`
 */
export async function parseKeyRing(provider: CryptoProvider, text: string): Promise<SealedKeyRing> {
  const bytes = removeArmour(text);
  if (bytes.length < HEAD_LENGTH + TAG_LENGTH + CHECKSUM_LENGTH) throw keyError('key-ring/damaged');
  const end = bytes.length - CHECKSUM_LENGTH;
  const isWhole = equalBytes(bytes.subarray(end), await checksum(provider, bytes.subarray(0, end)));
  if (!isWhole || !equalBytes(bytes.subarray(0, MAGIC.length), MAGIC)) throw keyError('key-ring/damaged');
  if (bytes[MAGIC.length] !== VERSION) throw keyError('key-ring/other-version');
  const costStart = MAGIC.length + 1;
  const saltStart = costStart + COST_LENGTH;
  const nonceStart = saltStart + SALT_LENGTH;
  const cost = decodeCost(bytes.subarray(costStart, saltStart));
  if (!isCostInBounds(cost)) throw keyError('key-ring/unreasonable-cost');
  return {
    cost,
    salt: bytes.subarray(saltStart, nonceStart),
    head: bytes.subarray(0, HEAD_LENGTH),
    nonce: bytes.subarray(nonceStart, HEAD_LENGTH),
    body: bytes.subarray(HEAD_LENGTH, end),
  };
}

/** @param key what the passphrase gives @throws `key-ring/wrong-passphrase`, `key-ring/damaged` */
export async function openKeyRing(
  provider: CryptoProvider,
  { head, nonce, body }: SealedKeyRing,
  key: Uint8Array,
): Promise<KeyRingContent> {
  try {
    return await decodeContent(provider, await provider.decryptBody({ key, nonce, aad: head }, body));
  } catch (cause) {
    throw keyError(isSdkError(cause, 'envelope/undecryptable') ? 'key-ring/wrong-passphrase' : 'key-ring/damaged', {
      cause,
    });
  }
}

async function decodeContent(provider: CryptoProvider, bytes: Uint8Array): Promise<KeyRingContent> {
  // Authenticated, so it has the shape that sealKeyRing gave it; what has not ends as damaged.
  const { appId, identity, keys } = JSON.parse(bytesToUtf8(bytes)) as Record<'appId' | 'identity', string> & {
    readonly keys: readonly string[];
  };
  return {
    appId,
    identity,
    keys: await Promise.all(keys.map((text) => importPrivateKey(provider, base64ToBytes(text)))),
  };
}

/** Mail turns line ends, and puts white space around. Nothing else may have changed. */
function removeArmour(text: string): Uint8Array {
  const lines = text.length > MAX_TEXT_LENGTH ? [] : text.trim().split(/\r?\n/);
  const body = lines.slice(1, -1);
  if (lines[0] !== BEGIN || lines.at(-1) !== END || body.some((line) => line.length > LINE_LENGTH))
    throw keyError('key-ring/damaged');
  try {
    return base64ToBytes(body.join(''));
  } catch (cause) {
    throw keyError('key-ring/damaged', { cause });
  }
}

/** Tells a text that came to harm from a wrong passphrase. It proves nothing: anybody can compute it. */
async function checksum(provider: CryptoProvider, bytes: Uint8Array): Promise<Uint8Array> {
  return (await provider.hash('SHA-256', bytes)).subarray(0, CHECKSUM_LENGTH);
}

function encodeCost({ memoryKiB, passes }: PassphraseCost): Uint8Array {
  const bytes = new Uint8Array(COST_LENGTH);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, memoryKiB);
  view.setUint32(4, passes);
  return bytes;
}

function decodeCost(bytes: Uint8Array): PassphraseCost {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { memoryKiB: view.getUint32(0), passes: view.getUint32(4) };
}

function lineOf(length: number): RegExp {
  return new RegExp(`.{1,${length}}`, 'g');
}
