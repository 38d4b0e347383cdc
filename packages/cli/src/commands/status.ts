/** `sotto status`: what an installation holds, from its database; it asks no service. */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type DatabaseLocation,
  formatBytes,
  openAsIs,
  type OpenDatabase,
  type Overview,
  readOverview,
  readPostgresFacts,
  sqliteBytes,
  VERSION,
} from '@sotto/service';
import { findInstallation, type InstallationOptions } from '../installation.ts';
import type { Terminal } from '../terminal.ts';

export interface StatusOptions extends InstallationOptions {
  readonly json?: boolean;
}

interface Status extends Overview {
  readonly release: string;
  readonly database: { readonly kind: OpenDatabase['kind']; readonly version?: string; readonly bytes: number };
  /** On the disk of a file. */
  readonly freeBytes?: number;
}

/** @throws `database/missing` */
export async function status({ json = false, ...options }: StatusOptions, terminal: Terminal): Promise<void> {
  const found = await readStatus(findInstallation(options, process.env).database);
  if (json) terminal.result(JSON.stringify(found));
  else for (const [name, text] of describeStatus(found)) terminal.result(`${name.padEnd(16)} ${text}`);
}

async function readStatus(location: DatabaseLocation): Promise<Status> {
  const database = await openAsIs(location);
  try {
    const overview = await readOverview(database);
    return { release: VERSION, ...(await describeDatabase(database, location)), ...overview };
  } finally {
    await database.close();
  }
}

async function describeDatabase(
  { kind, reader }: OpenDatabase,
  location: DatabaseLocation,
): Promise<Pick<Status, 'database' | 'freeBytes'>> {
  if ('file' in location) {
    const { bavail, bsize } = statfsSync(dirname(location.file));
    return { database: { kind, bytes: sqliteBytes(location.file) }, freeBytes: bavail * bsize };
  }
  const { version, bytes } = await readPostgresFacts(reader);
  return { database: { kind, version, bytes } };
}

function describeStatus(status: Status): [string, string][] {
  const { release, database, freeBytes, migrations, counts, isEstimated, restored } = status;
  const kind = database.kind === 'sqlite' ? 'SQLite' : `PostgreSQL ${database.version ?? ''}`;
  const count = (value: number) => `${isEstimated ? 'about ' : ''}${value.toLocaleString('en')}`;
  const lines: [string, string][] = [
    ['release', release],
    ['database', `${kind}, ${formatBytes(database.bytes)}`],
    ['schema', describeMigrations(migrations)],
    ['applications', counts.applications.toLocaleString('en')],
    ['cards', count(counts.cards)],
    ['Keyknox records', count(counts.keyknoxRecords)],
    ['Keyknox values', count(counts.keyknoxValues)],
  ];
  if (freeBytes !== undefined) lines.splice(2, 0, ['disk', `${formatBytes(freeBytes)} free`]);
  for (const { name, version, startedAt } of status.nodes)
    lines.push(['node', `${name}, release ${version}, since ${startedAt}`]);
  if (restored !== undefined) lines.push(['restored', `${restored.at}, from a backup of ${restored.backupOf}`]);
  return lines;
}

function describeMigrations({ latest = 'none', pending, unknown }: Overview['migrations']): string {
  if (unknown.length > 0) return `${latest}, of a newer release`;
  return pending.length > 0 ? `${latest}, ${pending.length} to come at the next start` : latest;
}
