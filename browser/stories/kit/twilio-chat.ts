/**
 * What a story of an encrypted chat needs: users in pages with one version of Twilio's SDK, the emulator, a service behind a proxy
 * that can lie, and a look at all that either of them received.
 */
import { createMadeUpTwilioAccount, issueTwilioToken } from '@sotto/auth';
import { nodeProvider } from '@sotto/core/node';
import { type EvilProxy, startEvilProxy } from '@sotto/testing';
import { startTwilioEmulator, type TwilioEmulator } from '@sotto/twilio-emulator';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContext } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';
import { findSecret } from './find-secret.ts';
import type { ShownMessage } from './page-globals.ts';
import { openStage, openTab, type Stage, type Tab, waitForGlobal } from './stage.ts';

/** Names under which the root has installed the versions of `@twilio/conversations` that everything is tried with. */
export const TWILIO_SDKS = ['twilio-conversations-2', 'twilio-conversations-3'] as const;

/** For what takes a way through two pages. */
export const SOON = { timeout: 20_000 };

export interface ChatUser extends Tab {
  readonly identity: string;
  readonly context: BrowserContext;
}

export interface UserOptions {
  /** That of another tab of the user; one of its own unless given. */
  readonly context?: BrowserContext;
  /** What a device without keys does; `register` unless given. */
  readonly begin?: 'register' | 'rotatePrivateKey';
}

export interface TwilioChat {
  readonly stage: Stage;
  readonly proxy: EvilProxy;
  readonly emulator: TwilioEmulator;
  /** Where the pages are. */
  readonly url: string;
  /** The name of a user of this test. */
  nameOf(name: string): string;
  /** A text that neither emulator nor service may receive: looked for when the test is over. */
  secret(text: string): string;
  tokenOf(identity: string): Promise<string>;
  /** A user with a key, in a tab of the app with a connected client. */
  openUser(name: string, options?: UserOptions): Promise<ChatUser>;
  /** Signs a user in and connects, in a page that was loaded anew. */
  signIn(user: ChatUser, begin?: UserOptions['begin']): Promise<void>;
  /** A conversation of these users, which all of them have opened. Gives back its SID. */
  startConversation(creator: ChatUser, ...others: readonly ChatUser[]): Promise<string>;
  /** Two of them in a conversation. */
  openPair(): Promise<{ readonly alice: ChatUser; readonly bob: ChatUser; readonly sid: string }>;
  /** Resolves when nobody asks the emulator for anything any more. What is under way when a connection ends, the SDK rejects uncaught. */
  calm(): Promise<void>;
  /** Complaints that the browser makes of what the test does to the network. */
  expectComplaints(pattern: RegExp): void;
}

/** The SDK subscribes 100 ms after what a subscription is for. */
const QUIET_MS = 150;

/** Registers what sets it up, tears it down, and looks after each test for secrets and complaints. */
export function useTwilioChat(sdk: (typeof TWILIO_SDKS)[number]): TwilioChat {
  const account = createMadeUpTwilioAccount(nodeProvider);
  const users: ChatUser[] = [];
  let stage: Stage;
  let proxy: EvilProxy;
  let emulator: TwilioEmulator;
  let url: string;
  let testCount = 0;
  let tokenCount = 0;
  let mark: string;
  let expected: RegExp | undefined;
  let seenBefore: { readonly service: number; readonly emulator: number };

  beforeAll(async () => {
    emulator = await startTwilioEmulator({ accounts: [account] });
    // What users need for reactions and titles.
    emulator.control.grant('channel user', 'editAnyMessageAttributes', 'editConversationAttributes');
    const standBefore = async (serviceUrl: string) => (proxy = await startEvilProxy(serviceUrl));
    stage = await openStage({ standBefore });
    const folders = {
      '/sdk/': dirname(fileURLToPath(import.meta.resolve(sdk))),
      '/': inject('project').bundles['twilio-chat'].folder,
    };
    const connectTo = [emulator.url, new URL(emulator.wsUrl).origin];
    url = `${await stage.servePages({ folders, connectTo, trustedTypes: ['push-worker'] })}/`;
  });
  beforeEach(() => {
    testCount++;
    mark = crypto.randomUUID();
    expected = undefined;
    seenBefore = { service: stage.world.seen.length, emulator: emulator.seen.length };
  });
  afterEach(async () => {
    proxy.meddle = undefined;
    const ended = users.splice(0);
    await Promise.all([...new Set(ended.map(({ context }) => context))].map((context) => context.close()));
    const complaints = ended.flatMap((user) => user.complaints);
    expect(complaints.filter((text) => !expected?.test(text))).toEqual([]);
    expect(findSecret(mark, receivedBytes())).toBe(undefined);
  });
  afterAll(async () => {
    await stage.close();
    await emulator.close();
  });

  const receivedBytes = () => [
    ...emulator.seen.slice(seenBefore.emulator).map(({ bytes }) => bytes),
    ...stage.world.seen.slice(seenBefore.service).map((request) => Buffer.from(JSON.stringify(request))),
  ];

  const kit: TwilioChat = {
    get stage() {
      return stage;
    },
    get proxy() {
      return proxy;
    },
    get emulator() {
      return emulator;
    },
    get url() {
      return url;
    },
    nameOf: (name) => `${name}-${testCount}`,
    secret: (text) => `${text} ${mark}`,
    // Each a second older than the one before: two of one second would be the same token.
    tokenOf: (identity) =>
      issueTwilioToken(account, { identity, issuedAt: Math.floor(Date.now() / 1000) - tokenCount++ }),

    async openUser(name, { context, begin } = {}) {
      const own = context ?? (await stage.browser.newContext());
      const tab = await openTab(own, url);
      const user = Object.assign(tab, { identity: kit.nameOf(name), context: own });
      users.push(user);
      await kit.signIn(user, begin);
      return user;
    },
    async signIn(user, begin = 'register') {
      await waitForGlobal(user, 'chat');
      const { identity, page } = user;
      const options = { ...stage.addresses, identity, begin };
      const token = await kit.tokenOf(identity);
      await page.evaluate(
        async ([device, ...client]) => {
          await chat.signIn(device);
          await chat.connect(...client);
        },
        [options, token, emulator.wsUrl] as const,
      );
    },

    async startConversation(creator, ...others) {
      const sid = await creator.page.evaluate(
        async (identities) => {
          const conversation = await chat.client.createConversation({});
          await conversation.join();
          for (const identity of identities) await conversation.add(identity);
          return conversation.sid;
        },
        others.map(({ identity }) => identity),
      );
      for (const { page } of [creator, ...others]) await page.evaluate((it) => chat.enter(it), sid);
      return sid;
    },
    async openPair() {
      const [alice, bob] = await Promise.all([kit.openUser('alice'), kit.openUser('bob')]);
      return { alice, bob, sid: await kit.startConversation(alice, bob) };
    },

    async calm() {
      await expect.poll(() => Date.now() - (emulator.seen.at(-1)?.at ?? 0), SOON).toBeGreaterThan(QUIET_MS);
    },
    expectComplaints: (pattern) => void (expected = pattern),
  };
  return kit;
}

export function show({ page }: ChatUser): Promise<ShownMessage[]> {
  return page.evaluate(() => chat.show());
}

export function send({ page }: ChatUser, text: string): Promise<number> {
  return page.evaluate((it) => chat.conversation.sendMessage(it), text);
}

/** Waits until the user sees these texts, each verified and without a warning. */
export async function expectTexts(user: ChatUser, texts: readonly string[]): Promise<void> {
  const expected = texts.map((body) => ({ body, state: 'verified', warnings: [] }));
  await expect
    .poll(async () => (await show(user)).map(({ body, state, warnings }) => ({ body, state, warnings })), SOON)
    .toEqual(expected);
}

/** The clock of this device goes on by a little more than a room takes a card that was looked up for current. */
export function waitMinute({ page }: ChatUser): Promise<void> {
  return page.evaluate(() => void (chat.aheadMs += 61_000));
}

/** The code and the safe details of what a task in the page rejects with. */
export interface Refusal {
  readonly code: string | undefined;
  readonly details: unknown;
}

/** How a text is refused; undefined if it is sent. */
export function refusalOf({ page }: ChatUser, text: string): Promise<Refusal | undefined> {
  return page.evaluate(
    (it) =>
      chat.conversation.sendMessage(it).then(
        () => undefined,
        ({ code, details }: Refusal) => ({ code, details }),
      ),
    text,
  );
}
