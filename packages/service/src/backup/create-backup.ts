/**
 * Makes a backup of an installation while it runs: one encrypted file with the database, as SQLite whatever it is, and the
 * secrets, signed by the service key. What lies in clear on the way is the database alone. Source: docs/spec/service-backup.md.
 */

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { concatBytes, type CryptoProvider, type PublicKey, utf8ToBytes } from '@sotto/core';
import { signAndEncryptStream } from '@sotto/core/stream';
import { BRAIN_KEY_FACT } from '../brain-key-secret.ts';
import { startError } from '../start-error.ts';
import { copyStore } from '../store/copy.ts';
import { digestTables, migrationsOf, type OnProgress, tablesOf } from '../store/digest.ts';
import { findFact } from '../store/installation-facts.ts';
import { findServiceKeyId } from '../store/overview.ts';
import { openAsIs, type OpenDatabase } from '../store/open-as-is.ts';
import { copySqliteFile } from '../store/snapshot.ts';
import { openStore, type Queryable } from '../store/store.ts';
import { VERSION } from '../version.ts';
import { encodeHead, withLength } from './head.ts';
import { encodeManifest, type Manifest } from './manifest.ts';
import { keyPairFromPassphrase, PASSPHRASE_COST, type PassphraseCost, SALT_LENGTH } from './passphrase.ts';
import { type AllSecrets, describeSecrets, encodeSecrets } from './secrets.ts';

export interface CreateBackupOptions {
  readonly database: OpenDatabase;
  readonly secrets: AllSecrets;
  /** A folder that is empty and nobody else's: the database lies there in clear until the last piece was taken. */
  readonly folder: string;
  /** Who can open it; one at least, or a passphrase. */
  readonly readers: readonly PublicKey[];
  readonly passphrase?: string | undefined;
  readonly passphraseCost?: PassphraseCost;
  readonly now: number;
  readonly signal: AbortSignal;
  readonly onProgress?: OnProgress | undefined;
}

export interface CreatedBackup {
  readonly manifest: Manifest;
  /** Bytes of all pieces, some hundred more or less. */
  readonly size: number;
  /** The file, in pieces. */
  readonly pieces: AsyncIterable<Uint8Array>;
}

const PIECE = 256 * 1024;

/** Sets the signed bytes apart from whatever else the service key signs. */
export const PLAINTEXT_MAGIC = utf8ToBytes('SOTTO-SERVICE-BACKUP\0');

/**
 * The moment it shows is that of the call.
 * @throws `secrets/mismatch` if the secrets are not those of the database, `database/other-migrations` for one of PostgreSQL that
 *   another release left, `envelope/too-large` above 64 GiB
 */
export async function createBackup(provider: CryptoProvider, options: CreateBackupOptions): Promise<CreatedBackup> {
  const { database, folder, readers, passphrase, now, signal, onProgress } = options;
  const { passphraseCost: cost = PASSPHRASE_COST } = options;
  // Before anything takes long, and once more of what was copied: the service key may change meanwhile.
  await findSecretsOf(database.reader, options.secrets);
  const file = join(folder, 'sotto.db');
  await writeSnapshot(database, { file, onProgress });
  signal.throwIfAborted();
  const { secrets, ...snapshot } = await describeSnapshot(file, { secrets: options.secrets, onProgress });
  const described = describeSecrets(secrets);
  const manifest: Manifest = {
    createdAt: now,
    release: VERSION,
    database: database.kind,
    databaseBytes: (await stat(file)).size,
    ...snapshot,
    ...described,
  };
  signal.throwIfAborted();
  const begin = concatBytes(PLAINTEXT_MAGIC, withLength(encodeManifest(manifest)), withLength(encodeSecrets(secrets)));
  const salt = provider.randomBytes(SALT_LENGTH);
  const byPassphrase =
    passphrase === undefined ? undefined : await keyPairFromPassphrase(provider, { passphrase, salt, cost });
  const { privateKey: signer } = secrets.serviceKey;
  const message = signAndEncryptStream(provider, {
    source: concatSources(begin, readPieces(file, signal)),
    size: begin.length + manifest.databaseBytes,
    recipients: byPassphrase === undefined ? readers : [...readers, byPassphrase.publicKey],
    signer,
  });
  const head = encodeHead({
    signer: signer.publicKey,
    ...(byPassphrase && { passphrase: { salt, cost } }),
  });
  return { manifest, size: head.length + begin.length + manifest.databaseBytes, pieces: concatSources(head, message) };
}

/** With the service key that signs cards, which may be in the file of the next one still. */
async function findSecretsOf(reader: Queryable, secrets: AllSecrets): Promise<AllSecrets> {
  const { serviceKey, nextServiceKey, brainKeySecret } = secrets;
  const activeId = (await findServiceKeyId(reader)) ?? serviceKey.keyId;
  const active = [serviceKey, nextServiceKey].find((key) => key?.keyId === activeId);
  if (active === undefined) {
    throw startError(
      'secrets/mismatch',
      'The service key is not that of the database. Name the folder of its secrets.',
    );
  }
  const expected = await findFact(reader, BRAIN_KEY_FACT);
  if (expected === describeSecrets(secrets).brainKeyFingerprint) {
    return active === serviceKey ? secrets : { serviceKey: active, brainKeySecret };
  }
  throw startError(
    'secrets/mismatch',
    expected === undefined
      ? 'The database has not been served yet: it names no secret. Start the service once.'
      : 'The brain-key secret is not that of the database. Name the folder of the secrets that belongs to it.',
  );
}

async function writeSnapshot(
  database: OpenDatabase,
  { file, onProgress }: { readonly file: string; readonly onProgress: OnProgress | undefined },
): Promise<void> {
  if (database.kind === 'sqlite') return copySqliteFile(database.reader, file);
  const store = await openStore({ file });
  try {
    await copyStore(database, store, { onProgress });
  } finally {
    await store.close();
  }
}

async function describeSnapshot(
  file: string,
  { secrets, onProgress }: Pick<CreateBackupOptions, 'secrets' | 'onProgress'>,
): Promise<Pick<Manifest, 'migrations' | 'tables'> & { readonly secrets: AllSecrets }> {
  const { reader, close } = await openAsIs({ file });
  try {
    return {
      secrets: await findSecretsOf(reader, secrets),
      migrations: await migrationsOf(reader),
      tables: await digestTables(reader, { tables: await tablesOf(reader), onProgress }),
    };
  } finally {
    await close();
  }
}

/** Opened when the first piece is asked for: a stream that is aborted before anybody listens would end the process. */
async function* readPieces(file: string, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  signal.throwIfAborted();
  yield* createReadStream(file, { highWaterMark: PIECE, signal });
}

async function* concatSources(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield first;
  yield* rest;
}
