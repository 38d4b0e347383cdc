/** Any number of entries, written straight into the database of a service: requests would take hours for a million. */
import { createHash } from 'node:crypto';
import Libsql from 'libsql';

const ENTRIES_PER_COMMIT = 50_000;

export const seededIdentity = (index) => `seeded-${index}`;

/** Of the shape of a card id, and known without asking. */
export const seededCardId = (index) => createHash('sha256').update(seededIdentity(index)).digest('hex');

/**
 * Fills a database with `count` entries of a resource, one for each seeded identity. Rows are those of the template, stored by requests
 * as any, but for what `rowsOf` says is an entry's own: the service reads such rows like all others, while a client would refuse them.
 * Gives back the rows of the template by table.
 */
export function seedEntries({ file, count, resource: { tables, rowsOf } }) {
  const database = new Libsql(file, { timeout: 5000 });
  database.pragma('synchronous = OFF');
  const rows = Object.fromEntries(tables.map((table) => [table, readRow(database, table)]));
  const inserts = tables.map((table) => {
    const columns = Object.keys(rows[table]);
    const values = columns.map(() => '?').join(', ');
    return database.prepare(`insert into ${table} (${columns.join(', ')}) values (${values})`);
  });
  for (let begin = 0; begin < count; begin += ENTRIES_PER_COMMIT) {
    database.exec('begin immediate');
    for (let index = begin; index < Math.min(begin + ENTRIES_PER_COMMIT, count); index++) {
      const own = rowsOf(index, rows);
      for (const [position, table] of tables.entries()) {
        inserts[position].run(Object.entries(rows[table]).map(([column, value]) => own[table][column] ?? value));
      }
    }
    database.exec('commit');
  }
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
  return rows;
}

/** The one row of a table, with bytes as they are inserted. */
export function readRow(database, table) {
  const [row] = database.prepare(`select * from ${table} limit 1`).all();
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, value instanceof ArrayBuffer ? Buffer.from(value) : value]),
  );
}
