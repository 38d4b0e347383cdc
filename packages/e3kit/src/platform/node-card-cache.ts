/** The card cache of a Node program: one readable JSON file per name, as all of it is public. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { utf8ToBytes } from '@sotto/core';
import type { CardCache } from '../ports.ts';
import { storageError } from '../storage-errors.ts';
import { openStoreRoot } from './node-encrypted-store.ts';

export interface FileCardCacheOptions {
  /** Made with mode 0700 if missing; its parent must exist. Used for nothing else. */
  readonly directory: string;
  /** How long to wait for another writer: 60,000 by default. */
  readonly lockTimeoutMs?: number | undefined;
}

interface CachedText {
  readonly format: typeof format;
  readonly name: string;
  readonly text: string;
}

const format = 'sotto-card-cache/1';

/**
 * @throws `storage/damaged` for a file that is not what was written: taken for a missing one, it would make the caller
 * trust anew without a word. `storage/unavailable`, `storage/full`, `storage/locked`
 */
export async function createFileCardCache({ directory, lockTimeoutMs }: FileCardCacheOptions): Promise<CardCache> {
  const { root } = await openStoreRoot(directory, lockTimeoutMs);

  const read = async (file: string): Promise<CachedText | undefined> => {
    const bytes = await root.read(file);
    return bytes && parse(bytes, join(directory, file));
  };

  return {
    async read(name) {
      return (await read(nameToFile(name)))?.text;
    },
    async write(texts) {
      const files = Array.from(texts, ([name, text]): [string, Uint8Array] => {
        const content: CachedText = { format, name, text };
        return [nameToFile(name), utf8ToBytes(`${JSON.stringify(content)}\n`)];
      });
      await root.replace(new Map(files));
    },
    async remove(name) {
      return root.remove(nameToFile(name));
    },
    async list() {
      const files = (await root.list()).filter((file) => /^[0-9a-f]{64}\.json$/.test(file));
      const found = await Promise.all(files.map(read));
      return found.flatMap((content) => content?.name ?? []);
    },
  };
}

/** Hashed, as file systems fold, forbid and shorten names. UTF-16 tells lone surrogates apart, as UTF-8 does not. */
function nameToFile(name: string): string {
  return `${createHash('sha256').update(Buffer.from(name, 'utf16le')).digest('hex')}.json`;
}

function parse(bytes: Uint8Array, path: string): CachedText {
  const content = parseJson(bytes);
  const { name, text } = content;
  const isWhole = content.format === format && typeof name === 'string' && typeof text === 'string';
  if (!isWhole || !path.endsWith(nameToFile(name))) throw storageError('storage/damaged', { details: { path } });
  return { format, name, text };
}

/** The fields of what should be an object; none if it is not. */
function parseJson(bytes: Uint8Array): Partial<Record<keyof CachedText, unknown>> {
  try {
    return Object(JSON.parse(Buffer.from(bytes).toString())) as Partial<Record<keyof CachedText, unknown>>;
  } catch {
    return {};
  }
}
