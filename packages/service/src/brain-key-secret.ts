/**
 * The secret from which all brain keys follow: `brain-key-secret`, mode 0600, base64 of 32 random bytes. The first start
 * makes it. Every backup under a password needs it for ever, so it is never made twice: the database keeps its fingerprint
 * from the first start on, and a service without the secret of its database does not start.
 */

import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { base64ToBytes, bytesToBase64 } from '@sotto/core';
import { createFile } from './secret-files.ts';
import { secretsFolder, type SecretsLocation } from './secrets.ts';
import { startError } from './start-error.ts';
import { findFact, insertFact } from './store/installation-facts.ts';
import type { Store } from './store/store.ts';

export interface BrainKeySecretLocation extends Pick<SecretsLocation, 'dataDir' | 'secretsDir'> {
  /** Where the secret is instead of `brain-key-secret` in the folder of the secrets. It is never made there. */
  readonly brainKeySecretFile?: string | undefined;
}

export interface OpenedBrainKeySecret {
  readonly secret: Uint8Array;
  readonly file: string;
  /** Whether this start made it. */
  readonly isNew: boolean;
}

/** The fact of the database that says to which secret it belongs. */
export const BRAIN_KEY_FACT = 'brain-key-secret-fingerprint';
export const BRAIN_KEY_FILE = 'brain-key-secret';
const LENGTH = 32;

/** @throws `secrets/unreadable`, `secrets/mismatch` */
export async function openBrainKeySecret(
  store: Store,
  { brainKeySecretFile, ...location }: BrainKeySecretLocation,
): Promise<OpenedBrainKeySecret> {
  const file = brainKeySecretFile ?? fileIn(secretsFolder(location));
  const isOurs = brainKeySecretFile === undefined && location.secretsDir === undefined;
  const isMade = isOurs && (await findFact(store.reader, BRAIN_KEY_FACT)) === undefined;
  const isNew = isMade && createSecretFile(file);
  const secret = readSecret(file);
  const fingerprint = brainKeyFingerprint(secret);
  await store.transact((transaction) => insertFact(transaction, BRAIN_KEY_FACT, fingerprint));
  if ((await findFact(store.reader, BRAIN_KEY_FACT)) !== fingerprint) {
    throw startError(
      'secrets/mismatch',
      `${file} is not the secret of this database: no backup under a password could be opened. Restore the one that belongs to it.`,
    );
  }
  return { secret, file, isNew };
}

/** Reads it where it is, and makes nothing. @throws `secrets/unreadable` */
export function readBrainKeySecret({ brainKeySecretFile, ...location }: BrainKeySecretLocation): Uint8Array {
  return readSecret(brainKeySecretFile ?? fileIn(secretsFolder(location)));
}

/** Hex; what may be known of the secret. */
export function brainKeyFingerprint(secret: Uint8Array): string {
  return createHash('sha256').update('sotto-brain-key-secret\0').update(secret).digest('hex');
}

/** Makes one in a folder, and does nothing where there is one. */
export function createBrainKeySecret(folder: string): void {
  createSecretFile(fileIn(folder));
}

function fileIn(folder: string): string {
  return join(folder, BRAIN_KEY_FILE);
}

function createSecretFile(file: string): boolean {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return createFile(file, `${bytesToBase64(randomBytes(LENGTH))}\n`);
}

function readSecret(file: string): Uint8Array {
  if (!existsSync(file)) {
    throw startError(
      'secrets/unreadable',
      `${file} is missing, and no backup under a password can be opened without it. Restore it from your backup.`,
    );
  }
  let secret: Uint8Array;
  try {
    secret = base64ToBytes(readFileSync(file, 'utf8').trim());
  } catch (cause) {
    throw startError('secrets/unreadable', `${file} cannot be read as base64. Restore it from your backup.`, cause);
  }
  if (secret.length < LENGTH) {
    throw startError('secrets/unreadable', `${file} has fewer than ${LENGTH} bytes. Restore it from your backup.`);
  }
  return secret;
}
