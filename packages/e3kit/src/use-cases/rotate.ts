/** Rotation: a new card in place of the current one, by a device that has lost the key of that one, or by one that has it. */
import { MissingPrivateKeyError } from '../errors.ts';
import { PrivateKeyAlreadyExistsError, RegisterRequiredError, keyError } from '../key-errors.ts';
import { isKeyOf, type KeyRing } from '../key-ring.ts';
import { markBackedUp } from '../local-keys.ts';
import type { Session } from '../session.ts';
import type { TaskOptions } from '../task.ts';
import { type BackupOptions, type BackupPlan, hasBackup, planBackup } from './backup-plan.ts';
import { findOwnCards, prepareKey, publishPending, requireOneCard, takeIntoUse } from './publish-key.ts';

/**
 * Publishes a new card in place of the current one, whose key is lost. Others see a replacement, since no former key can
 * endorse it. @throws RegisterRequiredError, PrivateKeyAlreadyExistsError, MultipleCardsError
 */
export async function rotatePrivateKey(session: Session, { signal, onProgress }: TaskOptions = {}): Promise<void> {
  await session.keys.exclusively(async () => {
    await session.keys.reload();
    const published = await findOwnCards(session, signal);
    if (await takeIntoUse(session, published)) return;
    if ((await session.keys.get()).current) throw new PrivateKeyAlreadyExistsError();
    const previousCard = requireOneCard(session, published);
    if (!previousCard) throw new RegisterRequiredError();
    onProgress?.('publish');
    await publishPending(session, await prepareKey(session, { previousCard }), signal);
  });
}

/** The backup that a replacement keeps up to date, if it is to. @throws `backup/password-needed` where there is one, and no password */
export async function planReplacement(
  session: Session,
  {
    password,
    ignoreBackup,
    ...options
  }: Omit<BackupOptions, 'password'> & {
    readonly password: Uint8Array | undefined;
    /** Go on without a password though there is a backup. */
    readonly ignoreBackup: boolean;
  },
): Promise<BackupPlan | undefined> {
  if (password) return planBackup(session, { ...options, password });
  if (!ignoreBackup && (await hasBackup(session, options.keyName, options.signal)))
    throw keyError('backup/password-needed');
  return undefined;
}

/**
 * Publishes a new card that the current key endorses, and keeps that key to read with. With `backup`, the backup has the new
 * key before its card is published, and has it as the current one after. Killed at any step, the next call goes on.
 * @throws MissingPrivateKeyError, RegisterRequiredError, MultipleCardsError, `key/not-current`, and as the backup does
 */
export async function replacePrivateKey(
  session: Session,
  { backup, signal, onProgress }: TaskOptions & { readonly backup?: BackupPlan | undefined },
): Promise<void> {
  await session.keys.exclusively(async () => {
    const ring = await session.keys.reload();
    if (!ring.current) throw new MissingPrivateKeyError();
    if (ring.isBackupDue && !ring.pending) {
      if (!backup) throw keyError('backup/due');
      return completeBackup(session, backup);
    }
    const published = await findOwnCards(session, signal);
    if (!(await takeIntoUse(session, published))) {
      const prepared = await prepareReplacement(session, ring, { published, backup });
      onProgress?.('publish');
      await publishPending(session, prepared, signal);
    }
    if (backup) await completeBackup(session, backup);
  });
}

async function prepareReplacement(
  session: Session,
  ring: KeyRing,
  {
    published,
    backup,
  }: {
    readonly published: Awaited<ReturnType<typeof findOwnCards>>;
    readonly backup: BackupPlan | undefined;
  },
): Promise<KeyRing> {
  const previousCard = requireOneCard(session, published);
  if (!previousCard) throw new RegisterRequiredError();
  const endorser = ring.current!;
  if (!isKeyOf(endorser, previousCard)) throw keyError('key/not-current');
  await backup?.open(); // a wrong password is found before anything has changed
  const prepared = await prepareKey(session, { previousCard, endorser });
  if (!backup) return prepared;
  await backup.write({ current: endorser, former: [prepared.pending!.key, ...prepared.former] });
  const due = { ...prepared, isBackupDue: true };
  await session.keys.save(due);
  return due;
}

async function completeBackup(session: Session, backup: BackupPlan): Promise<void> {
  const { current, former } = await session.keys.get();
  await backup.write({ current: current!, former });
  await markBackedUp(session.keys);
}
