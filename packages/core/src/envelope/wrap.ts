/**
 * One entry per recipient: the content key, wrapped with the recipient's public key, in the form of its type. The
 * agreement and the encryption are the provider's; this file holds their encoding. Source: docs/spec/envelope.md §2–3.
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { compareBytes, equalBytes } from '../encoding/bytes.ts';
import { DerReader, derBits, derInteger, derOctets, derSequence, TAG } from '../encoding/der.ts';
import { hexToBytes } from '../encoding/text.ts';
import { coreError } from '../errors.ts';
import { ALGORITHM, HASH_ALGORITHM } from '../keys/algorithms.ts';
import { type IdentifierKind, identifierOf, type PrivateKey, type PublicKey } from '../keys/key.ts';
import type { CryptoProvider, PublicComponent, WrappedKey } from '../provider/port.ts';
import type { RecipientEntry } from './header.ts';

const KDF2_SHA384 = hexToBytes('3018060728818c71020502300d06096086480165030402020500');
const OID_AES_256_CBC = hexToBytes('060960864801650304012a');
const CONTENT_KEY_LENGTH = 32;
const EPHEMERAL_ALGORITHM = { ed25519: ALGORITHM.ed25519, x25519: ALGORITHM.x25519, p256: ALGORITHM.p256 } as const;
const EPHEMERAL_LENGTH = { ed25519: 32, x25519: 32, p256: 65 } as const;

/**
 * Wraps `contentKey` (32 bytes) for each recipient, order kept. A key given twice gets one entry. Two keys that share their
 * Diffie-Hellman half (a CURVE25519 key and a compound made of it) share one wrapping: with one ephemeral for both, a second one
 * would be under the same keys. @throws `envelope/no-recipients`, `key/unsupported`
 */
export async function wrapContentKey(
  provider: CryptoProvider,
  {
    contentKey,
    recipients,
    identifiers,
  }: {
    readonly contentKey: Uint8Array;
    readonly recipients: readonly PublicKey[];
    readonly identifiers: IdentifierKind;
  },
): Promise<RecipientEntry[]> {
  const entries = new Map<string, { key: PublicKey; halfId: string }>();
  const halves = new Map<string, PublicComponent>();
  for (const key of recipients) {
    const { agreement } = key.parts;
    if (!agreement) throw coreError('key/unsupported', { details: { type: key.type } });
    const halfId = `${agreement.kind} ${bytesToHex(agreement.bytes)}`;
    entries.set(bytesToHex(identifierOf(key, identifiers)), { key, halfId });
    if (!halves.has(halfId)) halves.set(halfId, agreement);
  }
  if (entries.size === 0) throw coreError('envelope/no-recipients');

  const wrapped = await provider.wrapKey(contentKey, [...halves.values()]);
  const encoded = new Map([...halves.keys()].map((halfId, index) => [halfId, encodeWrappedKey(wrapped[index]!)]));
  return [...entries.values()].map(({ key, halfId }) => ({
    identifier: identifierOf(key, identifiers),
    algorithm: key.parts.algorithm,
    encryptedKey: encoded.get(halfId)!,
  }));
}

/**
 * The content key from the first entry that one of `keys` opens.
 * @throws `envelope/not-a-recipient`, `envelope/undecryptable`
 */
export async function unwrapContentKey(
  provider: CryptoProvider,
  { entries, keys }: { readonly entries: readonly RecipientEntry[]; readonly keys: readonly PrivateKey[] },
): Promise<Uint8Array> {
  let isRecipient = false;
  for (const key of keys) {
    const entry = entries.find(({ identifier }) => isNamedBy(key, identifier));
    if (!entry) continue;
    isRecipient = true;
    const contentKey = await tryUnwrap(provider, entry, key);
    if (contentKey) return contentKey;
  }
  throw coreError(isRecipient ? 'envelope/undecryptable' : 'envelope/not-a-recipient');
}

function isNamedBy(key: PrivateKey, identifier: Uint8Array): boolean {
  return (
    equalBytes(identifier, key.identifier) || (identifier.length === 32 && equalBytes(identifier, key.identifierSha256))
  );
}

async function tryUnwrap(
  provider: CryptoProvider,
  entry: RecipientEntry,
  key: PrivateKey,
): Promise<Uint8Array | undefined> {
  const { agreement } = key.parts;
  if (!agreement || compareBytes(entry.algorithm, key.publicKey.parts.algorithm) !== 0) return undefined;
  try {
    const wrapped = agreement.kind === 'rsa' ? rsaBlock(entry) : parseEcies(entry.encryptedKey, agreement.kind);
    const contentKey = await provider.unwrapKey(wrapped, agreement);
    return contentKey.length === CONTENT_KEY_LENGTH ? contentKey : undefined;
  } catch {
    return undefined; // whatever failed, the caller reports one code
  }
}

function rsaBlock(entry: RecipientEntry): WrappedKey {
  return { kind: 'rsa', block: entry.encryptedKey };
}

function encodeWrappedKey(wrapped: WrappedKey): Uint8Array {
  if (wrapped.kind === 'rsa') return wrapped.block;
  const { kind, bytes } = wrapped.ephemeral;
  if (kind === 'rsa') throw coreError('key/unsupported');
  return derSequence(
    derInteger(0),
    derSequence(EPHEMERAL_ALGORITHM[kind], derBits(bytes)),
    KDF2_SHA384,
    derSequence(HASH_ALGORITHM['SHA-384'], derOctets(wrapped.mac)),
    derSequence(derSequence(OID_AES_256_CBC, derOctets(wrapped.iv)), derOctets(wrapped.ciphertext)),
  );
}

/** @throws `encoding/der`, `envelope/undecryptable` */
function parseEcies(encryptedKey: Uint8Array, kind: 'ed25519' | 'x25519' | 'p256'): WrappedKey {
  const whole = new DerReader(encryptedKey);
  const fields = whole.enter(TAG.sequence);
  whole.end();
  if (fields.integer() !== 0) throw coreError('envelope/undecryptable');
  const spki = fields.enter(TAG.sequence);
  expect(spki.element(TAG.sequence), EPHEMERAL_ALGORITHM[kind]);
  const point = spki.read(TAG.bitString);
  spki.end();
  expect(fields.element(TAG.sequence), KDF2_SHA384);
  const macInfo = fields.enter(TAG.sequence);
  expect(macInfo.element(TAG.sequence), HASH_ALGORITHM['SHA-384']);
  const mac = macInfo.read(TAG.octetString);
  macInfo.end();
  const content = fields.enter(TAG.sequence);
  const cipher = content.enter(TAG.sequence);
  expect(cipher.element(TAG.oid), OID_AES_256_CBC);
  const iv = cipher.read(TAG.octetString);
  cipher.end();
  const ciphertext = content.read(TAG.octetString);
  content.end();
  fields.end();
  if (point.length !== 1 + EPHEMERAL_LENGTH[kind] || point[0] !== 0 || iv.length !== 16) {
    throw coreError('envelope/undecryptable');
  }
  return { kind: 'ecies', ephemeral: { kind, bytes: point.subarray(1) }, iv, mac, ciphertext };
}

function expect(found: Uint8Array, expected: Uint8Array): void {
  if (compareBytes(found, expected) !== 0) throw coreError('envelope/undecryptable');
}
