/** The database of a data folder, or the one of the environment, for commands that work beside a running service or without one. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { openDatabase, type Store } from '@sotto/service';
import { cliError } from './errors.ts';
import { findInstallation } from './installation.ts';

/** Opens the store for one task, and makes folder and database where there are none. */
export async function withNewStore<T>(data: string | undefined, task: (store: Store) => Promise<T>): Promise<T> {
  const store = await openDatabase(locate(data));
  try {
    return await task(store);
  } finally {
    await store.close();
  }
}

/** The same where there is nothing to do without data: a mistyped folder stays unmade. */
export async function withStore<T>(data: string | undefined, task: (store: Store) => Promise<T>): Promise<T> {
  const location = locate(data);
  if ('file' in location && !existsSync(location.file)) {
    throw cliError('cli/no-data', `${dirname(location.file)} holds no Sotto data`, 'name its folder: --data DIR');
  }
  return withNewStore(data, task);
}

function locate(data: string | undefined) {
  return findInstallation({ data }, process.env).database;
}
