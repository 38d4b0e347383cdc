/** The secrets of an installation of several nodes: made once, by its operator, and given to each of them. */

import { createBrainKeySecret } from './brain-key-secret.ts';
import { createServiceKey } from './secrets.ts';

/** Makes what is missing in the folder, mode 0600: the service key with its chain, and the brain-key secret. */
export async function createSecrets(folder: string): Promise<void> {
  await createServiceKey(folder);
  createBrainKeySecret(folder);
}
