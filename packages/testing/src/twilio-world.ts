/** A world with a chat service in it: the emulator, Twilio's official clients of both majors, and users of a Sotto service. */
import { createMadeUpTwilioAccount, issueTwilioToken } from '@sotto/auth';
import type { ClientLike, ConversationLike } from '@sotto/chat-twilio';
import { nodeProvider } from '@sotto/core/node';
import { type EmulatorOptions, startTwilioEmulator, type TwilioEmulator } from '@sotto/twilio-emulator';
import { Client as Client2 } from 'twilio-conversations-2';
import { Client as Client3 } from 'twilio-conversations-3';

export { createEmulatorHttpClient } from '@sotto/twilio-emulator';

/** The clients that everything is tried with. */
export const twilioMajors = [
  ['2.7', Client2],
  ['3.0', Client3],
] as const satisfies readonly (readonly [string, TwilioClientClass])[];

export type TwilioClientClass = new (token: string, options: { Twilsock: { uri: string } }) => ClientLike;

export interface TwilioWorld {
  readonly emulator: TwilioEmulator;
  tokenOf(identity: string): Promise<string>;
  /** A client of its own for each call, as on another device; resolves when it is initialized. */
  connect(identity: string): Promise<ClientLike>;
  /** A conversation that its creator has joined and added the others to. */
  createConversation(creator: ClientLike, others: readonly string[]): Promise<ConversationLike>;
  /**
   * Resolves when the clients ask for nothing any more. What is under way when a connection ends, the SDK rejects where nobody can
   * catch it.
   */
  calm(): Promise<void>;
  /** Shuts all clients down, and the emulator. */
  close(): Promise<void>;
}

// Subscriptions are sent 100 ms after what they are for.
const QUIET_MS = 150;
const MAX_CALM_MS = 3_000;

export async function startTwilioWorld(
  Client: TwilioClientClass,
  options: Partial<EmulatorOptions> = {},
): Promise<TwilioWorld> {
  const account = createMadeUpTwilioAccount(nodeProvider);
  const emulator = await startTwilioEmulator({ accounts: [account], ...options });
  const clients: ClientLike[] = [];
  let count = 0;
  // Each a second older than the one before: two of one second would be the same token, which the client does not take for a new one.
  const tokenOf = (identity: string): Promise<string> =>
    issueTwilioToken(account, { identity, issuedAt: Math.floor(Date.now() / 1000) - count++ });
  const calm = async (): Promise<void> => {
    const until = Date.now() + MAX_CALM_MS;
    const isQuiet = (): boolean => Date.now() - (emulator.seen.at(-1)?.at ?? 0) > QUIET_MS;
    while (!isQuiet() && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  return {
    emulator,
    calm,
    tokenOf,
    async connect(identity) {
      const client = new Client(await tokenOf(identity), { Twilsock: { uri: emulator.wsUrl } });
      clients.push(client);
      await new Promise<void>((resolve, reject) => {
        client.on('initialized', resolve);
        client.on('initFailed', ({ error }: { error: Error }) => reject(error));
      });
      return client;
    },
    async createConversation(creator, others) {
      const conversation = await creator.createConversation({});
      await conversation.join();
      for (const identity of others) await conversation.add(identity);
      return conversation;
    },
    async close() {
      await calm();
      await Promise.all(clients.map((client) => client.shutdown()));
      await emulator.close();
    },
  };
}
