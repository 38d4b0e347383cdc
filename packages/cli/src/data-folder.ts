/** The database of a data folder, for commands that work beside a running service or without one. */
import { existsSync } from 'node:fs';
import { databaseFile, openStore, readConfig, type Store } from '@sotto/service';
import { cliError } from './errors.ts';

/** Opens the store for one task, and makes folder and database where there are none. */
export async function withNewStore<T>(data: string | undefined, task: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ file: databaseFile(dataDirOf(data)) });
  try {
    return await task(store);
  } finally {
    await store.close();
  }
}

/** The same where there is nothing to do without data: a mistyped folder stays unmade. */
export async function withStore<T>(data: string | undefined, task: (store: Store) => Promise<T>): Promise<T> {
  const dataDir = dataDirOf(data);
  if (!existsSync(databaseFile(dataDir))) {
    throw cliError('cli/no-data', `${dataDir} holds no Sotto data`, 'name its folder: --data DIR');
  }
  return withNewStore(dataDir, task);
}

/** The folder that a service with this environment would take. */
function dataDirOf(data: string | undefined): string {
  return data ?? readConfig(process.env).dataDir;
}
