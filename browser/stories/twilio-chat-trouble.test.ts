/** What networks, tokens, tabs and a key service that is away do to an encrypted chat in pages. */
import { describe, expect, it } from 'vitest';
import './kit/page-globals.ts';
import {
  type ChatUser,
  expectTexts,
  refusalOf,
  send,
  show,
  SOON,
  TWILIO_SDKS,
  useTwilioChat,
  waitMinute,
} from './kit/twilio-chat.ts';

declare global {
  var expired: Promise<void>;
}

/** What Chromium says of connections that end, and of a service that does not answer. */
const NETWORK = /^(WebSocket connection to|Failed to load resource: net::ERR_)/;

describe.each(TWILIO_SDKS)('in trouble, an encrypted chat in pages with %s', (sdk) => {
  const kit = useTwilioChat(sdk);
  const storedIn = (sid: string) => kit.emulator.control.messagesOf(sid);

  it('has a message once whose answer was lost', async () => {
    kit.expectComplaints(NETWORK);
    const { alice, bob, sid } = await kit.openPair();
    await kit.calm();
    const [once, next] = [kit.secret('once'), kit.secret('next')];
    kit.emulator.control.loseNextReply({ identity: alice.identity });
    const index = await send(alice, once);
    expect(storedIn(sid).map((message) => message.index)).toEqual([index]);
    await send(alice, next);
    for (const user of [alice, bob]) await expectTexts(user, [once, next]);
  });

  it('brings each message once, and in order, when connections are cut in the middle', async () => {
    kit.expectComplaints(NETWORK);
    const { alice, bob, sid } = await kit.openPair();
    await kit.calm();
    const texts = Array.from({ length: 20 }, (_, number) => kit.secret(`message ${number}`));
    const sent = alice.page.evaluate(
      (all) => Promise.all(all.map((text) => chat.conversation.sendMessage(text))).then(() => undefined),
      texts,
    );
    await expect.poll(() => storedIn(sid).length, { ...SOON, interval: 5 }).toBeGreaterThan(3);
    kit.emulator.control.cutSockets();
    await sent;
    expect(storedIn(sid)).toHaveLength(texts.length);
    for (const user of [alice, bob]) await expectTexts(user, texts);
  });

  it('goes on with another token when one has expired in the middle', async () => {
    kit.expectComplaints(NETWORK);
    const { alice, bob } = await kit.openPair();
    const [before, refused, after] = ['before', 'refused', 'after'].map(kit.secret) as [string, string, string];
    await send(alice, before);
    await kit.calm();
    await alice.page.evaluate(() => {
      globalThis.expired = new Promise((resolve) => {
        chat.client.on('tokenExpired', () => resolve());
      });
    });
    kit.emulator.control.expireTokens(alice.identity);
    await alice.page.evaluate(() => expired);
    // The SDK forgets a token that it is given while it disconnects.
    await expect.poll(() => alice.page.evaluate(() => chat.client.connectionState), SOON).toBe('disconnected');
    expect(await refusalOf(alice, refused)).toMatchObject({ code: 'chat/send-refused' });
    const token = await kit.tokenOf(alice.identity);
    await alice.page.evaluate((it) => chat.client.updateToken(it).then(() => undefined), token);
    await send(alice, after);
    for (const user of [alice, bob]) await expectTexts(user, [before, after]);
  });

  it('goes on while the key service is away, by the cards that the browser has kept', async () => {
    kit.expectComplaints(NETWORK);
    const { alice, bob, sid } = await kit.openPair();
    const texts = ['before', 'without the key service', 'after a reload'].map(kit.secret) as [string, string, string];
    await send(alice, texts[0]);
    await expectTexts(bob, texts.slice(0, 1));
    kit.proxy.meddle = () => 'cut';
    for (const user of [alice, bob]) await waitMinute(user);
    await send(alice, texts[1]);
    await expectTexts(bob, texts.slice(0, 2));

    await bob.page.reload();
    await kit.signIn(bob);
    await waitMinute(bob);
    await bob.page.evaluate(async (it) => {
      await chat.enter(it);
      await chat.load(10);
    }, sid);
    await expectTexts(bob, texts.slice(0, 2));
    await send(bob, texts[2]);
    await expectTexts(alice, texts);
  });

  it('writes one chain of messages from two tabs of a user', async () => {
    const { alice, bob, sid } = await kit.openPair();
    const other = await kit.openUser('alice', { context: alice.context });
    await other.page.evaluate((it) => chat.enter(it), sid);
    const tabs: readonly [ChatUser, string][] = [
      [alice, 'first tab'],
      [other, 'second tab'],
    ];
    await Promise.all(
      tabs.map(async ([tab, name]) => {
        for (let number = 0; number < 10; number++) await send(tab, kit.secret(`${name}, ${number}`));
      }),
    );
    await expect.poll(async () => (await show(bob)).length, SOON).toBe(20);
    await bob.page.reload();
    await kit.signIn(bob);
    await bob.page.evaluate(async (it) => {
      await chat.enter(it);
      await chat.load(50);
    }, sid);
    for (const reader of [bob, alice, other]) {
      await expect.poll(async () => (await show(reader)).length, SOON).toBe(20);
      const shown = await show(reader);
      expect(shown.map(({ state }) => state)).toEqual(Array(20).fill('verified'));
      expect(shown.flatMap(({ warnings }) => warnings)).toEqual([]);
      expect(new Set(shown.map(({ device }) => device)).size).toBe(1);
      for (const [, name] of tabs) {
        const ofTab = shown.filter(({ body }) => body?.startsWith(name)).map(({ body }) => body);
        expect(ofTab).toEqual(Array.from({ length: 10 }, (_, number) => kit.secret(`${name}, ${number}`)));
      }
    }
    expect(await refusalOf(other, kit.secret('one more'))).toBe(undefined);
  });
});
