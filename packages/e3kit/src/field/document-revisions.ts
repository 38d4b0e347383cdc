/**
 * The newest revisions of documents that this user has read and written on this device, so that an older one in their place is noticed.
 * Kept with what else was seen, under a hash: an id may name a person.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToBase64Url, utf8ToBytes } from '@sotto/core';
import type { CardCache } from '../ports.ts';
import { createSeenFacts } from '../seen-facts.ts';

export interface KnownRevisions {
  /** 0 where none was. */
  readonly read: number;
  readonly written: number;
}

export interface DocumentRevisions {
  get(documentId: string): Promise<KnownRevisions>;
  /** Takes note of what is higher than before. */
  notice(documentId: string, revisions: Partial<KnownRevisions>): Promise<void>;
  clear(): Promise<void>;
}

const NONE: KnownRevisions = { read: 0, written: 0 };

export function createDocumentRevisions(cache: CardCache, scope: readonly string[]): DocumentRevisions {
  const facts = createSeenFacts(cache, 'document', scope);
  const nameOf = (documentId: string): string => facts.nameOf(bytesToBase64Url(sha256(utf8ToBytes(documentId))));

  const get = async (documentId: string): Promise<KnownRevisions> => {
    const text = await cache.read(nameOf(documentId));
    return text === undefined ? NONE : decode(text);
  };

  return {
    get,
    async notice(documentId, { read = 0, written = 0 }) {
      const known = await get(documentId);
      const next = { read: Math.max(known.read, read), written: Math.max(known.written, written) };
      if (next.read === known.read && next.written === known.written) return;
      await cache.write(new Map([[nameOf(documentId), JSON.stringify([next.read, next.written])]]));
    },
    clear: () => facts.clear(),
  };
}

/** What cannot be read counts as never seen: who can spoil an entry of the cache could as well remove it. */
function decode(text: string): KnownRevisions {
  try {
    const [read, written] = JSON.parse(text) as unknown[];
    if (Number.isSafeInteger(read) && Number.isSafeInteger(written))
      return { read: read as number, written: written as number };
  } catch {
    // Below.
  }
  return NONE;
}
