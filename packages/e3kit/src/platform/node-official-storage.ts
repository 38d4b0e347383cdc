/** The storage of the official client on Node: a directory with a file for each entry. Source: docs/spec/key-store.md §9.1. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OfficialStorage } from '../ports.ts';
import { isMissing, removeFileDurably } from './node-atomic-write.ts';
import { toStorageError } from './node-errors.ts';
import { parseOfficialEntry } from './official-entry.ts';

export function createFileOfficialStorage(directory: string): OfficialStorage {
  const pathOf = (identity: string): string => join(directory, createHash('sha256').update(identity).digest('hex'));
  return {
    async load(identity) {
      const path = pathOf(identity);
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw toStorageError(error, path);
      }
      return parseOfficialEntry(text, identity);
    },
    async remove(identity) {
      const path = pathOf(identity);
      await removeFileDurably(path).catch((error: unknown) => {
        throw toStorageError(error, path);
      });
    },
  };
}
