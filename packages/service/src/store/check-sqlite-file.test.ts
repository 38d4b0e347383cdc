import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import Libsql from 'libsql';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startService } from '../service.ts';
import { makeTemporaryFolder } from '../test-kit.ts';
import { checkSqliteFile, isWrittenAhead } from './check-sqlite-file.ts';
import { openAsIs } from './open-as-is.ts';
import { explainStoreErrors } from './explain-errors.ts';
import { openStore } from './store.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = makeTemporaryFolder();
  file = join(folder, 'sotto.db');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function makeDatabase(): Promise<void> {
  const store = await openStore({ file });
  const rows = Array.from({ length: 400 }, (_, index) => ({
    application_id: `${index}`,
    name: 'x'.repeat(100),
    created_at: 1,
  }));
  await store.transact((db) => db.insertInto('applications').values(rows).execute());
  await store.close();
}

function overwrite(at: number, bytes: Uint8Array): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, bytes, 0, bytes.length, at);
  closeSync(descriptor);
}

test('a file that is whole, empty or not there is no reason not to start', async () => {
  expect(checkSqliteFile(file)).toBeUndefined();
  expect(() => statSync(file)).toThrow('ENOENT');
  writeFileSync(file, '');
  expect(checkSqliteFile(file)).toBeUndefined();
  await makeDatabase();
  expect(checkSqliteFile(file)).toBeUndefined();
  const store = await openStore({ file });
  expect(checkSqliteFile(file, { isThorough: true })).toBeUndefined();
  await store.close();
});

test('another file is told, and left as it is', () => {
  writeFileSync(file, 'a letter to somebody, longer than a head');
  expect(checkSqliteFile(file)).toBe('file is not a database');
  expect(readFileSync(file, 'utf8')).toMatch(/^a letter/);
});

test('a file that was cut off is told', async () => {
  await makeDatabase();
  // Of the file itself this process still has the log.
  const cut = join(folder, 'cut.db');
  writeFileSync(cut, readFileSync(file).subarray(0, -4096));
  for (const isThorough of [false, true]) {
    expect(checkSqliteFile(cut, { isThorough })).toBe('database disk image is malformed');
  }
});

test('an index that shows another key than its table is told by a thorough look', async () => {
  await makeDatabase();
  const database = new Libsql(file);
  database.exec(`insert into applications values ('${'4'.repeat(32)}', 'chat', 1); pragma wal_checkpoint(truncate)`);
  database.close();
  const bytes = readFileSync(file);
  // In the table's own page the name stands behind it.
  const inTable = bytes.indexOf(`${'4'.repeat(32)}chat`);
  const inIndex = [...findAll(bytes, '4'.repeat(32))].find((at) => at !== inTable)!;
  overwrite(inIndex, Buffer.from('5'));
  expect(checkSqliteFile(file)).toBeUndefined();
  expect(checkSqliteFile(file, { isThorough: true })).toMatch(/missing from index|wrong # of entries/);
});

function* findAll(bytes: Buffer, text: string): Generator<number> {
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) yield at;
}

test('what cannot be opened as a file is no damage, and said to be so', async () => {
  mkdirSync(file);
  const looking = async () => checkSqliteFile(file);
  await expect(explainStoreErrors(looking())).rejects.toMatchObject({
    code: 'database/unreachable',
    message: expect.stringContaining('its file cannot be opened'),
  });
});

test('a service does not start with a damaged file, and leaves it as it is', async () => {
  await makeDatabase();
  overwrite(3 * 4096, new Uint8Array(200).fill(0x55));
  const before = readFileSync(file);
  await expect(startService({ dataDir: folder, port: 0 })).rejects.toMatchObject({ code: 'database/corrupt' });
  expect(readFileSync(file)).toEqual(before);
});

test('it sees whether changes go to a log, and does not change that', async () => {
  await makeDatabase();
  expect(isWrittenAhead(file)).toBe(true);
  const other = join(folder, 'other.db');
  const database = new Libsql(other);
  database.exec('create table a (b)');
  database.close();
  for (let time = 0; time < 2; time++) expect(isWrittenAhead(other)).toBe(false);
});

test('a page that was overwritten is told, and what else opens it says so too', async () => {
  await makeDatabase();
  const pages = statSync(file).size / 4096;
  for (let page = 1; page < pages; page++) overwrite(page * 4096, new Uint8Array(200).fill(0x55));
  expect(checkSqliteFile(file)).toEqual(expect.any(String));
  const reading = async () => {
    const { reader, close } = await openAsIs({ file });
    try {
      await reader.selectFrom('applications').selectAll().execute();
    } finally {
      await close();
    }
  };
  await expect(explainStoreErrors(reading())).rejects.toMatchObject({ code: 'database/corrupt' });
});

test('it answers whatever the bytes are', async () => {
  await makeDatabase();
  const good = readFileSync(file);
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.uint8Array({ minLength: 1, maxLength: 64 }), (at, noise) => {
      writeFileSync(file, good);
      overwrite(at, noise);
      expect(['string', 'undefined']).toContain(typeof checkSqliteFile(file));
    }),
    { numRuns: 60 },
  );
});
