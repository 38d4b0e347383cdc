/** `sotto service-key`: another key to sign cards with, on all nodes at one moment and without a restart. */
import {
  activateServiceKey,
  announceServiceKey,
  readServiceKeyState,
  type SecretsLocation,
  type ServiceKey,
  type Store,
} from '@sotto/service';
import { withStore } from '../data-folder.ts';
import { findInstallation, type InstallationOptions } from '../installation.ts';
import type { Terminal } from '../terminal.ts';

export type ServiceKeyOptions = Pick<InstallationOptions, 'data'>;

/** @throws `secrets/*`, `service-key/not-here` */
export async function showServiceKey(options: ServiceKeyOptions, terminal: Terminal): Promise<void> {
  const { active, announced, nodes } = await withServiceKeys(options, readServiceKeyState);
  terminal.result(`signs   ${describe(active)}`);
  if (announced !== undefined) terminal.result(`next    ${describe(announced)}`);
  for (const { name, version, isReady } of nodes) {
    terminal.result(
      `node    ${name}, release ${version}, ${isReady ? 'holds' : 'lacks'} the ${announced ? 'next' : 'service'} key`,
    );
  }
}

/** @throws `secrets/*`, `service-key/not-here` */
export async function announceKey(options: ServiceKeyOptions, terminal: Terminal): Promise<void> {
  const key = await withServiceKeys(options, announceServiceKey);
  terminal.result(describe(key));
  terminal.say(
    'made the next service key: copy service-key-next.pem and service-keys.json to the secrets of each node, which finds them ' +
      'within half a minute; then run sotto service-key activate',
  );
}

/** @throws `secrets/*`, `service-key/none-announced`, `service-key/not-everywhere`, `service-key/not-here` */
export async function activateKey(options: ServiceKeyOptions, terminal: Terminal): Promise<void> {
  const key = await withServiceKeys(options, activateServiceKey);
  terminal.result(describe(key));
  terminal.say(
    'all nodes sign with this key: take a backup, copy service-key.pem to the secrets of the others and remove ' +
      'service-key-next.pem there, and give official clients the new public key',
  );
}

async function withServiceKeys<T>(
  options: ServiceKeyOptions,
  task: (installation: { store: Store; secrets: SecretsLocation }) => Promise<T>,
): Promise<T> {
  const { secrets } = findInstallation(options, process.env);
  return withStore(options.data, (store) => task({ store, secrets }));
}

function describe({ keyId, chain }: ServiceKey): string {
  return `${keyId}  ${chain.at(-1)?.publicKey ?? ''}`;
}
