/** `sotto secrets`: what all nodes over one database share, made once. */
import { createSecrets } from '@sotto/service';
import type { Terminal } from '../terminal.ts';

export async function makeSecrets(folder: string, terminal: Terminal): Promise<void> {
  await createSecrets(folder);
  terminal.say(`${folder} has the secrets: give a copy to each node as SOTTO_SECRETS_DIR, and keep one elsewhere`);
}
