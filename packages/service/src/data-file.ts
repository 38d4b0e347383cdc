/**
 * Whether the database file of an installation is one to start with. A start that makes a new file in place of a lost one, or
 * serves half of one, looks like a success, and its users look like strangers.
 */

import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type BrainKeySecretLocation, BRAIN_KEY_FILE } from './brain-key-secret.ts';
import { operatorError } from './operator-errors.ts';
import { startError } from './start-error.ts';
import { checkSqliteFile } from './store/check-sqlite-file.ts';
import { explainStoreErrors } from './store/explain-errors.ts';

/**
 * The brain-key secret of a data folder is made after its database, by the same start, so there is none without the other. Secrets
 * that are elsewhere were put there by somebody, perhaps before the first start: they tell nothing.
 * @throws `database/gone`, `database/corrupt`, `database/unreachable`
 */
export async function checkDataFile(
  file: string,
  { secretsDir, brainKeySecretFile }: Pick<BrainKeySecretLocation, 'secretsDir' | 'brainKeySecretFile'>,
): Promise<void> {
  const secret = join(dirname(file), 'secrets', BRAIN_KEY_FILE);
  // Asked first: another start may be making both at this moment.
  const isInstalled = secretsDir === undefined && brainKeySecretFile === undefined && existsSync(secret);
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > 0) return checkPages(file);
  if (!isInstalled) return;
  throw startError(
    'database/gone',
    `${file} is missing or empty, but ${secret} is there: this installation had a database. See that its disk is mounted, or restore a backup into an empty folder. To begin anew without its users, use another data folder.`,
  );
}

async function checkPages(file: string): Promise<void> {
  const damage = await explainStoreErrors(new Promise<string | undefined>((resolve) => resolve(checkSqliteFile(file))));
  if (damage !== undefined) throw operatorError('database/corrupt', { details: { damage } });
}
