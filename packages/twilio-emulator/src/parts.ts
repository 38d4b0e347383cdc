/** The parts of an emulator, made and led to each other. They open nothing: whoever has them gives them a port. */
import type { Account } from './accounts.ts';
import { createControlApp } from './control/app.ts';
import { type Control, createControl } from './control/control.ts';
import { type ChatService, createChatService, putRow } from './conversations/service.ts';
import { createHttpApp } from './http.ts';
import type { Limits } from './limits.ts';
import { createMediaApp } from './media/app.ts';
import { createMediaLinks } from './media/links.ts';
import { createRestApp } from './rest/app.ts';
import { createSeenLog, type SeenLog } from './seen.ts';
import type { RandomBytes } from './sid.ts';
import { createFaults } from './sockets/faults.ts';
import { createHub, type Hub } from './sockets/hub.ts';
import type { WebhookSettings } from './state/rows.ts';
import type { Storage } from './state/storage.ts';
import { createTokenChecker } from './token.ts';
import { createTunnelApp } from './tunnel/app.ts';
import { createHooks, type Hooks } from './webhooks/hooks.ts';

export interface PartsOptions {
  readonly accounts: readonly Account[];
  readonly storage: Storage;
  readonly limits: Limits;
  readonly webhooks: Partial<WebhookSettings> | undefined;
  readonly webhookTimeoutMs: number;
  readonly tokenWarningSeconds: number;
  readonly maxSeenBytes: number;
  readonly controlToken: string;
  readonly clock: () => number;
  readonly randomBytes: RandomBytes;
  readonly onError: (error: unknown) => void;
}

export interface Parts {
  readonly hub: Hub;
  readonly http: ReturnType<typeof createHttpApp>;
  readonly control: Control;
  readonly seen: SeenLog;
}

export function createParts(options: PartsOptions): Parts {
  const { accounts, limits, clock, randomBytes, onError } = options;
  const seen = createSeenLog(options.maxSeenBytes);
  const tokens = createTokenChecker({ accounts, clock, maxIdentityCharacters: limits.nameCharacters });
  const services = new Map<Account, ChatService>();
  const hooks = new Map<ChatService, Hooks>();
  const serviceOf = (account: Account) => services.get(account)!;
  const hooksOf = (service: ChatService) => hooks.get(service)!;

  const faults = createFaults();
  const hub = createHub({
    tokens,
    tunnel: createTunnelApp(onError),
    faults,
    randomBytes,
    clock,
    warningSeconds: options.tokenWarningSeconds,
    maxFrameBytes: limits.requestBytes,
    serviceOf: ({ account }) => serviceOf(account),
    hooksOf,
    note: (from, bytes) => seen.note({ at: clock(), from, channel: 'frame', bytes }),
    onError,
  });
  for (const account of accounts) {
    const service = openService(account, options, hub);
    services.set(account, service);
    hooks.set(service, createHooks(service, { timeoutMs: options.webhookTimeoutMs, onError }));
  }
  const control = createControl({ hub, services: [...services.values()] });
  const http = createHttpApp({
    apps: {
      rest: createRestApp({ accounts, serviceOf, hooksOf }),
      media: createMediaApp({
        accounts,
        tokens,
        links: createMediaLinks({ secret: randomBytes(32), clock }),
        serviceOf,
        findService: (sid) => [...services.values()].find(({ state }) => state.media.has(sid)),
      }),
      control: createControlApp({ control, seen, token: options.controlToken }),
    },
    limits,
    tokens,
    faults,
    isDown: () => !hub.isAccepting,
    seen,
    clock,
    onError,
  });
  return { hub, http, control, seen };
}

function openService(account: Account, options: PartsOptions, hub: Hub): ChatService {
  const { storage, limits, clock, randomBytes } = options;
  const service: ChatService = createChatService({
    account,
    limits,
    clock,
    randomBytes,
    blobs: storage.blobs,
    changes: storage.changesOf(account.serviceSid),
    write: (transaction) => storage.write(transaction),
    onEvent: (event) => hub.publish(service, event),
  });
  const settings = service.state.settings!;
  const webhooks = { ...settings.webhooks, ...options.webhooks };
  if (options.webhooks) putRow(service, 'settings', { ...settings, webhooks });
  return service;
}
