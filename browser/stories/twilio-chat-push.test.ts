/** A push in a service worker: what it shows of a message while the app is closed. */
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { bundleScript } from './kit/bundle.js';
import './kit/page-globals.ts';
import { type ChatUser, expectTexts, send, TWILIO_SDKS, useTwilioChat } from './kit/twilio-chat.ts';
import { waitForGlobal } from './kit/stage.ts';

beforeAll(async () => {
  const { folder, bundles } = inject('project');
  await bundleScript({
    entry: join(folder, 'twilio-chat/push-worker.js'),
    folder: bundles['twilio-chat'].folder,
  });
});

describe.each(TWILIO_SDKS)('openPush in a service worker of a page with %s', (sdk) => {
  const kit = useTwilioChat(sdk);

  /** Loads the page anew, in which nobody signs in, and has the worker read a message. */
  async function readClosed({ page, ...tab }: ChatUser, ciphertext: string, from: { room: string; author: string }) {
    await page.reload();
    await waitForGlobal({ page, ...tab }, 'chat');
    await page.evaluate(() => chat.startPushWorker());
    const { servicePublicKey } = kit.stage.addresses;
    return page.evaluate(([message, options]) => chat.readPush(message, options), [
      ciphertext,
      { servicePublicKey, ...from },
    ] as const);
  }
  const lastBody = (sid: string) => kit.emulator.control.messagesOf(sid).at(-1)!.body!;

  it('shows the text of a known sender, asking nobody, and not in another room', async () => {
    const { alice, bob, sid } = await kit.openPair();
    const [known, pushed] = [kit.secret('known'), kit.secret('pushed')];
    await send(alice, known);
    await expectTexts(bob, [known]);
    await bob.page.goto('about:blank');
    await send(alice, pushed);
    await bob.page.goto(kit.url);
    await kit.calm();
    const [service, emulator] = [kit.proxy.seen.length, kit.emulator.seen.length];
    const from = { room: sid, author: alice.identity };
    expect(await readClosed(bob, lastBody(sid), from)).toMatchObject({
      state: 'verified',
      identity: bob.identity,
      sender: alice.identity,
      text: pushed,
    });
    expect(kit.proxy.seen).toHaveLength(service);
    expect(kit.emulator.seen).toHaveLength(emulator);
    const elsewhere = await readClosed(bob, lastBody(sid), { ...from, room: 'CH0' });
    expect(elsewhere).toEqual({ state: 'unverified', reason: 'other-room' });
  });

  it('shows nothing of a sender whom this browser has not seen', async () => {
    const bob = await kit.openUser('bob');
    const mallory = await kit.openUser('mallory');
    const sid = await kit.startConversation(mallory);
    await mallory.page.evaluate(async (identity) => void (await chat.conversation.add(identity)), bob.identity);
    await send(mallory, kit.secret('we know each other'));
    const from = { room: sid, author: mallory.identity };
    expect(await readClosed(bob, lastBody(sid), from)).toEqual({ state: 'unverified', reason: 'unknown-sender' });
  });

  it('leaves to the app what lies in media', async () => {
    const { alice, bob, sid } = await kit.openPair();
    await send(alice, kit.secret('long ').repeat(1_500));
    const from = { room: sid, author: alice.identity };
    expect(await readClosed(bob, lastBody(sid), from)).toEqual({ state: 'unverified', reason: 'needs-app' });
  });
});
