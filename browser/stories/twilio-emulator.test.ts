/** Twilio's own client, as a page loads it, against the emulator: text, files and attributes between two tabs. */
import { createMadeUpTwilioAccount, issueTwilioToken } from '@sotto/auth';
import { nodeProvider } from '@sotto/core/node';
import { startTwilioEmulator, type TwilioEmulator } from '@sotto/twilio-emulator';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright';
import type { Client, Conversation, Message } from 'twilio-conversations-3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchOptions } from '../../tools/chromium.js';
import { servePages } from './kit/pages.js';
import { openTab } from './kit/stage.ts';

declare global {
  // What the client's script puts into a page, and what a tab keeps between two looks at it.
  var Twilio: { readonly Conversations: { readonly Client: typeof Client } };
  var client: Client;
  var conversation: Conversation;
}

const account = createMadeUpTwilioAccount(nodeProvider);
const issuedAt = Math.floor(Date.now() / 1000);
const page = join(import.meta.dirname, '../pages/twilio-emulator');

describe.each(['twilio-conversations-2', 'twilio-conversations-3'])('%s in a page', (sdk) => {
  let emulator: TwilioEmulator;
  let browser: Browser;
  let pages: Awaited<ReturnType<typeof servePages>>;

  beforeAll(async () => {
    emulator = await startTwilioEmulator({ accounts: [account] });
    browser = await chromium.launch(launchOptions());
    const builds = dirname(fileURLToPath(import.meta.resolve(sdk)));
    const folders = { '/sdk/': builds, '/': page };
    pages = await servePages({ folders, connectTo: [emulator.url, new URL(emulator.wsUrl).origin] });
  });
  afterAll(async () => {
    await browser.close();
    await pages.close();
    await emulator.close();
  });

  /** A tab whose client has its conversations. */
  async function openClient(identity: string) {
    const tab = await openTab(await browser.newContext(), `${pages.url}/`);
    const token = await issueTwilioToken(account, { identity, issuedAt });
    await tab.page.evaluate(
      async ([accessToken, uri]) => {
        globalThis.client = new Twilio.Conversations.Client(accessToken!, { Twilsock: { uri } } as object);
        await new Promise<void>((resolve) => {
          client.on('initialized', resolve);
        });
        await client.getSubscribedConversations();
      },
      [token, emulator.wsUrl],
    );
    return tab;
  }

  const openConversation = (tab: Page, sid: string) =>
    tab.evaluate(async (it) => {
      globalThis.conversation = await client.getConversationBySid(it);
      await conversation.getMessages();
    }, sid);

  it('brings text, files and changes from one tab to another, and complains of nothing', async () => {
    const [alice, bob] = await Promise.all([openClient('alice'), openClient('bob')]);
    const sid = await alice.page.evaluate(async () => {
      globalThis.conversation = await (await client.createConversation({ friendlyName: 'Two tabs' })).join();
      await conversation.add('bob');
      await conversation.getMessages();
      return conversation.sid;
    });
    await openConversation(bob.page, sid);
    const arrived = bob.page.evaluate(async () => {
      const seen: [string | null, string | undefined][] = [];
      await new Promise<void>((resolve) => {
        conversation.on('messageAdded', (message: Message) => {
          const [file] = message.attachedMedia ?? [];
          void Promise.resolve(file?.getContentTemporaryUrl())
            .then((url) => (url ? fetch(url).then((response) => response.text()) : undefined))
            .then((content) => seen.push([message.body, content]) === 3 && resolve());
        });
      });
      return seen.sort(([a], [b]) => (a! < b! ? -1 : 1));
    });
    await alice.page.evaluate(async () => {
      await conversation.sendMessage('1 text', { mood: 'good' });
      const media = new Blob(['in a blob']);
      const file = { contentType: 'text/plain', filename: 'a.txt', media };
      await conversation.prepareMessage().setBody('2 blob').addMedia(file).build().send();
      const form = new FormData();
      form.append('file', new Blob(['in a form'], { type: 'text/plain' }), 'b.txt');
      await conversation.prepareMessage().setBody('3 form').addMedia(form).build().send();
    });
    expect(await arrived).toEqual([
      ['1 text', undefined],
      ['2 blob', 'in a blob'],
      ['3 form', 'in a form'],
    ]);

    const changed = bob.page.evaluate(
      () =>
        new Promise<string | null>((resolve) => {
          conversation.on('messageUpdated', ({ message }) => resolve(message.body));
        }),
    );
    await alice.page.evaluate(async () => {
      const { items } = await conversation.getMessages();
      await items[0]!.updateBody('1 changed');
    });
    expect(await changed).toBe('1 changed');
    expect([...alice.complaints, ...bob.complaints]).toEqual([]);
  });
});
