/** Messages, as the official clients send and see them. */
import type { Message, MessageUpdateReason } from 'twilio-conversations-3';
import { describe, expect, it, vi } from 'vitest';
import { connect, MAJORS, next, readBackwards, startEmulator, startPair, untilComplete } from '../test-kit.ts';

interface Update {
  readonly message: Message;
  readonly updateReasons: MessageUpdateReason[];
}

describe.each(MAJORS)('@twilio/conversations %s', (_, Sdk) => {
  it('brings messages to both, in order, with author, index and attributes', async () => {
    const { ofAlice, ofBob } = await startPair(Sdk, await startEmulator());
    const seen: string[] = [];
    ofBob.on('messageAdded', ({ body }) => void seen.push(body!));
    const arrived = next<Message>(ofBob, 'messageAdded');
    expect(await ofAlice.sendMessage('hello', { mood: 'good' })).toBe(0);
    expect(await arrived).toMatchObject({ author: 'alice', index: 0, attributes: { mood: 'good' }, type: 'text' });
    const indexes = await Promise.all(['1', '2', '3'].map((text) => ofAlice.sendMessage(text)));
    expect(indexes).toEqual([1, 2, 3]);
    await vi.waitFor(() => expect(seen).toEqual(['hello', '1', '2', '3']));
    expect(ofBob.lastMessage).toMatchObject({ index: 3 });
    expect(await ofBob.getMessagesCount()).toBe(4);
  });

  it('sends by the builder of messages too', async () => {
    const { ofAlice, ofBob } = await startPair(Sdk, await startEmulator());
    const arrived = next<Message>(ofBob, 'messageAdded');
    await ofAlice.prepareMessage().setBody('built').setSubject('news').setAttributes({ a: 1 }).build().send();
    expect(await arrived).toMatchObject({ body: 'built', subject: 'news', attributes: { a: 1 } });
  });

  it('pages through a thousand messages, backwards and forwards', async () => {
    const emulator = await startEmulator();
    const { ofAlice, ofBob } = await startPair(Sdk, emulator);
    for (let index = 0; index < 1000; index++) {
      emulator.control.forgeMessage({ conversationSid: ofAlice.sid, author: 'alice', body: `text ${index}` });
    }
    await vi.waitFor(() => expect(ofBob.lastMessage?.index).toBe(999), { timeout: 20_000 });
    const carol = await connect(Sdk, emulator, { identity: 'carol' });
    const joined = next<typeof ofBob>(carol, 'conversationJoined');
    await ofAlice.add('carol'); // who knows nothing yet
    const conversation = await joined;

    const backwards = await readBackwards(conversation, 100);
    expect(backwards.map(({ index }) => index)).toEqual([...Array(1000).keys()]);

    const forwards: number[] = [];
    let page = await conversation.getMessages(70, 0, 'forward');
    for (;;) {
      forwards.push(...page.items.map(({ index }) => index));
      if (!page.hasNextPage) break;
      page = await page.nextPage();
    }
    expect(forwards).toEqual([...Array(1000).keys()]);

    const middle = await conversation.getMessages(10, 500, 'backwards');
    expect(middle.items.map(({ body }) => body)).toEqual([...Array(10).keys()].map((n) => `text ${491 + n}`));
    expect([middle.hasPrevPage, middle.hasNextPage]).toEqual([true, true]);
  });

  it('changes body and attributes for all, by its author', async () => {
    const { ofAlice, ofBob } = await startPair(Sdk, await startEmulator());
    const arrived = next<Message>(ofBob, 'messageAdded');
    await ofAlice.sendMessage('one');
    await arrived;
    const updated = next<Update>(ofBob, 'messageUpdated', ({ updateReasons }) => updateReasons.includes('body'));
    const [mine] = (await ofAlice.getMessages(1)).items;
    await mine!.updateBody('two');
    expect((await updated).message).toMatchObject({ body: 'two', lastUpdatedBy: 'alice', author: 'alice' });

    const changed = next<Update>(ofBob, 'messageUpdated', ({ updateReasons }) => updateReasons.includes('attributes'));
    await mine!.updateAttributes({ pinned: true });
    expect((await changed).message.attributes).toEqual({ pinned: true });
  });

  it('removes a message for all, and gives its index to no other', async () => {
    const { ofAlice, ofBob } = await startPair(Sdk, await startEmulator());
    const arrived = next<Message>(ofBob, 'messageAdded');
    await ofAlice.sendMessage('one');
    await arrived;
    const removed = next<Message>(ofBob, 'messageRemoved');
    const [mine] = (await ofAlice.getMessages(1)).items;
    await mine!.remove();
    expect((await removed).index).toBe(0);
    expect(await ofAlice.sendMessage('two')).toBe(1);
    expect(await ofBob.getMessagesCount()).toBe(1);
  });

  it('lets a member change its own messages alone, and who made the conversation any', async () => {
    const { ofAlice, ofBob } = await startPair(Sdk, await startEmulator());
    await ofAlice.sendMessage('of alice');
    await ofBob.sendMessage('of bob');
    await vi.waitFor(() => expect(ofAlice.lastMessage?.index).toBe(1));
    const find = async (conversation: typeof ofAlice, author: string) =>
      (await conversation.getMessages()).items.find((message) => message.author === author)!;
    const foreign = await find(ofBob, 'alice');
    for (const attempt of [() => foreign.updateBody('x'), () => foreign.updateAttributes({}), () => foreign.remove()]) {
      await expect(attempt()).rejects.toMatchObject({ status: 403, body: { code: 50107 } });
    }
    await (await find(ofAlice, 'bob')).updateBody('corrected');
    await vi.waitFor(async () => expect((await find(ofBob, 'bob')).body).toBe('corrected'));
    expect(await find(ofBob, 'bob')).toMatchObject({ author: 'bob', lastUpdatedBy: 'alice' });
  });

  it('lets members react in attributes once their role may', async () => {
    const emulator = await startEmulator();
    const { ofAlice, ofBob } = await startPair(Sdk, emulator);
    const arrived = next<Message>(ofBob, 'messageAdded');
    await ofAlice.sendMessage('of alice');
    const message = await arrived;
    emulator.control.grant('channel user', 'editAnyMessageAttributes');
    await message.updateAttributes({ likes: ['bob'] });
    await expect(message.updateBody('x')).rejects.toMatchObject({ body: { code: 50107 } });
  });

  it('refuses what is too long', async () => {
    const { ofAlice } = await startPair(Sdk, await startEmulator());
    expect(await ofAlice.sendMessage('x'.repeat(32 * 1024))).toBe(0);
    await expect(ofAlice.sendMessage('x'.repeat(32 * 1024 + 1))).rejects.toMatchObject({ body: { code: 50504 } });
    await expect(ofAlice.sendMessage('x', { long: 'x'.repeat(4096) })).rejects.toMatchObject({ status: 400 });
  });

  it('has no receipts and no channel metadata', async () => {
    const { ofAlice } = await startPair(Sdk, await startEmulator());
    await ofAlice.sendMessage('one');
    await vi.waitFor(async () => expect((await ofAlice.getMessages()).items).toHaveLength(1));
    const [message] = (await ofAlice.getMessages()).items;
    expect(await message!.getDetailedDeliveryReceipts()).toEqual([]);
    expect(await message!.getChannelMetadata()).toBeNull();
    expect(await ofAlice.getMessageRecipients()).toMatchObject({ items: [], hasNextPage: false });
  });

  it('shows every device of a user the same', async () => {
    const emulator = await startEmulator();
    const { ofAlice } = await startPair(Sdk, emulator);
    const other = await connect(Sdk, emulator, { identity: 'alice' });
    const same = await other.getConversationBySid(ofAlice.sid);
    await untilComplete(same, 2);
    const [here, there] = [next<Message>(ofAlice, 'messageAdded'), next<Message>(same, 'messageAdded')];
    await ofAlice.sendMessage('from the first');
    expect((await here).sid).toBe((await there).sid);
  });
});
