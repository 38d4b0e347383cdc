/** What tests of groups share: a world with a proxy in front of it, and users in it. */
import { createMemoryKeyStore, type EThree, type EThreeOptions, type KeyStore } from '@sotto/e3kit';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type EvilProxy, type Meddle, startEvilProxy } from './evil-proxy.ts';
import { startWorld, type World } from './world.ts';

export interface GroupWorld {
  /** Made anew for each test, as are the names of users. */
  readonly groupId: string;
  readonly world: World;
  readonly proxy: EvilProxy;
  /** A user with a key. Requests of all pass by the proxy. */
  registerUser(name: string, options?: EThreeOptions): Promise<EThree>;
  /** Another device of a user, with the same key and nothing else. */
  openSecondDevice(of: EThree, options?: EThreeOptions): Promise<EThree>;
}

/** Registers what sets the world up and tears it down. */
export function useGroupWorld(): GroupWorld {
  let world: World;
  let proxy: EvilProxy;
  let count = 0;

  beforeAll(async () => {
    world = await startWorld();
    proxy = await startEvilProxy(world.service.url);
  });
  beforeEach(() => {
    count++;
  });
  afterEach(() => {
    proxy.meddle = undefined;
  });
  afterAll(async () => {
    await proxy.close();
    await world.close();
  });

  return {
    get groupId() {
      return `the group of test ${count}`;
    },
    get world() {
      return world;
    },
    get proxy() {
      return proxy;
    },
    async registerUser(name, options) {
      const client = await world.createClient(`${name} ${count}`, { apiUrl: proxy.url, ...options });
      await client.register();
      return client;
    },
    openSecondDevice: async (of, options) =>
      world.createClient(of.identity, { apiUrl: proxy.url, keyStore: await copyKeys(of.keyStore), ...options }),
  };
}

async function copyKeys(from: KeyStore): Promise<KeyStore> {
  const copy = createMemoryKeyStore();
  for (const { name, value, meta } of await from.list()) await copy.save(name, value, meta);
  return copy;
}

/** Passes all requests on but the first to `path` for which `isIt`, before which `task` is done. */
export function before(path: string, task: () => Promise<unknown>): Meddle {
  let isDone = false;
  return async (request, forward) => {
    if (request.path === path && !isDone) {
      isDone = true;
      await task();
    }
    return forward();
  };
}
