/** A whole world in one process: a service over a folder of its own, an application, and clients in it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AppKeySettings, createTokenIssuer, type TokenIssuer } from '@sotto/auth';
import { bytesToBase64, generateKeyPair } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import {
  createMemoryCardCache,
  createMemoryGroupStore,
  createMemoryKeyStore,
  EThree,
  type EThreeOptions,
} from '@sotto/e3kit';
import {
  createApplication,
  createAppKey,
  type RunningService,
  type SeenRequest,
  type ServiceOptions,
  startService,
} from '@sotto/service';

export interface Application extends AppKeySettings {
  readonly issuer: TokenIssuer;
}

export interface World {
  readonly service: RunningService;
  readonly dataDir: string;
  /** Everything that the service was sent. */
  readonly seen: readonly SeenRequest[];
  /** The application that `createClient` uses. */
  readonly app: Application;
  createApplication(): Promise<Application>;
  /** A client of `identity` on a device of its own, unless the options bring stores along. */
  createClient(identity: string, options?: EThreeOptions): Promise<EThree>;
  /** As `createClient`, and registered. */
  createUser(identity: string, options?: EThreeOptions): Promise<EThree>;
  close(): Promise<void>;
}

export async function startWorld(options: Partial<ServiceOptions> = {}): Promise<World> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'sotto-world-')));
  const seen: SeenRequest[] = [];
  const service = await startService({ port: 0, onRequest: (request) => seen.push(request), ...options, dataDir });
  const addApplication = async (): Promise<Application> => {
    const { publicKey, privateKey: appKey } = await generateKeyPair(nodeProvider);
    const { appId } = await createApplication(service.store, { name: 'world' });
    const key = { appId, name: 'world', publicKey: bytesToBase64(publicKey.exportDer()) };
    const { appKeyId } = await createAppKey(service.store, key);
    const settings = { appId, appKeyId, appKey };
    return { ...settings, issuer: createTokenIssuer({ provider: nodeProvider, ...settings }) };
  };
  const app = await addApplication();
  const createClient: World['createClient'] = (identity, clientOptions = {}) =>
    EThree.initialize(() => app.issuer.issue(identity), {
      apiUrl: service.url,
      servicePublicKey: service.servicePublicKey,
      keyStore: createMemoryKeyStore(),
      cardCache: createMemoryCardCache(),
      groupStore: createMemoryGroupStore(),
      ...clientOptions,
    });
  return {
    service,
    dataDir,
    seen,
    app,
    createApplication: addApplication,
    createClient,
    async createUser(identity, clientOptions) {
      const user = await createClient(identity, clientOptions);
      await user.register();
      return user;
    },
    async close() {
      await service.close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
