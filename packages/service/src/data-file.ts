/**
 * Whether the database file of an installation is where it was. A start that makes a new file in place of a lost one looks like a
 * success, and its users look like strangers.
 */

import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type BrainKeySecretLocation, BRAIN_KEY_FILE } from './brain-key-secret.ts';
import { startError } from './start-error.ts';

/**
 * The brain-key secret of a data folder is made after its database, by the same start, so there is none without the other. Secrets
 * that are elsewhere were put there by somebody, perhaps before the first start: they tell nothing.
 * @throws `database/gone`
 */
export function requireDataFile(
  file: string,
  { secretsDir, brainKeySecretFile }: Pick<BrainKeySecretLocation, 'secretsDir' | 'brainKeySecretFile'>,
): void {
  const secret = join(dirname(file), 'secrets', BRAIN_KEY_FILE);
  // Asked first: another start may be making both at this moment.
  const isInstalled = secretsDir === undefined && brainKeySecretFile === undefined && existsSync(secret);
  const size = existsSync(file) ? statSync(file).size : 0;
  if (size > 0 || !isInstalled) return;
  throw startError(
    'database/gone',
    `${file} is missing or empty, but ${secret} is there: this installation had a database. See that its disk is mounted, or restore a backup into an empty folder. To begin anew without its users, use another data folder.`,
  );
}
