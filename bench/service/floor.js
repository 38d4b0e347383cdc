/**
 * What a publish cannot do without: one durable insert of such a row, by the settings of our store, one check of the card's
 * signature and one signature of the service's.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import Libsql from 'libsql';

/** @param {{ file: string, like: string }} options A database to make, and one that holds a card. */
export function openPublishFloor({ file, like }) {
  const existing = new Libsql(like);
  const [row] = existing.prepare('select * from cards limit 1').all();
  existing.close();
  const database = new Libsql(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  const columns = Object.keys(row);
  database.exec(`create table cards (${columns.join(', ')}, primary key (application_id, card_id))`);
  database.exec('create index cards_by_identity on cards (application_id, identity)');
  const insert = database.prepare(`insert into cards values (${columns.map(() => '?').join(', ')})`);
  const [begin, commit] = ['begin immediate', 'commit'].map((sql) => database.prepare(sql));

  const [client, service] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
  const snapshot = Buffer.from(row.content_snapshot, 'base64');
  const digest = () => createHash('sha512').update(snapshot).digest();
  const selfSignature = sign(null, digest(), client.privateKey);
  return {
    publish() {
      if (!verify(null, digest(), client.publicKey, selfSignature)) throw new Error('wrong signature');
      sign(null, digest(), service.privateKey);
      const own = { card_id: randomBytes(32).toString('hex') };
      begin.run();
      insert.run(columns.map((column) => own[column] ?? row[column]));
      commit.run();
    },
    close: () => database.close(),
  };
}
