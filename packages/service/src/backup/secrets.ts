/** The secrets of an installation as one piece, to be carried inside a backup and nowhere else. */

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceKeyEntry } from '@sotto/contract';
import { bytesToBase64, bytesToUtf8, utf8ToBytes } from '@sotto/core';
import { brainKeyFingerprint, type BrainKeySecretLocation, readBrainKeySecret } from '../brain-key-secret.ts';
import type { ServiceKey } from '../domain/service-key.ts';
import { operatorError } from '../operator-errors.ts';
import { createFile } from '../secret-files.ts';
import { openSecrets, secretsFolder, type SecretsLocation } from '../secrets.ts';

export type AllSecretsLocation = SecretsLocation & BrainKeySecretLocation;

export interface AllSecrets {
  readonly serviceKey: ServiceKey;
  readonly brainKeySecret: Uint8Array;
}

/** As they are on disk, by the names of their files. */
type SecretFiles = Readonly<Record<(typeof FILES)[number], string>>;

const FILES = ['service-key.pem', 'service-keys.json', 'brain-key-secret'] as const;

/** Reads them where they are, and makes nothing. @throws `secrets/unreadable`, `secrets/mismatch` */
export async function readAllSecrets(location: AllSecretsLocation): Promise<AllSecrets> {
  const { serviceKey } = await openSecrets({ ...location, secretsDir: secretsFolder(location) });
  return { serviceKey, brainKeySecret: readBrainKeySecret(location) };
}

export function encodeSecrets({ serviceKey, brainKeySecret }: AllSecrets): Uint8Array {
  const files: SecretFiles = {
    'service-key.pem': serviceKey.privateKey.exportPem(),
    'service-keys.json': `${JSON.stringify(serviceKey.chain satisfies readonly ServiceKeyEntry[], null, 2)}\n`,
    'brain-key-secret': `${bytesToBase64(brainKeySecret)}\n`,
  };
  return utf8ToBytes(JSON.stringify(files));
}

/** Writes the files, mode 0600, into a folder that has none of them, and reads them as a start would. @throws `service-backup/malformed`, `secrets/*` */
export async function unpackSecrets(bytes: Uint8Array, folder: string): Promise<AllSecrets> {
  const files = parseFiles(bytes);
  mkdirSync(folder, { mode: 0o700 });
  for (const name of FILES) createFile(join(folder, name), files[name]);
  return readAllSecrets({ secretsDir: folder });
}

/** Which of the files `folder` has in another form than `from`. */
export function findOtherSecrets(folder: string, from: string): string[] {
  return FILES.filter((name) => {
    const present = readIfThere(join(folder, name));
    return present !== undefined && present !== readIfThere(join(from, name));
  });
}

/** Copies those that `folder` lacks. */
export function placeSecrets(folder: string, from: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of FILES) createFile(join(folder, name), readFileSync(join(from, name), 'utf8'));
}

/** What may be known of them. */
export function describeSecrets({ serviceKey, brainKeySecret }: AllSecrets) {
  return { serviceKeyId: serviceKey.keyId, brainKeyFingerprint: brainKeyFingerprint(brainKeySecret) };
}

function parseFiles(bytes: Uint8Array): SecretFiles {
  let value: Partial<SecretFiles> | null;
  try {
    value = JSON.parse(bytesToUtf8(bytes)) as Partial<SecretFiles> | null;
  } catch {
    // Without the cause: its message quotes the text.
    throw operatorError('service-backup/malformed');
  }
  if (!FILES.every((name) => typeof value?.[name] === 'string')) throw operatorError('service-backup/malformed');
  return value as SecretFiles;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
