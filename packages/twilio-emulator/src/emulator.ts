/**
 * The emulator: a local Twilio Conversations that the official clients and the official REST helper connect to. For
 * development and tests, never for production: it checks tokens as Twilio does, and nothing of what makes a service safe to
 * run among strangers was looked at.
 */
import { randomBytes as nodeRandomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { type Account, completeAccount, type EmulatorAccount } from './accounts.ts';
import type { Control } from './control/control.ts';
import { EmulatorError } from './errors.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { createParts, type Parts } from './parts.ts';
import type { SeenRecord } from './seen.ts';
import type { RandomBytes } from './sid.ts';
import { SOCKET_PATH } from './sockets/hub.ts';
import type { WebhookSettings } from './state/rows.ts';
import { openStorage } from './state/storage.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i;
const MAX_SEEN_BYTES = 256 * 1024 * 1024;
/** Twilio warns three minutes before the end. [guess] */
const WARNING_SECONDS = 180;
const WEBHOOK_TIMEOUT_MS = 5000;

export interface EmulatorOptions {
  readonly accounts: readonly EmulatorAccount[];
  /** 0, the default, for a free one. */
  readonly port?: number;
  /** `127.0.0.1` by default. */
  readonly host?: string;
  /** Takes a `host` that others can reach. */
  readonly allowRemote?: boolean;
  /** Where all of it is kept; media in a folder beside. In memory by default. */
  readonly file?: string;
  readonly limits?: Partial<Limits>;
  /** As `Configuration/Webhooks` sets them. */
  readonly webhooks?: Partial<WebhookSettings>;
  /** Without an answer in this time a change goes ahead. 5,000 by default, as at Twilio. */
  readonly webhookTimeoutMs?: number;
  readonly tokenWarningSeconds?: number;
  /** How much of what it receives is remembered in `seen`. 256 MiB by default. */
  readonly maxSeenBytes?: number;
  /** Guards the control over HTTP. Random by default. */
  readonly controlToken?: string;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
  readonly randomBytes?: RandomBytes;
  /** Takes what went wrong for a reason of ours, and webhooks that refused. Silent by default. */
  readonly logger?: { error(error: unknown): void };
}

export interface TwilioEmulator {
  /** Origin of HTTP: the REST API and media. */
  readonly url: string;
  /** For `Twilsock: { uri }` of the clients. */
  readonly wsUrl: string;
  /** With the auth tokens that were derived. */
  readonly accounts: readonly Account[];
  readonly control: Control;
  readonly controlToken: string;
  /** All that came in, the oldest first. */
  readonly seen: readonly SeenRecord[];
  /** Asks clients to go, lets what is in flight finish, and frees the port. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Resolves once the port accepts. @throws EmulatorError, or the system's EADDRINUSE */
export async function startTwilioEmulator(options: EmulatorOptions): Promise<TwilioEmulator> {
  const { host = '127.0.0.1', port = 0, randomBytes = nodeRandomBytes } = options;
  if (!LOOPBACK.test(host) && !options.allowRemote) {
    throw new EmulatorError('emulator/insecure-host', { details: { host } });
  }
  if (options.accounts.length === 0) throw new EmulatorError('emulator/no-account');
  const accounts = options.accounts.map(completeAccount);
  const controlToken = options.controlToken ?? Buffer.from(randomBytes(16)).toString('hex');
  const storage = openStorage(options.file);
  try {
    const parts = createParts({
      accounts,
      storage,
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      webhooks: options.webhooks,
      webhookTimeoutMs: options.webhookTimeoutMs ?? WEBHOOK_TIMEOUT_MS,
      tokenWarningSeconds: options.tokenWarningSeconds ?? WARNING_SECONDS,
      maxSeenBytes: options.maxSeenBytes ?? MAX_SEEN_BYTES,
      controlToken,
      clock: options.clock ?? Date.now,
      randomBytes,
      onError: (error) => options.logger?.error(error),
    });
    const server = await listen(parts, { host, port });
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
    const stop = async () => {
      await parts.hub.close();
      await parts.control.settleWebhooks();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      storage.close();
    };
    let stopping: Promise<void> | undefined;
    const close = () => (stopping ??= stop());
    return {
      url,
      wsUrl: `${url.replace('http', 'ws')}${SOCKET_PATH}`,
      accounts,
      control: parts.control,
      controlToken,
      seen: parts.seen.records,
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    storage.close();
    throw error;
  }
}

async function listen({ hub, http }: Parts, at: { readonly host: string; readonly port: number }): Promise<Server> {
  const server = createAdaptorServer({ fetch: http.fetch, hostname: at.host }) as Server;
  server.on('upgrade', (request, socket, head: Buffer) => hub.upgrade(request, socket, head));
  server.listen(at.port, at.host);
  await once(server, 'listening');
  return server;
}
