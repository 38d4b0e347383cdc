import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTemporaryFolder } from '../test-kit.ts';
import { openStore } from './store.ts';

const built = new URL('../../dist/store/store.js', import.meta.url).href;

/** What a command counts that opens the database, and closes it: the driver does so when what it has opened is collected. */
function countBeside(file: string): string {
  const script = `
    import { openStore } from ${JSON.stringify(built)};
    const store = await openStore({ file: ${JSON.stringify(file)} });
    console.log((await store.reader.selectFrom('applications').selectAll().execute()).length);
    await store.close();
    for (let times = 0; times < 3; times++) {
      globalThis.gc();
      await new Promise((resolve) => setImmediate(resolve));
    }`;
  const args = ['--expose-gc', '--input-type=module', '--eval', script];
  return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim();
}

test('a command that opens and closes the database takes nothing from a service that has opened it twice', async () => {
  const folder = makeTemporaryFolder();
  const file = join(folder, 'sotto.db');
  await (await openStore({ file })).close();
  const store = await openStore({ file });
  const insert = (id: string) =>
    store.transact((db) =>
      db.insertInto('applications').values({ application_id: id, name: 'clinic', created_at: 1 }).execute(),
    );
  await insert('a');
  expect(countBeside(file)).toBe('1');
  await insert('b');
  expect(countBeside(file)).toBe('2');
  await store.close();
  rmSync(folder, { recursive: true });
});
