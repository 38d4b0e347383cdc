/**
 * The secrets of an installation, as files: `service-key.pem`, the private key that signs cards, mode 0600, beside it
 * `service-key-next.pem` while another is announced, and `service-keys.json`, the public chain of all keys so far, oldest
 * first (its form is documented in the contract's `well-known.ts`). The first start makes key and chain.
 *
 * For each key the chain counts up to it. So an announcement writes the chain first and the key second: stopped in between,
 * it has not happened.
 */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ServiceKeyEntry } from '@sotto/contract';
import { parseShape, serviceKeyChainSchema } from '@sotto/contract/schemas';
import {
  bytesToBase64,
  bytesToHex,
  generateKeyPair,
  importPrivateKey,
  type PrivateKey,
  type PublicKey,
} from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import type { ServiceKey } from './domain/service-key.ts';
import { createFile } from './secret-files.ts';
import { startError } from './start-error.ts';

export interface SecretsLocation {
  /** Holds them in `secrets/`. */
  readonly dataDir?: string | undefined;
  /** The folder of the secrets itself. What is missing there is never made: other nodes may have it. */
  readonly secretsDir?: string | undefined;
  /** Where the private key is instead of `service-key.pem` in that folder. It is never made there. */
  readonly serviceKeyFile?: string | undefined;
}

export interface OpenedSecrets {
  readonly serviceKey: ServiceKey;
  /** The one that was announced, if it is in the chain. */
  readonly nextServiceKey: ServiceKey | undefined;
  readonly keyFile: string;
  /** Whether this start made the key. */
  readonly isNew: boolean;
}

/** Reads the service key and its chain, and makes what is missing. @throws `secrets/unreadable`, `secrets/mismatch` */
export async function openSecrets(
  location: SecretsLocation,
  { now = Date.now() }: { now?: number } = {},
): Promise<OpenedSecrets> {
  const { keyFile, nextFile, chainFile } = serviceKeyFiles(location);
  const isNew = location.secretsDir === undefined && (await makeMissing(location, now));
  const chain = readChainFile(chainFile);
  const serviceKey = findInChain(await readKeyFile(keyFile), chain);
  if (serviceKey === undefined) {
    throw startError(
      'secrets/mismatch',
      `${keyFile} is no key of the chain in ${chainFile}. Restore the files that belong together.`,
    );
  }
  const nextServiceKey = existsSync(nextFile) ? findInChain(await readKeyFile(nextFile), chain) : undefined;
  return { serviceKey, nextServiceKey, keyFile, isNew };
}

/** The keys that are in the files, of which none is made: one that is gone is to be put back. @throws `secrets/unreadable`, `secrets/mismatch` */
export async function readServiceKeys(location: SecretsLocation): Promise<ServiceKey[]> {
  return keysOf(await openSecrets({ ...location, secretsDir: secretsFolder(location) }));
}

export function keysOf({ serviceKey, nextServiceKey }: OpenedSecrets): ServiceKey[] {
  return nextServiceKey === undefined ? [serviceKey] : [serviceKey, nextServiceKey];
}

/** @throws `config/invalid` if the location names no folder */
export function secretsFolder({ dataDir, secretsDir }: Pick<SecretsLocation, 'dataDir' | 'secretsDir'>): string {
  if (secretsDir !== undefined) return secretsDir;
  if (dataDir !== undefined) return join(dataDir, 'secrets');
  throw startError('config/invalid', 'There is no folder for the secrets. Set SOTTO_SECRETS_DIR.');
}

export interface ServiceKeyFiles {
  readonly keyFile: string;
  /** Of the key that is announced. */
  readonly nextFile: string;
  readonly chainFile: string;
}

export function serviceKeyFiles({ serviceKeyFile, ...location }: SecretsLocation): ServiceKeyFiles {
  const folder = secretsFolder(location);
  const keyFile = serviceKeyFile ?? join(folder, 'service-key.pem');
  return {
    keyFile,
    nextFile: join(dirname(keyFile), 'service-key-next.pem'),
    chainFile: join(folder, 'service-keys.json'),
  };
}

/** Makes a service key and its chain in a folder, and does nothing where they are. */
export async function createServiceKey(folder: string, { now = Date.now() }: { now?: number } = {}): Promise<void> {
  await makeMissing({ secretsDir: folder }, now);
}

/** True if there was no key. */
async function makeMissing(location: SecretsLocation, now: number): Promise<boolean> {
  const { keyFile, chainFile } = serviceKeyFiles(location);
  mkdirSync(dirname(chainFile), { recursive: true, mode: 0o700 });
  const { privateKey } = await generateKeyPair(nodeProvider);
  const isNew = location.serviceKeyFile === undefined && createFile(keyFile, privateKey.exportPem());
  const { publicKey } = await readKeyFile(keyFile);
  createFile(chainFile, toChainJson([describeKey(publicKey, now)]));
  return isNew;
}

async function readKeyFile(file: string): Promise<PrivateKey> {
  let key: PrivateKey;
  try {
    key = await importPrivateKey(nodeProvider, readFileSync(file));
  } catch (cause) {
    throw startError(
      'secrets/unreadable',
      `${file} cannot be read as a private key, PEM or DER. Restore it from your backup.`,
      cause,
    );
  }
  if (key.publicKey.type !== 'ED25519') {
    throw startError('secrets/unreadable', `${file} is not an Ed25519 key, which is what clients expect of a service.`);
  }
  return key;
}

function readChainFile(file: string): ServiceKeyEntry[] {
  try {
    const parsed = parseShape(serviceKeyChainSchema, JSON.parse(readFileSync(file, 'utf8')));
    if (parsed.ok) return parsed.value;
  } catch (cause) {
    throw startError('secrets/unreadable', `${file} cannot be read. Restore it from your backup.`, cause);
  }
  throw startError('secrets/unreadable', `${file} is no chain of service keys. Restore it from your backup.`);
}

function findInChain(privateKey: PrivateKey, chain: readonly ServiceKeyEntry[]): ServiceKey | undefined {
  const keyId = bytesToHex(privateKey.publicKey.identifier);
  const index = chain.findIndex((entry) => entry.keyId === keyId);
  return index < 0 ? undefined : { privateKey, keyId, chain: chain.slice(0, index + 1) };
}

export function describeKey(publicKey: PublicKey, now: number): ServiceKeyEntry {
  return {
    publicKey: bytesToBase64(publicKey.exportDer()),
    keyId: bytesToHex(publicKey.identifier),
    createdAt: Math.floor(now / 1000),
  };
}

export function toChainJson(chain: readonly ServiceKeyEntry[]): string {
  return `${JSON.stringify(chain, null, 2)}\n`;
}
