/** What a story with users of the official client needs: our service, the sample backend, and a process for the clients. */
import { createTokenIssuer } from '@sotto/auth';
import { nodeProvider } from '@sotto/core/node';
import type { EThree, EThreeOptions } from '@sotto/e3kit';
import { startWorld, type World } from '@sotto/testing';
import { type Backend, startBackend } from './backend.ts';
import type { OfficialDevice, OfficialOptions } from './device.ts';
import { type OfficialClients, startOfficialClients } from './process.ts';

export interface Stage {
  readonly world: World;
  readonly backend: Backend;
  readonly officials: OfficialClients;
  /** An official client of a user who has a card from then on. */
  register(identity: string, options?: OfficialOptions): Promise<OfficialDevice>;
  /** The same with ours. */
  registerOurs(identity: string, options?: EThreeOptions): Promise<EThree>;
  /** Official clients in another process, which shares nothing with the first. */
  startClients(): Promise<OfficialClients>;
  /** Requests to our service that `call` makes, as `GET /keyknox/v1` and without ids of cards. */
  requestsOf(call: () => Promise<unknown>): Promise<string[]>;
  close(): Promise<void>;
}

export interface StageOptions {
  /** Of service and backend; not that of the clients. */
  readonly clock?: () => number;
  /** The address at which official clients find the service, if it is not its own. */
  readonly standBefore?: (serviceUrl: string) => Promise<{ readonly url: string; close(): Promise<void> }>;
}

export async function openStage({ clock = Date.now, standBefore }: StageOptions = {}): Promise<Stage> {
  const world = await startWorld({ clock });
  const front = standBefore ? await standBefore(world.service.url) : { url: world.service.url, close: async () => {} };
  const backend = await startBackend(createTokenIssuer({ provider: nodeProvider, ...world.app, now: clock }));
  const processes: OfficialClients[] = [];
  const startClients = async (): Promise<OfficialClients> => {
    const clients = await startOfficialClients({
      apiUrl: front.url,
      backendUrl: backend.url,
      servicePublicKey: world.service.servicePublicKey,
    });
    processes.push(clients);
    return clients;
  };
  const officials = await startClients();
  return {
    world,
    backend,
    officials,
    startClients,
    async register(identity, options) {
      const device = await officials.open(identity, options);
      await device.register();
      return device;
    },
    async registerOurs(identity, options) {
      const client = await world.createClient(identity, options);
      await client.register();
      return client;
    },
    async requestsOf(call) {
      const before = world.seen.length;
      await call();
      return world.seen.slice(before).map(({ method, path }) => `${method} ${path.replace(/[0-9a-f]{64}$/, ':id')}`);
    },
    async close() {
      await Promise.all(processes.map((clients) => clients.close()));
      await backend.close();
      await front.close();
      await world.close();
    },
  };
}
