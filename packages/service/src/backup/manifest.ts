/** What a backup says of itself, beside the secrets and before the database. Source: docs/spec/service-backup.md §3. */

import { bytesToUtf8, utf8ToBytes } from '@sotto/core';
import { operatorError } from '../operator-errors.ts';
import type { TableDigest } from '../store/digest.ts';
import type { Store } from '../store/store.ts';
import { isTableName } from '../store/tables.ts';

export interface Manifest {
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Of the program that made it. */
  readonly release: string;
  /** What it was made of; the backup holds SQLite whatever that was. */
  readonly database: Store['kind'];
  readonly databaseBytes: number;
  readonly migrations: readonly string[];
  readonly tables: readonly TableDigest[];
  /** Of the current service key, hex. */
  readonly serviceKeyId: string;
  /** Of the brain-key secret, hex. */
  readonly brainKeyFingerprint: string;
}

export function encodeManifest(manifest: Manifest): Uint8Array {
  return utf8ToBytes(JSON.stringify(manifest));
}

/** @throws `service-backup/malformed`, `service-backup/unsupported` for a table that we do not have */
export function parseManifest(bytes: Uint8Array): Manifest {
  const value = parseJson(bytes) as Partial<Record<keyof Manifest, unknown>> | null;
  if (!isManifest(value)) throw operatorError('service-backup/malformed');
  if (!value.tables.every(({ table }) => isTableName(table))) throw operatorError('service-backup/unsupported');
  return value;
}

function isManifest(value: Partial<Record<keyof Manifest, unknown>> | null): value is Manifest {
  return (
    typeof value === 'object' &&
    value !== null &&
    isCount(value.createdAt) &&
    isText(value.release) &&
    (value.database === 'sqlite' || value.database === 'postgres') &&
    isCount(value.databaseBytes) &&
    Array.isArray(value.migrations) &&
    value.migrations.every(isText) &&
    Array.isArray(value.tables) &&
    value.tables.every(isTableDigest) &&
    isText(value.serviceKeyId) &&
    isText(value.brainKeyFingerprint)
  );
}

function isTableDigest(value: unknown): boolean {
  const { table, rows, sha256 } = (value ?? {}) as Partial<Record<keyof TableDigest, unknown>>;
  return isText(table) && isCount(rows) && isText(sha256);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(bytesToUtf8(bytes));
  } catch (cause) {
    throw operatorError('service-backup/malformed', { cause });
  }
}
