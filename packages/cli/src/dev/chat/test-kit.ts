/** For tests: the whole demo in one process, and visitors on Twilio's official client, whose page talks to the key service that can turn evil. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DecryptedMessage,
  type EncryptedClient,
  encryptedClient,
  type EncryptedConversation,
} from '@sotto/chat-twilio';
import { createMemoryCardCache, createMemoryGroupStore, createMemoryKeyStore, EThree } from '@sotto/e3kit';
import { type RunningService, startService } from '@sotto/service';
import { startTwilioEmulator, type TwilioEmulator } from '@sotto/twilio-emulator';
import { vi } from 'vitest';
import { type App, startBackend } from '../backend.ts';
import { prepareCredentials } from '../credentials.ts';
import { createDevBackend } from '../dev-backend.ts';
import { createChatDemo } from './chat-demo.ts';
import { connectTwilio } from './peer/connect.ts';

/** As it comes; tests say what they expect of it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

export interface DemoWorld {
  readonly url: string;
  readonly dataDir: string;
  readonly service: RunningService;
  readonly emulator: TwilioEmulator;
  readonly backend: App;
  /** What went wrong with bob. */
  readonly troubles: readonly unknown[];
  /** The answer to what the page asks for: status and JSON. */
  ask<T = Json>(this: void, path: string, body?: unknown): Promise<{ readonly status: number; readonly json: T }>;
  visit(identity: string): Promise<Visitor>;
  close(): Promise<void>;
}

/** Has a card at once, and comes online with the first room. */
export interface Visitor {
  readonly eThree: EThree;
  /** A room with these others, and all that came in it, as it is now. */
  createRoom(...others: string[]): Promise<VisitedRoom>;
  openRoom(sid: string): Promise<VisitedRoom>;
}

export interface VisitedRoom {
  readonly room: EncryptedConversation;
  readonly messages: readonly DecryptedMessage[];
  /** Waits for a message. */
  find(fits: (message: DecryptedMessage) => boolean): Promise<DecryptedMessage>;
  /** Sends, and waits until it has come back. */
  send(...args: Parameters<EncryptedConversation['sendMessage']>): Promise<DecryptedMessage>;
}

export async function startDemoWorld({ withBob }: { readonly withBob: boolean }): Promise<DemoWorld> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sotto-chat-demo-'));
  const stopping = new AbortController();
  const service = await startService({ dataDir, port: 0 });
  const credentials = await prepareCredentials(dataDir, service.store);
  const emulator = await startTwilioEmulator({ accounts: [credentials.twilio] });
  const backend = await createDevBackend({ credentials, service, emulator });
  const troubles: unknown[] = [];
  const demo = await createChatDemo({
    backend,
    dataDir,
    service,
    emulator,
    signal: stopping.signal,
    onTrouble: (error) => troubles.push(error),
    pauseMs: 0,
  });
  const server = await startBackend({ app: demo.app, host: '127.0.0.1', port: 0 });
  const { url } = server;
  if (withBob) demo.start();

  const clients: EncryptedClient[] = [];
  const ask = async <T>(path: string, body?: unknown): Promise<{ status: number; json: T }> => {
    const headers = { Origin: url, 'Content-Type': 'application/json' };
    const post = { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await fetch(url + path, body === undefined ? {} : post);
    return { status: answer.status, json: (await answer.json()) as T };
  };
  if (withBob) await ask('/demo/welcome'); // answered once he is there
  return {
    url,
    dataDir,
    service,
    emulator,
    backend,
    troubles,
    ask,
    async visit(identity) {
      const { authToken } = (await ask<{ authToken: string }>('/authenticate', { identity })).json;
      const headers = { Authorization: `Bearer ${authToken}` };
      const fetchToken = async (kind: 'virgil' | 'twilio'): Promise<string> => {
        const answer = await fetch(`${url}/${kind}-jwt`, { headers });
        return ((await answer.json()) as Record<string, string>)[`${kind}Token`]!;
      };
      const { apiUrl, servicePublicKey } = (await ask<Record<string, string>>('/config')).json;
      const eThree = await EThree.initialize(() => fetchToken('virgil'), {
        apiUrl,
        servicePublicKey,
        keyStore: createMemoryKeyStore(),
        cardCache: createMemoryCardCache(),
        groupStore: createMemoryGroupStore(),
      });
      await eThree.register();
      let connecting: Promise<EncryptedClient> | undefined;
      const connect = () => (connecting ??= open());
      const open = async (): Promise<EncryptedClient> => {
        const raw = await connectTwilio({ fetchToken: () => fetchToken('twilio'), uri: emulator.wsUrl });
        const client = encryptedClient(raw, eThree);
        clients.push(client);
        return client;
      };
      return {
        eThree,
        openRoom: async (sid) => watchRoom(await (await connect()).getConversationBySid(sid)),
        async createRoom(...others) {
          const room = await (await (await connect()).createConversation()).join();
          const watched = await watchRoom(room);
          for (const other of others) await room.addParticipant(other);
          return watched;
        },
      };
    },
    async close() {
      stopping.abort();
      await Promise.all(clients.map((client) => client.shutdown()));
      await demo.close();
      await server.close();
      await emulator.close();
      await service.close();
      await rm(dataDir, { recursive: true });
    },
  };
}

async function watchRoom(room: EncryptedConversation): Promise<VisitedRoom> {
  const messages: DecryptedMessage[] = [];
  room.on('messageAdded', (message) => messages.push(message));
  const { items } = await room.getMessages();
  messages.unshift(...items.filter((message) => !messages.includes(message)));
  const find = (fits: (message: DecryptedMessage) => boolean): Promise<DecryptedMessage> =>
    vi.waitFor(() => messages.find(fits) ?? Promise.reject(new Error('not among the messages')), { timeout: 20_000 });
  return {
    room,
    messages,
    find,
    async send(...args) {
      const index = await room.sendMessage(...args);
      return find((message) => message.index === index);
    },
  };
}
