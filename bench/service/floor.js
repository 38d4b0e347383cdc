/** What a write cannot do without, in the process that measures: a durable insert of such a row, by the settings of our store. */
import { createHash, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import Libsql from 'libsql';
import { readRow } from './entries.js';

/** @param {{ file: string, like: string, table: string, key: string }} options A database to make, and one that has such a row. */
export function openInsertFloor({ file, like, table, key }) {
  const { database, insert } = openTable({ file, like, table, key });
  return { run: insert, close: () => database.close() };
}

/** With one check of the card's signature and one signature of the service's. */
export function openPublishFloor({ file, like }) {
  const { database, row, insert } = openTable({ file, like, table: 'cards', key: 'card_id' });
  database.exec('create index cards_by_identity on cards (application_id, identity)');
  const [client, service] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
  const snapshot = Buffer.from(row.content_snapshot, 'base64');
  const digest = () => createHash('sha512').update(snapshot).digest();
  const selfSignature = sign(null, digest(), client.privateKey);
  return {
    run() {
      if (!verify(null, digest(), client.publicKey, selfSignature)) throw new Error('wrong signature');
      sign(null, digest(), service.privateKey);
      insert();
    },
    close: () => database.close(),
  };
}

function openTable({ file, like, table, key }) {
  const existing = new Libsql(like);
  const row = readRow(existing, table);
  existing.close();
  const database = new Libsql(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  const columns = Object.keys(row);
  database.exec(`create table ${table} (${columns.join(', ')}, primary key (application_id, ${key}))`);
  const [begin, commit] = ['begin immediate', 'commit'].map((sql) => database.prepare(sql));
  const statement = database.prepare(`insert into ${table} values (${columns.map(() => '?').join(', ')})`);
  return {
    database,
    row,
    insert() {
      const own = { [key]: randomBytes(32).toString('hex') };
      begin.run();
      statement.run(columns.map((column) => own[column] ?? row[column]));
      commit.run();
    },
  };
}
