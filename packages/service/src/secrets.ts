/**
 * The secrets of an installation, as files: `service-key.pem`, the private key that signs cards, mode 0600, and
 * `service-keys.json`, the public chain of all keys so far, oldest first (its form is documented in the contract's
 * `well-known.ts`). The first start makes both.
 *
 * The chain counts up to the key that is held. So a rotation replaces the chain first and the key second: stopped in
 * between, it has not happened.
 */

import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ServiceKeyEntry } from '@sotto/contract';
import { parseShape, serviceKeyChainSchema } from '@sotto/contract/schemas';
import {
  bytesToBase64,
  bytesToHex,
  generateKeyPair,
  importPrivateKey,
  signServiceKey,
  type PrivateKey,
  type PublicKey,
} from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import type { ServiceKey } from './domain/service-key.ts';
import { createFile, replaceFile } from './secret-files.ts';
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
  readonly keyFile: string;
  /** Whether this start made the key. */
  readonly isNew: boolean;
}

/** Reads the service key and its chain, and makes what is missing. @throws `secrets/unreadable`, `secrets/mismatch` */
export async function openSecrets(
  location: SecretsLocation,
  { now = Date.now() }: { now?: number } = {},
): Promise<OpenedSecrets> {
  const { keyFile, chainFile } = fileNames(location);
  const isNew = location.secretsDir === undefined && (await makeMissing(location, now));
  const privateKey = await readKeyFile(keyFile);
  const first = describeKey(privateKey.publicKey, now);
  const chain = chainUpTo(first.keyId, readChainFile(chainFile));
  if (chain.length === 0) {
    throw startError(
      'secrets/mismatch',
      `${keyFile} is no key of the chain in ${chainFile}. Restore the files that belong together.`,
    );
  }
  return { serviceKey: { privateKey, keyId: first.keyId, chain }, keyFile, isNew };
}

/**
 * Replaces the service key by a new one that the present one signs. A running service signs with the new key after its next
 * start; clients follow the chain from the key they have pinned.
 */
export async function rotateServiceKey(
  dataDir: string,
  { now = Date.now(), serviceKeyFile }: { now?: number; serviceKeyFile?: string } = {},
): Promise<ServiceKey> {
  const { keyFile, chainFile } = fileNames({ dataDir, serviceKeyFile });
  const { serviceKey: current } = await openSecrets({ dataDir, serviceKeyFile }, { now });
  const { privateKey, publicKey } = await generateKeyPair(nodeProvider);
  const signature = await signServiceKey(nodeProvider, current.privateKey, publicKey);
  const entry = { ...describeKey(publicKey, now), signature: bytesToBase64(signature) };
  const chain = [...current.chain, entry];
  replaceFile(chainFile, toJson(chain));
  replaceFile(keyFile, privateKey.exportPem());
  return { privateKey, keyId: entry.keyId, chain };
}

/** @throws `config/invalid` if the location names no folder */
export function secretsFolder({ dataDir, secretsDir }: Pick<SecretsLocation, 'dataDir' | 'secretsDir'>): string {
  if (secretsDir !== undefined) return secretsDir;
  if (dataDir !== undefined) return join(dataDir, 'secrets');
  throw startError('config/invalid', 'There is no folder for the secrets. Set SOTTO_SECRETS_DIR.');
}

function fileNames({ serviceKeyFile, ...location }: SecretsLocation): { keyFile: string; chainFile: string } {
  const folder = secretsFolder(location);
  return { keyFile: serviceKeyFile ?? join(folder, 'service-key.pem'), chainFile: join(folder, 'service-keys.json') };
}

/** Makes a service key and its chain in a folder, and does nothing where they are. */
export async function createServiceKey(folder: string, { now = Date.now() }: { now?: number } = {}): Promise<void> {
  await makeMissing({ secretsDir: folder }, now);
}

/** True if there was no key. */
async function makeMissing(location: SecretsLocation, now: number): Promise<boolean> {
  const { keyFile, chainFile } = fileNames(location);
  mkdirSync(dirname(chainFile), { recursive: true, mode: 0o700 });
  const { privateKey } = await generateKeyPair(nodeProvider);
  const isNew = location.serviceKeyFile === undefined && createFile(keyFile, privateKey.exportPem());
  const { publicKey } = await readKeyFile(keyFile);
  createFile(chainFile, toJson([describeKey(publicKey, now)]));
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

function chainUpTo(keyId: string, chain: readonly ServiceKeyEntry[]): ServiceKeyEntry[] {
  return chain.slice(0, chain.findIndex((entry) => entry.keyId === keyId) + 1);
}

function describeKey(publicKey: PublicKey, now: number): ServiceKeyEntry {
  return {
    publicKey: bytesToBase64(publicKey.exportDer()),
    keyId: bytesToHex(publicKey.identifier),
    createdAt: Math.floor(now / 1000),
  };
}

function toJson(chain: readonly ServiceKeyEntry[]): string {
  return `${JSON.stringify(chain, null, 2)}\n`;
}
