/** Making, re-encrypting and removing backups of the key ring. Source: docs/spec/backup.md. */
import { removeKeyRing } from '@sotto/core/backup';
import { MissingPrivateKeyError } from '../errors.ts';
import { CloudEntryExistsError, PrivateKeyNoBackupError, WrongKeyknoxPasswordError } from '../key-errors.ts';
import { isSameKey, keysOf, mergeKeys } from '../key-ring.ts';
import { markBackedUp } from '../local-keys.ts';
import type { Session } from '../session.ts';
import type { Outcome, TaskOptions } from '../task.ts';
import {
  type BackupOptions,
  keyRingIn,
  type OpenedBackup,
  openStored,
  placeOf,
  planBackup,
  writeEntries,
} from './backup-plan.ts';

/**
 * Stores the key ring under a password. A backup that holds it already is left as it is. A named backup is replaced, whatever
 * key it has and whichever password it is under; keys that this password opens stay in it.
 * @throws MissingPrivateKeyError, WrongKeyknoxPasswordError (backups are there under another password), CloudEntryExistsError
 *   (one is there of a key that this device does not have)
 */
export async function backUp(session: Session, options: BackupOptions): Promise<Outcome> {
  return session.keys.exclusively(async () => {
    const ring = await session.keys.reload();
    if (!ring.current) throw new MissingPrivateKeyError();
    const isNamed = options.keyName !== undefined;
    const plan = planBackup(session, { ...options, overwrites: isNamed });
    const opened = await plan.open();
    const stored = await keyRingIn(session, opened.entries, options.keyName);
    const isKnown = stored === undefined || keysOf(ring).some((key) => isSameKey(key, stored.current));
    if (!isKnown && !isNamed) throw new CloudEntryExistsError();
    const kept = stored ? [stored.current, ...stored.former] : [];
    const former = mergeKeys(ring.former, kept).filter((key) => !isSameKey(key, ring.current!));
    const outcome = await plan.write({ current: ring.current, former }, opened);
    await markBackedUp(session.keys);
    return outcome;
  });
}

/**
 * Puts the backup under another password: written at once, so that one of the two opens it at every moment. A backup that
 * the new password opens already is left as it is. @throws WrongKeyknoxPasswordError, PrivateKeyNoBackupError
 */
export async function changePassword(
  session: Session,
  { newPassword, ...options }: BackupOptions & { readonly newPassword: Uint8Array },
): Promise<Outcome> {
  const { keyName, signal, onProgress } = options;
  onProgress?.('read');
  const stored = await placeOf(session, keyName).read(signal);
  if (stored.meta.length === 0) throw new PrivateKeyNoBackupError();
  let former: OpenedBackup;
  try {
    former = await openStored(session, stored, options);
  } catch (error) {
    if (!(error instanceof WrongKeyknoxPasswordError)) throw error;
    await openStored(session, stored, { ...options, password: newPassword });
    return 'already-done';
  }
  onProgress?.('brain-key');
  const brainKey = await session.deriveBrainKey(session.brainKeyKind, newPassword, signal);
  if (isSameKey(brainKey.privateKey, former.brainKey.privateKey)) return 'already-done';
  await writeEntries(session, { ...former, brainKey }, options);
  return 'done';
}

/**
 * Takes this user's keys out of the backup that the password opens; other entries stay.
 * @throws WrongKeyknoxPasswordError, PrivateKeyNoBackupError
 */
export async function removeFromBackup(session: Session, options: BackupOptions): Promise<void> {
  const plan = planBackup(session, options);
  const opened = await plan.open();
  const stored = await keyRingIn(session, opened.entries, options.keyName);
  if (!stored) throw new PrivateKeyNoBackupError();
  await writeEntries(session, { ...opened, entries: removeKeyRing(opened.entries, session.identity) }, options);
}

/** Removes a backup, whatever is in it and whether or not there is one. */
export async function resetBackup(
  session: Session,
  { keyName, signal }: Pick<TaskOptions, 'signal'> & { readonly keyName?: string | undefined },
): Promise<void> {
  await placeOf(session, keyName).reset(signal);
}
