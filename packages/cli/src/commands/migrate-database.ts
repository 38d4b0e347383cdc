/** `sotto migrate-database`: from SQLite to PostgreSQL, or the other way, without loss. Secrets are files, and stay where they are. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  checkSqliteFile,
  copyStore,
  type DatabaseLocation,
  openAsIs,
  openStore,
  operatorError,
  requireUnused,
} from '@sotto/service';
import { cliError } from '../errors.ts';
import { findInstallation, parsePlace } from '../installation.ts';
import type { StreamContext } from '../streams/context.ts';
import { createRowProgress } from '../streams/row-progress.ts';

export interface MigrateDatabaseOptions {
  /** A data folder, a file or a URL; the environment's, unless given. */
  readonly from?: string;
  readonly to?: string;
  readonly quiet?: boolean;
}

export async function migrateDatabase(options: MigrateDatabaseOptions, context: StreamContext): Promise<void> {
  const { quiet = false } = options;
  const { terminal, signal, streams } = context;
  const [from, to] = [locate(options.from), locate(options.to)];
  if (nameOf(from) === nameOf(to)) {
    throw cliError(
      'cli/same-database',
      'that is one database',
      'name both: --from and --to; what is absent comes from SOTTO_*',
    );
  }
  if ('file' in from && !existsSync(from.file)) {
    throw cliError('cli/no-data', `${from.file} does not exist`, 'name a data folder, a file or a URL: --from PLACE');
  }
  await requireUnused(from);
  // A row that an index does not show would be lost, or go over with another key.
  if ('file' in from && checkSqliteFile(from.file, { isThorough: true }) !== undefined) {
    throw operatorError('database/corrupt');
  }
  const rows = createRowProgress({ stderr: streams.stderr, isQuiet: quiet, signal });
  const [source, target] = [await openAsIs(from), await openStore(to)];
  try {
    const digests = await copyStore(source, target, {
      isFinal: true,
      onProgress: rows.onProgress,
    }).finally(rows.clear);
    for (const { table, rows: count, sha256 } of digests) {
      terminal.result(`${table.padEnd(20)} ${String(count).padStart(10)}  ${sha256}`);
    }
  } finally {
    await Promise.all([source.close(), target.close()]);
  }
  if (quiet) return;
  terminal.say('both are equal: the numbers of rows and SHA-256 of each table are those of source and target');
  terminal.say(
    'bring the secrets: service-key.pem, service-keys.json and brain-key-secret into SOTTO_SECRETS_DIR of each node',
  );
  terminal.say('do not start a service on the source again: from now on the two differ');
}

function locate(place: string | undefined): DatabaseLocation {
  return place === undefined ? findInstallation({}, process.env).database : parsePlace(place);
}

function nameOf(location: DatabaseLocation): string {
  return 'file' in location ? resolve(location.file) : location.url;
}
