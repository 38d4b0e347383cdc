/** Cards: real ones to publish, and any number of their shape written straight into a database. */
import { createHash } from 'node:crypto';
import { generateKeyPair, issueCard } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import Libsql from 'libsql';

const ROWS_PER_COMMIT = 50_000;

/** A card as a client makes it for its registration. */
export async function makeCard(identity) {
  const { privateKey } = await generateKeyPair(nodeProvider);
  return issueCard(nodeProvider, { identity, privateKey, createdAt: Math.floor(Date.now() / 1000) });
}

export const seededIdentity = (index) => `seeded-${index}`;

/** Of the shape of a card id, and known without asking. */
export const seededCardId = (index) => createHash('sha256').update(seededIdentity(index)).digest('hex');

/**
 * Fills a database to `count` cards, one for each seeded identity. Rows are those of the one card that is there, published as any, but
 * for ids, identity and content: the service reads such rows like all others, while a client would refuse them.
 */
export function seedCards(file, count) {
  const database = new Libsql(file, { timeout: 5000 });
  database.pragma('synchronous = OFF');
  const tables = ['card_chains', 'cards'].map((name) => {
    const [row] = database.prepare(`select * from ${name} limit 1`).all();
    const columns = Object.keys(row);
    const values = columns.map(() => '?').join(', ');
    return { row, insert: database.prepare(`insert into ${name} (${columns.join(', ')}) values (${values})`) };
  });
  const content = JSON.parse(Buffer.from(tables[1].row.content_snapshot, 'base64').toString());
  for (let begin = 0; begin < count; begin += ROWS_PER_COMMIT) {
    database.exec('begin immediate');
    for (let index = begin; index < Math.min(begin + ROWS_PER_COMMIT, count); index++) {
      const [id, identity] = [seededCardId(index), seededIdentity(index)];
      const snapshot = Buffer.from(JSON.stringify({ ...content, identity })).toString('base64');
      const own = { chain_id: id, head_card_id: id, card_id: id, identity, content_snapshot: snapshot };
      for (const { row, insert } of tables) {
        insert.run(Object.entries(row).map(([column, value]) => own[column] ?? value));
      }
    }
    database.exec('commit');
  }
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}
