/**
 * Puts an opened backup in place, where nothing is yet: all of it or nothing. What must not be given out twice is used up first.
 */

import { chmod, link, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { existsSync } from 'node:fs';
import { operatorError } from '../operator-errors.ts';
import { countActiveAppKeys, useUpGuesses, useUpOneTimeKeys } from '../store/after-restore.ts';
import { copyStore, isEmptyStore } from '../store/copy.ts';
import type { OnProgress } from '../store/digest.ts';
import { insertFact } from '../store/installation-facts.ts';
import { SERVICE_KEY_SETTING, setSetting } from '../store/installation-settings.ts';
import { openAsIs } from '../store/open-as-is.ts';
import { RESTORE_FACT } from '../store/overview.ts';
import { foldLog } from '../store/snapshot.ts';
import { type DatabaseLocation, openStore } from '../store/store.ts';
import type { OpenedBackup } from './open-backup.ts';
import { findOtherSecrets, isSuccessor, placeSecrets, readAllSecrets } from './secrets.ts';

export interface RestoreTarget {
  readonly database: DatabaseLocation;
  /** The folder of the secrets. */
  readonly secretsDir: string;
}

export interface Restored {
  /** One-time keys that were waiting, and count as handed out now. */
  readonly usedUpKeys: number;
  /** App Keys that are accepted, also if they were revoked after the backup. */
  readonly activeAppKeys: number;
  /** Whether the secrets that were there had a later service key, and stayed. */
  readonly hasLaterKey: boolean;
  /** Whether there is a next service key, which may have been activated after the backup. */
  readonly hasNextKey: boolean;
}

/** What SQLite keeps beside a file; a log that is left of another database would be read into this one. */
const PARTS_OF_SQLITE = ['', '-wal', '-shm', '-journal'];
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Where there is data, or there are secrets, before anything is done. @throws `database/not-empty` */
export async function requireEmptyTarget({ database }: RestoreTarget): Promise<void> {
  if ('file' in database) {
    if (PARTS_OF_SQLITE.some((suffix) => existsSync(database.file + suffix))) throw operatorError('database/not-empty');
    return;
  }
  // As it is: one that is refused stays of its release.
  const { reader, close } = await openAsIs(database);
  try {
    if (!(await isEmptyStore(reader))) throw operatorError('database/not-empty');
  } finally {
    await close();
  }
}

/** @throws `database/not-empty`, also for secrets that are neither those of the backup nor such as followed them */
export async function restoreBackup(
  { manifest, databaseFile, secretsDir }: OpenedBackup,
  {
    target,
    now,
    onProgress,
  }: { readonly target: RestoreTarget; readonly now: number; readonly onProgress?: OnProgress | undefined },
): Promise<Restored> {
  await requireEmptyTarget(target);
  const others = findOtherSecrets(target.secretsDir, secretsDir);
  const hasLaterKey = others.length > 0 && (await isSuccessor(target.secretsDir, secretsDir));
  if (others.length > 0 && !hasLaterKey) throw operatorError('database/not-empty', { details: { files: others } });
  const { serviceKey, nextServiceKey } = await readAllSecrets({
    secretsDir: hasLaterKey ? target.secretsDir : secretsDir,
  });
  const used = await prepare(databaseFile, { createdAt: manifest.createdAt, serviceKeyId: serviceKey.keyId, now });
  // Interrupted after this, it can be begun anew: secrets that are equal are no obstacle.
  if (!hasLaterKey) placeSecrets(target.secretsDir, secretsDir);
  if ('file' in target.database) await placeFile(databaseFile, target.database.file);
  else await copyInto(databaseFile, target.database, onProgress);
  return { ...used, hasLaterKey, hasNextKey: nextServiceKey !== undefined };
}

/** Uses up what must not be given out twice, and brings the schema up to date. */
async function prepare(
  file: string,
  { createdAt, serviceKeyId, now }: { readonly createdAt: number; readonly serviceKeyId: string; readonly now: number },
): Promise<Pick<Restored, 'usedUpKeys' | 'activeAppKeys'>> {
  const store = await openStore({ file });
  try {
    return await store.transact(async (db) => {
      const usedUpKeys = await useUpOneTimeKeys(db);
      await useUpGuesses(db, { fullAt: now + DAY_MILLISECONDS });
      await setSetting(db, SERVICE_KEY_SETTING, serviceKeyId);
      await insertFact(db, `${RESTORE_FACT}${new Date(now).toISOString()}`, new Date(createdAt).toISOString());
      return { usedUpKeys, activeAppKeys: await countActiveAppKeys(db) };
    });
  } finally {
    await store.close();
  }
}

/** Gives the file its name, unless somebody else took it meanwhile. */
async function placeFile(from: string, to: string): Promise<void> {
  await foldLog(from);
  await chmod(from, 0o600);
  await sync(from);
  await link(from, to).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw operatorError('database/not-empty', { cause });
  });
  await sync(dirname(to));
}

async function sync(path: string): Promise<void> {
  const file = await open(path);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function copyInto(file: string, database: DatabaseLocation, onProgress: OnProgress | undefined): Promise<void> {
  const [from, to] = [await openStore({ file }), await openStore(database)];
  try {
    await copyStore(from, to, { onProgress });
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
}
