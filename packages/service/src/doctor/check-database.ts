/** Checks of the database: whether it is there, whole, of this release, and set up so that nothing is lost. */

import { existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { checkSqliteFile, isWrittenAhead } from '../store/check-sqlite-file.ts';
import { explainSqliteError } from '../store/dialect/sqlite.ts';
import { StoreUnavailableError } from '../store/errors.ts';
import { openAsIs, type OpenDatabase } from '../store/open-as-is.ts';
import { readMigrationState, sqliteBytes } from '../store/overview.ts';
import { readPostgresFacts, type PostgresFacts } from '../store/postgres-facts.ts';
import { findWeakSettings } from '../store/server-settings.ts';
import type { DatabaseLocation } from '../store/store.ts';
import { type Finding, formatBytes, notChecked, ok, problem, warning } from './finding.ts';

const OLDEST_POSTGRES = 150_000;
/** Fewer connections than this is what one more node would need. */
const FEW_CONNECTIONS = 10;
const SKEW_SECONDS = 5;
const LITTLE_ROOM_BYTES = 1e9;
const NO_ROOM_BYTES = 1e8;

/** `use` gets the database where it can be read, for further checks. */
export async function checkDatabase(
  location: DatabaseLocation,
  use: (database: OpenDatabase) => Promise<Finding[]>,
): Promise<Finding[]> {
  return 'file' in location ? checkSqlite(location.file, use) : checkPostgres(location, use);
}

async function checkSqlite(file: string, use: (database: OpenDatabase) => Promise<Finding[]>): Promise<Finding[]> {
  if (!existsSync(file)) {
    return [
      problem('database', 'there is none in the data folder: name its folder with --data, or start the service once'),
    ];
  }
  const disk = checkRoom(dirname(file), sqliteBytes(file));
  const damage = findDamage(file);
  if (damage === 'unreadable') {
    return [problem('database', 'the file cannot be opened: look whose it is, and who may read and write there'), disk];
  }
  if (damage !== undefined) {
    return [
      problem(
        'database',
        `the file is damaged (${damage}): stop the service, keep a copy of the file, and restore the last backup into an empty folder`,
      ),
      disk,
    ];
  }
  const findings = [ok('database', `SQLite, ${formatBytes(sqliteBytes(file))}, every page and index is whole`), disk];
  // Before it is opened, which would set both.
  findings.push(checkMode('database file', file, 'the database'), checkWriteAhead(file));
  return withDatabase(findings, location(file), use);
}

function findDamage(file: string): string | undefined {
  try {
    return checkSqliteFile(file, { isThorough: true });
  } catch (error) {
    if (explainSqliteError(error) instanceof StoreUnavailableError) return 'unreadable';
    throw error;
  }
}

const location = (file: string): DatabaseLocation => ({ file });

async function checkPostgres(
  place: DatabaseLocation,
  use: (database: OpenDatabase) => Promise<Finding[]>,
): Promise<Finding[]> {
  return withDatabase([], place, async (database) => {
    const [asked, facts] = [Date.now(), await readPostgresFacts(database.reader)];
    const weak = await findWeakSettings(database.reader);
    return [
      checkVersion(facts),
      facts.encoding === 'UTF8'
        ? ok('encoding', 'UTF8')
        : problem('encoding', `the database is in ${facts.encoding}: make one with encoding UTF8, and migrate to it`),
      ...(weak.length === 0 ? [ok('durability', 'a commit waits for the disk')] : []),
      ...weak.map(({ name, remedy }) =>
        problem('durability', `${name} is off, so that acknowledged data may be lost. ${remedy}`),
      ),
      facts.hasSynchronousStandby
        ? ok('standby', 'a commit waits for another server too')
        : warning('standby', 'no synchronous standby: what was acknowledged last can be lost with the server'),
      checkConnections(facts),
      facts.isPrivate
        ? ok('connection', 'encrypted, or within this machine')
        : warning('connection', 'not encrypted: add sslmode=verify-full to the URL'),
      checkSkew('database clock', facts.now - (asked + Date.now()) / 2),
      ...(await use(database)),
    ];
  });
}

/** What the database says when it cannot be opened, without the names of host, user and database. */
const REFUSALS: Readonly<Record<string, string>> = {
  '28P01': 'the user or the password is refused: correct the URL',
  '28000': 'the user is refused: correct the URL, or pg_hba.conf',
  '3D000': 'there is no such database: create it',
  ECONNREFUSED: 'nothing listens there: start PostgreSQL, or correct the URL',
  ENOTFOUND: 'the name of the host is unknown: correct the URL',
};

async function withDatabase(
  before: readonly Finding[],
  place: DatabaseLocation,
  use: (database: OpenDatabase) => Promise<Finding[]>,
): Promise<Finding[]> {
  let database: OpenDatabase;
  try {
    database = await openAsIs(place);
  } catch (error) {
    const code = codeOf(error);
    const says = REFUSALS[code] ?? `it cannot be opened (${code}): see the log of PostgreSQL`;
    return [...before, problem('database', says)];
  }
  try {
    const kind = database.kind === 'postgres' ? [ok('database', 'PostgreSQL answers and takes writes')] : [];
    return [...before, ...kind, await checkMigrations(database), ...(await use(database))];
  } catch (error) {
    return [...before, problem('database', `it cannot be read (${codeOf(error)}): see its log`)];
  } finally {
    await database.close();
  }
}

async function checkMigrations({ reader }: OpenDatabase): Promise<Finding> {
  const { latest, pending, unknown } = await readMigrationState(reader).catch(() => ({
    latest: undefined,
    pending: [],
    unknown: [],
  }));
  if (latest === undefined) return problem('schema', 'the database has no tables of ours: start the service once');
  if (unknown.length > 0) {
    return warning('schema', `a newer release was here (${latest}): update this one`);
  }
  if (pending.length > 0)
    return warning('schema', `${pending.length} behind this release: the service updates it at its start`);
  return ok('schema', latest);
}

function checkVersion({ version, versionNumber }: PostgresFacts): Finding {
  return versionNumber >= OLDEST_POSTGRES
    ? ok('version', `PostgreSQL ${version}`)
    : problem('version', `PostgreSQL ${version} is too old: 15 is the oldest that is tested`);
}

function checkConnections({ connections: { most, used } }: PostgresFacts): Finding {
  const says = `${used} of ${most} connections are in use`;
  return most - used >= FEW_CONNECTIONS
    ? ok('connections', says)
    : warning('connections', `${says}: raise max_connections, or lower SOTTO_DATABASE_POOL`);
}

function checkRoom(folder: string, databaseBytes: number): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const says = `${formatBytes(bavail * bsize)} free where the database is`;
  if (bavail * bsize < NO_ROOM_BYTES)
    return problem('disk', `${says}: the service is about to refuse to write; make room`);
  // A backup makes a copy first.
  if (bavail * bsize < Math.max(LITTLE_ROOM_BYTES, databaseBytes)) return warning('disk', `${says}: make room`);
  return ok('disk', says);
}

function checkWriteAhead(file: string): Finding {
  return isWrittenAhead(file)
    ? ok('journal', 'written ahead (WAL)')
    : warning('journal', 'not written ahead yet: the service turns that on at its start');
}

/** Windows has no such modes. */
export function checkMode(check: string, file: string, what: string): Finding {
  if (process.platform === 'win32') return notChecked(check, 'who may read files is not a matter of their mode here');
  const mode = statSync(file).mode & 0o777;
  return (mode & 0o077) === 0
    ? ok(check, 'for its owner alone')
    : problem(check, `others can read ${what} (mode ${mode.toString(8)}): chmod 600`);
}

export function checkSkew(check: string, milliseconds: number): Finding {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  return seconds <= SKEW_SECONDS
    ? ok(check, 'agrees with this machine')
    : problem(check, `${seconds} s apart from this machine: let both keep time by NTP; tokens depend on it`);
}

/** Of an error, or of what caused it. */
function codeOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return 'no reason given';
}
