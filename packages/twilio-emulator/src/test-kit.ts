/** For tests: an emulator, tokens, and the official clients in both majors, all of which go away after the test. */
import { SignJWT } from 'jose';
import { Client as Client2 } from 'twilio-conversations-2';
import { Client, type ClientOptions, type Conversation, type Message, type Paginator } from 'twilio-conversations-3';
import { onTestFinished, vi } from 'vitest';
import { type EmulatorAccount, type EmulatorOptions, startTwilioEmulator, type TwilioEmulator } from './index.ts';

export const ACCOUNT: EmulatorAccount = {
  accountSid: `AC${'a'.repeat(32)}`,
  apiKey: `SK${'b'.repeat(32)}`,
  apiSecret: 'the secret of the API key',
  serviceSid: `IS${'c'.repeat(32)}`,
};

/** The surface of both majors that is used here is the same. */
export const MAJORS = [
  ['2.7', Client2 as unknown as typeof Client],
  ['3.0', Client],
] as const;

export interface TokenOptions {
  readonly identity?: string;
  readonly ttlSeconds?: number;
  readonly issuedAt?: number;
  readonly account?: EmulatorAccount;
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
}

export async function createToken(options: TokenOptions = {}): Promise<string> {
  const { identity = 'alice', ttlSeconds = 3600, account = ACCOUNT } = options;
  const issuedAt = options.issuedAt ?? Math.floor(Date.now() / 1000);
  return new SignJWT({
    grants: { identity, chat: { service_sid: account.serviceSid } },
    jti: `${account.apiKey}-${issuedAt}`,
    iss: account.apiKey,
    sub: account.accountSid,
    iat: issuedAt,
    exp: issuedAt + ttlSeconds,
    ...options.claims,
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', cty: 'twilio-fpa;v=1', ...options.header })
    .sign(new TextEncoder().encode(account.apiSecret));
}

export async function startEmulator(options: Partial<EmulatorOptions> = {}): Promise<TwilioEmulator> {
  const errors: unknown[] = [];
  const logger = { error: (error: unknown) => void errors.push(error) };
  const emulator = await startTwilioEmulator({ accounts: [ACCOUNT], logger, ...options });
  onTestFinished(async () => {
    await emulator.close();
    if (errors.length > 0) throw new AggregateError(errors, 'the emulator failed');
  });
  return emulator;
}

/** A client that is connected and has its conversations. */
export async function connect(
  Sdk: typeof Client,
  { wsUrl }: Pick<TwilioEmulator, 'wsUrl'>,
  options: TokenOptions & { readonly client?: Partial<ClientOptions> } = {},
): Promise<Client> {
  const client = open(Sdk, await createToken(options), {
    Twilsock: { uri: wsUrl },
    ...options.client,
  });
  await new Promise<void>((resolve, reject) => {
    client.on('initialized', resolve);
    client.on('initFailed', ({ error }) => reject(Object.assign(new Error('initFailed'), error)));
  });
  // The SDK asks for these on its own, and nobody catches its rejection when it is shut down meanwhile.
  await client.getSubscribedConversations();
  return client;
}

/** A client that may not come up. */
export function open(Sdk: typeof Client, token: string, options: ClientOptions): Client {
  const client = new Sdk(token, options);
  onTestFinished(() => client.shutdown().catch(() => {}));
  return client;
}

interface Emitter<T> {
  on(event: string, listener: (value: T) => void): unknown;
}

/** The next event of that name that fits. */
export function next<T>(emitter: object, event: string, fits: (value: T) => boolean = () => true): Promise<T> {
  return new Promise((resolve) => {
    (emitter as Emitter<T>).on(event, (value) => fits(value) && resolve(value));
  });
}

/** Two users in a conversation that the first has made. */
export async function startPair(Sdk: typeof Client, emulator: Pick<TwilioEmulator, 'wsUrl'>) {
  const [alice, bob] = await Promise.all([
    connect(Sdk, emulator, { identity: 'alice' }),
    connect(Sdk, emulator, { identity: 'bob' }),
  ]);
  const joined = next<Conversation>(bob, 'conversationJoined');
  const ofAlice = await alice.createConversation({ friendlyName: 'The two of us' });
  await ofAlice.join();
  await ofAlice.add('bob');
  const ofBob = await joined;
  await Promise.all([ofAlice, ofBob].map((conversation) => untilComplete(conversation, 2)));
  return { alice, bob, ofAlice, ofBob };
}

/** Until the client has the messages and the roster, and so hears of what is added to them. */
export async function untilComplete(conversation: Conversation, participants: number): Promise<void> {
  await conversation.getMessages();
  await vi.waitFor(async () => {
    if ((await conversation.getParticipants()).length !== participants) throw new Error('the roster is not complete');
  });
}

/** All messages of a conversation, the oldest first, walked through page by page from the newest. */
export async function readBackwards(conversation: Conversation, pageSize: number): Promise<Message[]> {
  const messages: Message[] = [];
  let page: Paginator<Message> | undefined = await conversation.getMessages(pageSize, undefined, 'backwards');
  while (page) {
    messages.unshift(...page.items);
    page = page.hasPrevPage ? await page.prevPage() : undefined;
  }
  return messages;
}
