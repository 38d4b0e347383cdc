/** What a JSON text is: a document with encrypted fields, or a card. */
import { bytesToHex, bytesToUtf8, parseCard, type RawCard } from '@sotto/core';
import { inspectFields, parseStrictJson } from '@sotto/core/field';
import type { Card, Document } from './finding.ts';
import { type NameKey, nameReaders } from './known-keys.ts';

/** Undefined for JSON that is neither. @throws `json/*`, `field/*`, `card/*`, `encoding/utf8` */
export function inspectJson(bytes: Uint8Array, nameKey: NameKey): Document | Card | undefined {
  const value = parseStrictJson(bytesToUtf8(bytes));
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.hasOwn(value, '$sotto')) return inspectDocument(value, nameKey);
  return Object.hasOwn(value, 'content_snapshot') ? inspectCard(value as RawCard, nameKey) : undefined;
}

function inspectDocument(value: object, nameKey: NameKey): Document {
  const { revision, expiresAt, fields, readers } = inspectFields(value);
  return {
    kind: 'document with encrypted fields',
    revision,
    expiresAt,
    fields,
    readers: readers.map((ids) => nameReaders(ids, nameKey)),
    lacks: ['open-outline', 'no-forward-secrecy'],
  };
}

function inspectCard(raw: RawCard, nameKey: NameKey): Card {
  const { id, identity, publicKey, createdAt, previousCardId, signatures } = parseCard(raw);
  return {
    kind: 'card',
    id,
    identity,
    key: { ...nameKey(bytesToHex(publicKey.identifier)), type: publicKey.type },
    createdAt: createdAt.toISOString(),
    previousCardId,
    signers: signatures.map(({ signer }) => signer),
  };
}
