/** `sotto app`: the applications of a data folder. */
import { createApplication, listApplications } from '@sotto/service';
import { withNewStore, withStore } from '../data-folder.ts';
import type { Terminal } from '../terminal.ts';

export async function createApp(options: { name: string; data?: string }, terminal: Terminal): Promise<void> {
  const { name, data } = options;
  const { appId } = await withNewStore(data, (store) => createApplication(store, { name }));
  terminal.result(appId);
}

export async function listApps(options: { data?: string }, terminal: Terminal): Promise<void> {
  const applications = await withStore(options.data, listApplications);
  for (const { appId, name } of applications) terminal.result(`${appId}  ${name}`);
}
