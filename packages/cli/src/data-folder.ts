/** The database of a data folder, or the one of the environment, for commands that work beside a running service or without one. */
import { existsSync } from 'node:fs';
import { databaseFile, openDatabase, readConfig, type Config, type Store } from '@sotto/service';
import { cliError } from './errors.ts';

/** Opens the store for one task, and makes folder and database where there are none. */
export async function withNewStore<T>(data: string | undefined, task: (store: Store) => Promise<T>): Promise<T> {
  const store = await openDatabase(placeOf(data));
  try {
    return await task(store);
  } finally {
    await store.close();
  }
}

/** The same where there is nothing to do without data: a mistyped folder stays unmade. */
export async function withStore<T>(data: string | undefined, task: (store: Store) => Promise<T>): Promise<T> {
  const { dataDir, databaseUrl } = placeOf(data);
  if (databaseUrl === undefined && !existsSync(databaseFile(dataDir))) {
    throw cliError('cli/no-data', `${dataDir} holds no Sotto data`, 'name its folder: --data DIR');
  }
  return withNewStore(data, task);
}

/** What a service with this environment would take, unless a folder is named. */
function placeOf(data: string | undefined): Pick<Config, 'dataDir' | 'databaseUrl'> {
  return data === undefined ? readConfig(process.env) : { dataDir: data };
}
