/** The secrets of an installation as one piece, to be carried inside a backup and nowhere else. */

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesToBase64, bytesToUtf8, equalBytes, isSdkError, utf8ToBytes } from '@sotto/core';
import { brainKeyFingerprint, type BrainKeySecretLocation, readBrainKeySecret } from '../brain-key-secret.ts';
import type { ServiceKey } from '../domain/service-key.ts';
import { operatorError } from '../operator-errors.ts';
import { createFile } from '../secret-files.ts';
import { openSecrets, secretsFolder, toChainJson, type SecretsLocation } from '../secrets.ts';

export type AllSecretsLocation = SecretsLocation & BrainKeySecretLocation;

export interface AllSecrets {
  readonly serviceKey: ServiceKey;
  /** The one that is announced, or that signs already and is not in the file of its name yet. */
  readonly nextServiceKey?: ServiceKey | undefined;
  readonly brainKeySecret: Uint8Array;
}

/** As they are on disk, by the names of their files. */
type SecretFiles = Readonly<Record<(typeof SECRET_FILES)[number], string>> & {
  readonly [NEXT_KEY_FILE]?: string | undefined;
};

export const SECRET_FILES = ['service-key.pem', 'service-keys.json', 'brain-key-secret'] as const;
const NEXT_KEY_FILE = 'service-key-next.pem';

/** Reads them where they are, and makes nothing. @throws `secrets/unreadable`, `secrets/mismatch` */
export async function readAllSecrets(location: AllSecretsLocation): Promise<AllSecrets> {
  const { serviceKey, nextServiceKey } = await openSecrets({ ...location, secretsDir: secretsFolder(location) });
  return { serviceKey, nextServiceKey, brainKeySecret: readBrainKeySecret(location) };
}

export function encodeSecrets({ serviceKey, nextServiceKey, brainKeySecret }: AllSecrets): Uint8Array {
  const { chain } = nextServiceKey ?? serviceKey;
  const files: SecretFiles = {
    'service-key.pem': serviceKey.privateKey.exportPem(),
    'service-keys.json': toChainJson(chain),
    'brain-key-secret': `${bytesToBase64(brainKeySecret)}\n`,
    [NEXT_KEY_FILE]: nextServiceKey?.privateKey.exportPem(),
  };
  return utf8ToBytes(JSON.stringify(files));
}

/** Writes the files, mode 0600, into a folder that has none of them, and reads them as a start would. @throws `service-backup/malformed`, `secrets/*` */
export async function unpackSecrets(bytes: Uint8Array, folder: string): Promise<AllSecrets> {
  const files = parseFiles(bytes);
  mkdirSync(folder, { mode: 0o700 });
  for (const name of SECRET_FILES) createFile(join(folder, name), files[name]);
  const next = files[NEXT_KEY_FILE];
  if (next !== undefined) createFile(join(folder, NEXT_KEY_FILE), next);
  return readAllSecrets({ secretsDir: folder });
}

/** Which of the files `folder` has in another form than `from`. */
export function findOtherSecrets(folder: string, from: string): string[] {
  return SECRET_FILES.filter((name) => {
    const present = readIfThere(join(folder, name));
    return present !== undefined && present !== readIfThere(join(from, name));
  });
}

/** Whether `folder` has what came of the secrets in `from`: the same brain-key secret, and a chain that goes on from theirs. */
export async function isSuccessor(folder: string, from: string): Promise<boolean> {
  try {
    const [later, former] = await Promise.all([folder, from].map((secretsDir) => readAllSecrets({ secretsDir })));
    if (later === undefined || former === undefined) return false;
    const chain = later.serviceKey.chain.slice(0, former.serviceKey.chain.length);
    return (
      equalBytes(later.brainKeySecret, former.brainKeySecret) &&
      JSON.stringify(chain) === JSON.stringify(former.serviceKey.chain)
    );
  } catch (error) {
    if (isSdkError(error, 'secrets/unreadable') || isSdkError(error, 'secrets/mismatch')) return false;
    throw error;
  }
}

/** Copies those that `folder` lacks. */
export function placeSecrets(folder: string, from: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const next = readIfThere(join(from, NEXT_KEY_FILE));
  if (next !== undefined) createFile(join(folder, NEXT_KEY_FILE), next);
  for (const name of SECRET_FILES) createFile(join(folder, name), readFileSync(join(from, name), 'utf8'));
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
  const isText = (name: keyof SecretFiles) => typeof value?.[name] === 'string';
  if (!SECRET_FILES.every(isText) || (value?.[NEXT_KEY_FILE] !== undefined && !isText(NEXT_KEY_FILE))) {
    throw operatorError('service-backup/malformed');
  }
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
