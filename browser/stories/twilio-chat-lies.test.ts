/** What a chat service and a key service that lie can make people see in a page: what is the matter, and no text. */
import { describe, expect, it } from 'vitest';
import { swapCard } from './kit/false-card.ts';
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

describe.each(TWILIO_SDKS)('against lies, an encrypted chat in pages with %s', (sdk) => {
  const kit = useTwilioChat(sdk);
  const control = () => kit.emulator.control;

  /** Two who have exchanged one message. */
  async function openTalk() {
    const { alice, bob, sid } = await kit.openPair();
    const text = kit.secret('true');
    await send(alice, text);
    await expectTexts(bob, [text]);
    return { alice, bob, sid, text, stored: control().messagesOf(sid)[0]! };
  }

  it('shows nothing of a message under the name of another', async () => {
    const { bob, sid, text, stored } = await openTalk();
    control().forgeMessage({ conversationSid: sid, author: bob.identity, body: stored.body! });
    await expect
      .poll(async () => (await show(bob)).map(({ body, state }) => [body, state]), SOON)
      .toEqual([
        [text, 'verified'],
        [null, 'author-mismatch'],
      ]);
  });

  it('shows nothing of a message that comes once more', async () => {
    const { bob, text, stored } = await openTalk();
    await control().replayMessage(stored.sid);
    await expect
      .poll(async () => (await show(bob)).map(({ body, state }) => [body, state]), SOON)
      .toEqual([
        [text, 'verified'],
        [null, 'replayed'],
      ]);
  });

  it('does not show what another has written as an edit', async () => {
    const { bob, sid, stored } = await openTalk();
    const own = kit.secret('of bob');
    await send(bob, own);
    const [, ofBob] = control().messagesOf(sid);
    control().editMessage(stored.sid, { body: ofBob!.body! });
    await expect.poll(async () => (await show(bob))[0], SOON).toMatchObject({ body: null, state: 'edited-by-other' });
    await expect.poll(async () => (await show(bob))[1], SOON).toMatchObject({ body: own, state: 'verified' });
  });

  it('hands out no bytes of a file that was exchanged', async () => {
    const { alice, bob, sid } = await openTalk();
    await alice.page.evaluate(
      async (it) => void (await chat.conversation.sendMessage(new File([it], 'a.txt'))),
      kit.secret('content'),
    );
    await expect.poll(async () => (await show(bob))[1]?.files.length, SOON).toBe(1);
    const [media] = control().messagesOf(sid)[1]!.mediaSids;
    await control().swapMedia(media!, new Uint8Array(500));
    const code = await bob.page.evaluate(() =>
      chat
        .find(null)!
        .attachments[0]!.blob()
        .then(
          () => 'handed out',
          (error: { code: string }) => error.code,
        ),
    );
    expect(code).toBe('chat/media-swapped');
  });

  it('sends nothing to a member for whom the key service has a false card, and goes on when that is gone', async () => {
    const { alice, bob, sid, text } = await openTalk();
    kit.proxy.meddle = await swapCard(kit.stage.world, bob.identity);
    const [held, next] = [kit.secret('held back'), kit.secret('next')];
    await waitMinute(alice);
    expect(await refusalOf(alice, held)).toEqual({
      code: 'chat/key-not-accepted',
      details: { members: [bob.identity] },
    });
    expect(control().messagesOf(sid)).toHaveLength(1);
    kit.proxy.meddle = undefined;
    await acceptKey(alice, bob);
    await send(alice, next);
    await expectTexts(bob, [text, next]);
  });

  it('sends nothing to a member who has a new key, and goes on when that is accepted', async () => {
    const { alice, bob, sid } = await openTalk();
    const elsewhere = await kit.openUser('bob', { begin: 'rotatePrivateKey' });
    await elsewhere.page.evaluate((it) => chat.enter(it), sid);
    await waitMinute(alice);
    const refusal = { code: 'chat/key-not-accepted', details: { members: [bob.identity] } };
    expect(await refusalOf(alice, kit.secret('held back'))).toEqual(refusal);
    await acceptKey(alice, bob);
    const text = kit.secret('to the new key');
    await send(alice, text);
    await expectTexts(elsewhere, [text]);
    await expect
      .poll(async () => (await show(bob))[1], SOON)
      .toMatchObject({ body: null, state: 'not-for-this-device' });
  });
});

/** As after comparing safety words. */
function acceptKey({ page }: ChatUser, { identity }: ChatUser): Promise<void> {
  return page.evaluate(async (it) => chat.eThree.acceptKey(await chat.eThree.findUsers(it)), identity);
}
