/** Where an encrypted key store on Node gets its key from: its caller, or a file beside it. A passphrase: `passphrase-source.ts`. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { base64ToBytes, bytesToBase64, utf8ToBytes } from '@sotto/core';
import { storageError } from '../storage-errors.ts';
import { isMissing, writeFilesAtomically } from './node-atomic-write.ts';
import { toStorageError } from './node-errors.ts';
import type { KeySource } from './store-header.ts';

export const keyLength = 32;

/** @throws `storage/bad-argument` unless `key` has 32 bytes */
export function createBytesSource(key: Uint8Array): KeySource {
  if (key.length !== keyLength) throw storageError('storage/bad-argument', { details: { argument: 'key' } });
  const copy = Uint8Array.from(key);
  return {
    kind: 'bytes',
    create: async () => ({ key: copy, parameters: {} }),
    find: async () => copy,
  };
}

const keyFile = 'key-file.json';
const keyFileFormat = 'sotto-key-file/1';

/**
 * Keeps a random key in a file in `directory`, beside what it encrypts. That is obfuscation: whoever can read the
 * directory can read the keys. It only keeps them out of plain sight and of a copy of the entries alone.
 */
export function createKeyFileSource(directory: string): KeySource {
  const path = join(directory, keyFile);
  return {
    kind: 'key-file',
    // Runs under the store's write lock, and replaces a key of an earlier attempt that did not come to a store.
    async create() {
      const key = randomBytes(keyLength);
      const content = JSON.stringify({ format: keyFileFormat, key: bytesToBase64(key) });
      await writeFilesAtomically(directory, new Map([[keyFile, utf8ToBytes(`${content}\n`)]]));
      return { key, parameters: {} };
    },
    async find() {
      try {
        return parseKeyFile(await readFile(path, 'utf8'));
      } catch (error) {
        if (isMissing(error)) throw storageError('storage/wrong-key', { details: { path, reason: 'missing' } });
        throw toStorageError(error, path);
      }
    },
  };
}

function parseKeyFile(text: string): Uint8Array {
  try {
    const { format, key } = JSON.parse(text) as Record<string, unknown>;
    const bytes = format === keyFileFormat && typeof key === 'string' ? base64ToBytes(key) : undefined;
    if (bytes?.length === keyLength) return bytes;
  } catch {
    // Without the cause: JSON.parse quotes the text that it cannot read, and the text is the key.
  }
  throw storageError('storage/damaged', { details: { file: keyFile } });
}
