/**
 * Opens a backup and checks all that it says of itself, in a folder where what comes out lies until the caller has taken or removed
 * it. Nothing is believed before the last byte was verified. Source: docs/spec/service-backup.md §5.
 */

import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type CryptoProvider, equalBytes, isSdkError, type PrivateKey, type PublicKey } from '@sotto/core';
import { type ByteSource, openStreamUnverified, PieceReader } from '@sotto/core/stream';
import { BRAIN_KEY_FACT } from '../brain-key-secret.ts';
import { operatorError } from '../operator-errors.ts';
import { checkSqliteFile } from '../store/check-sqlite-file.ts';
import { differingTables, digestTables, migrationsOf, type OnProgress, tablesOf } from '../store/digest.ts';
import { findFact } from '../store/installation-facts.ts';
import { MIGRATIONS } from '../store/migrate.ts';
import { openAsIs, type OpenDatabase } from '../store/open-as-is.ts';
import { findServiceKeyId } from '../store/overview.ts';
import { PLAINTEXT_MAGIC } from './create-backup.ts';
import { readHead, readLengthed } from './head.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import { keyPairFromPassphrase } from './passphrase.ts';
import { describeSecrets, unpackSecrets } from './secrets.ts';

export interface OpenBackupOptions {
  readonly source: ByteSource;
  /** Private keys that may open it. */
  readonly keys: readonly PrivateKey[];
  readonly passphrase?: string | undefined;
  /** The service key that has to have signed it. Without, whoever knows a reader's public key could have made it. */
  readonly signer?: PublicKey | undefined;
  /** A folder that is empty and nobody else's. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onProgress?: OnProgress | undefined;
}

export interface OpenedBackup {
  readonly manifest: Manifest;
  /** The database, as it was. */
  readonly databaseFile: string;
  /** The folder of the secrets. */
  readonly secretsDir: string;
}

const MAX_MANIFEST_LENGTH = 1024 * 1024;
const MAX_SECRETS_LENGTH = 1024 * 1024;

/**
 * @throws `service-backup/malformed`, `service-backup/unsupported`, `service-backup/damaged`, `envelope/*`, `secrets/*`. A wrong
 *   passphrase is `envelope/not-a-recipient`.
 */
export async function openBackup(provider: CryptoProvider, options: OpenBackupOptions): Promise<OpenedBackup> {
  const { folder, onProgress } = options;
  const databaseFile = join(folder, 'sotto.db');
  const secretsDir = join(folder, 'secrets');
  const opened = await decrypt(provider, { ...options, databaseFile });
  const manifest = parseManifest(opened.manifest);
  const described = describeSecrets(await unpackSecrets(opened.secrets, secretsDir));
  if (opened.signerId !== described.serviceKeyId) throw operatorError('service-backup/damaged');
  for (const name of ['serviceKeyId', 'brainKeyFingerprint'] as const) {
    if (manifest[name] !== described[name]) throw operatorError('service-backup/damaged');
  }
  await checkDatabase(databaseFile, { manifest, onProgress });
  return { manifest, databaseFile, secretsDir };
}

async function decrypt(
  provider: CryptoProvider,
  { source, keys, passphrase, signer, signal, databaseFile }: OpenBackupOptions & { readonly databaseFile: string },
): Promise<{ readonly manifest: Uint8Array; readonly secrets: Uint8Array; readonly signerId: string }> {
  const file = new PieceReader(source);
  try {
    const head = await readHead(file);
    const byPassphrase =
      head.passphrase !== undefined && passphrase !== undefined
        ? [(await keyPairFromPassphrase(provider, { passphrase, ...head.passphrase })).privateKey]
        : [];
    const plaintext = new PieceReader(
      openStreamUnverified(provider, {
        source: file.upTo(Number.POSITIVE_INFINITY),
        keys: [...keys, ...byPassphrase],
        signers: [signer ?? head.signer],
        mode: 'signAndEncrypt',
      }),
    );
    const magic = await plaintext.take(PLAINTEXT_MAGIC.length);
    if (!equalBytes(magic, PLAINTEXT_MAGIC)) throw operatorError('service-backup/malformed');
    const manifest = await readLengthed(plaintext, MAX_MANIFEST_LENGTH);
    const secrets = await readLengthed(plaintext, MAX_SECRETS_LENGTH);
    // To its end, where tag and signature are checked.
    const rest = plaintext.upTo(Number.POSITIVE_INFINITY);
    await pipeline(rest, createWriteStream(databaseFile, { flags: 'wx', mode: 0o600, flush: true }), { signal });
    return { manifest, secrets, signerId: hexOf((signer ?? head.signer).identifier) };
  } catch (error) {
    throw isSdkError(error, 'envelope/malformed') ? operatorError('service-backup/malformed', { cause: error }) : error;
  } finally {
    await file.close();
  }
}

async function checkDatabase(
  file: string,
  { manifest, onProgress }: { readonly manifest: Manifest; readonly onProgress: OnProgress | undefined },
): Promise<void> {
  const isWhole = () => checkSqliteFile(file, { isThorough: true }) === undefined;
  if ((await stat(file)).size !== manifest.databaseBytes || !isWhole()) throw operatorError('service-backup/damaged');
  if (manifest.migrations.some((name) => !Object.hasOwn(MIGRATIONS, name))) {
    throw operatorError('service-backup/unsupported');
  }
  const database = await openAsIs({ file });
  try {
    if (await isAsDescribed(database, { manifest, onProgress })) return;
  } catch (cause) {
    // As where a table is missing that every database has.
    throw operatorError('service-backup/damaged', { cause });
  } finally {
    await database.close();
  }
  throw operatorError('service-backup/damaged');
}

async function isAsDescribed(
  { reader }: OpenDatabase,
  { manifest, onProgress }: { readonly manifest: Manifest; readonly onProgress: OnProgress | undefined },
): Promise<boolean> {
  const { migrations, tables, brainKeyFingerprint, serviceKeyId } = manifest;
  if ((await migrationsOf(reader)).join() !== migrations.join()) return false;
  if ((await findFact(reader, BRAIN_KEY_FACT)) !== brainKeyFingerprint) return false;
  if (((await findServiceKeyId(reader)) ?? serviceKeyId) !== serviceKeyId) return false;
  const present = await digestTables(reader, { tables: await tablesOf(reader), onProgress });
  return differingTables(present, tables).length === 0;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
