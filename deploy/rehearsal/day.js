// A day of a service: it starts, gets an application and a user, is stopped, and has both when it starts again.
import { strictEqual } from 'node:assert';
import { parseEnv } from 'node:util';
import { createTokenIssuer } from '@sotto/auth';
import { base64ToBytes, importPrivateKey } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { createMemoryCardCache, createMemoryGroupStore, createMemoryKeyStore, EThree } from '@sotto/e3kit';

/**
 * `start` gives a running service (see inside.js) whose log has its address, `sotto` the output of the command with these
 * words beside it, and `check` is called while it runs.
 */
export async function liveADay({ start, sotto, check = async () => {} }) {
  const first = start();
  const apiUrl = await addressOf(first);
  const appId = (await sotto('app', 'create', '--name', 'chat')).trim();
  const settings = parseEnv(await sotto('app-key', 'create'));
  strictEqual(settings.APP_ID, appId);
  const openClient = await createClients(settings);
  const alice = await openClient('alice', apiUrl);
  await alice.register();
  const published = await alice.findUsers('alice');
  await check();
  await stop(first);

  const second = start();
  const bob = await openClient('bob', await addressOf(second));
  await bob.register();
  const found = await bob.findUsers('alice');
  strictEqual(found.id, published.id);
  const text = await bob.authEncrypt('Hello Alice!', found);
  strictEqual(typeof text, 'string');
  await stop(second);
}

/** By what `sotto app-key create` has printed. Gives back a function that opens the client of an identity, each on a device of its own. */
export async function createClients({ APP_ID: appId, APP_KEY_ID: appKeyId, APP_KEY: text }) {
  const appKey = await importPrivateKey(nodeProvider, base64ToBytes(text));
  const issuer = createTokenIssuer({ provider: nodeProvider, appId, appKeyId, appKey });
  return (identity, apiUrl) =>
    EThree.initialize(() => issuer.issue(identity), {
      apiUrl,
      keyStore: createMemoryKeyStore(),
      cardCache: createMemoryCardCache(),
      groupStore: createMemoryGroupStore(),
    });
}

async function addressOf(service) {
  const [, url] = await service.says(/"url":"([^"]+)"/);
  return url.replace('0.0.0.0', '127.0.0.1');
}

async function stop(service) {
  service.signal('SIGTERM');
  strictEqual(await service.ended, 0, service.output());
}
