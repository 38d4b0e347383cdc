/** Where an encrypted key store gets its key from: its caller, a passphrase, or a file beside it. */
import { randomBytes, type ScryptOptions, scrypt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { base64ToBytes, bytesToBase64, utf8ToBytes } from '@sotto/core';
import { storageError } from '../storage-errors.ts';
import { isMissing, writeFilesAtomically } from './node-atomic-write.ts';
import { toStorageError } from './node-errors.ts';
import type { KeyParameters, KeySource } from './node-store-header.ts';

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

/** 128 MiB and about half a second, once per open store: OWASP's first choice for scrypt (as of 2026-08). */
const scryptParameters = { N: 2 ** 17, r: 8, p: 1 };

/** @throws `storage/bad-argument` for an empty passphrase */
export function createPassphraseSource(passphrase: string): KeySource {
  if (passphrase === '') throw storageError('storage/bad-argument', { details: { argument: 'passphrase' } });
  return {
    kind: 'passphrase',
    create: async (storeId) => ({
      key: await stretch(passphrase, storeId, scryptParameters),
      parameters: scryptParameters,
    }),
    find: (storeId, parameters) => stretch(passphrase, storeId, checkScryptParameters(parameters)),
  };
}

type ScryptParameters = typeof scryptParameters;

const scryptAsync = promisify<Uint8Array, Uint8Array, number, ScryptOptions, Buffer>(scrypt);

/** NFC, so that a passphrase is the same whichever keyboard typed it (RFC 8265 §4.2.2). */
function stretch(passphrase: string, storeId: string, { N, r, p }: ScryptParameters): Promise<Uint8Array> {
  const salt = Buffer.from(storeId, 'hex');
  return scryptAsync(utf8ToBytes(passphrase.normalize('NFC')), salt, keyLength, { N, r, p, maxmem: 256 * N * r });
}

/** Bounds what a header can make us spend (1 GiB, 8 times our own work) and how weak it can claim to be. */
function checkScryptParameters({ N = 0, r = 0, p = 0 }: KeyParameters): ScryptParameters {
  const isPowerOfTwo = Number.isInteger(Math.log2(N));
  const isBounded = N >= 2 ** 14 && N <= 2 ** 20 && r === 8 && Number.isInteger(p) && p >= 1 && p <= 4;
  if (!isPowerOfTwo || !isBounded) throw storageError('storage/damaged', { details: { reason: 'scrypt parameters' } });
  return { N, r, p };
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
  } catch (cause) {
    throw storageError('storage/damaged', { details: { file: keyFile }, cause });
  }
  throw storageError('storage/damaged', { details: { file: keyFile } });
}
