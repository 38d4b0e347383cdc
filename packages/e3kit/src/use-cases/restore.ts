/** Bringing the key ring of a backup to this device. */
import type { PrivateKey } from '@sotto/core';
import type { KeyRing as BackedUpKeyRing } from '@sotto/core/backup';
import { PrivateKeyAlreadyExistsError, PrivateKeyNoBackupError, keyError } from '../key-errors.ts';
import { isKeyOf, isSameKey, keysOf, mergeKeys } from '../key-ring.ts';
import type { Session } from '../session.ts';
import type { Outcome } from '../task.ts';
import { type BackupOptions, keyRingIn, planBackup } from './backup-plan.ts';
import { findOwnCards } from './publish-key.ts';

/**
 * Takes the keys of the backup. The one whose card is published is the current one, since a replacement may have been cut
 * off before the backup said so. Where there is none that can be current, what the backup has is kept to read old messages.
 * @throws PrivateKeyNoBackupError, WrongKeyknoxPasswordError, PrivateKeyAlreadyExistsError (this device has another key),
 *   `backup/outdated` (it has no key of a current card)
 */
export async function restore(session: Session, options: BackupOptions): Promise<Outcome> {
  return session.keys.exclusively(async () => {
    const ring = await session.keys.reload();
    const { entries } = await planBackup(session, options).open();
    const backup = await keyRingIn(session, entries, options.keyName);
    if (!backup) throw new PrivateKeyNoBackupError();
    const restored = await pickCurrent(session, backup, options.signal);
    const isOther = ring.current !== undefined && !(restored && isSameKey(ring.current, restored));
    const current = isOther ? ring.current : restored;

    const known = keysOf(ring);
    const former = mergeKeys(ring.former, [backup.current, ...backup.former]).filter(
      (key) => !(current && isSameKey(key, current)),
    );
    const isNew = [backup.current, ...backup.former].some((key) => !known.some((other) => isSameKey(other, key)));
    if (isNew || !ring.current) await session.keys.save({ ...ring, current, former });
    if (isOther) throw new PrivateKeyAlreadyExistsError();
    if (!restored) throw keyError('backup/outdated');
    return isNew ? 'done' : 'already-done';
  });
}

/** The key of the backup that a current card is of; without any card the one that the backup calls current. */
async function pickCurrent(
  session: Session,
  { current, former }: BackedUpKeyRing,
  signal: AbortSignal | undefined,
): Promise<PrivateKey | undefined> {
  const cards = await findOwnCards(session, signal);
  if (cards.length === 0) return current;
  return [current, ...former].find((key) => cards.some((card) => isKeyOf(key, card)));
}
