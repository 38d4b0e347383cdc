/** Conversations and who is in them, as the official clients see them. */
import type { Conversation, Participant } from 'twilio-conversations-3';
import { describe, expect, it, vi } from 'vitest';
import { connect, MAJORS, next, startEmulator, startPair, untilComplete } from '../test-kit.ts';

describe.each(MAJORS)('@twilio/conversations %s', (_, Sdk) => {
  it('shows a new conversation to who made it and to who was added, with its names', async () => {
    const { ofAlice, ofBob } = await startPair(Sdk, await startEmulator());
    for (const conversation of [ofAlice, ofBob]) {
      expect(conversation).toMatchObject({ friendlyName: 'The two of us', createdBy: 'alice', status: 'joined' });
      expect(conversation.state).toEqual({ current: 'active', dateUpdated: expect.any(Date) });
      const identities = (await conversation.getParticipants()).map(({ identity }) => identity);
      expect(identities.sort()).toEqual(['alice', 'bob']);
      expect(await conversation.getParticipantsCount()).toBe(2);
    }
  });

  it('finds a conversation by SID and by unique name, among those that one has joined', async () => {
    const emulator = await startEmulator();
    const alice = await connect(Sdk, emulator);
    const { sid } = await (await alice.createConversation({ uniqueName: 'room 1/2' })).join();
    expect((await alice.getConversationByUniqueName('room 1/2')).sid).toBe(sid);
    expect((await alice.getConversationBySid(sid)).uniqueName).toBe('room 1/2');
    const again = await connect(Sdk, emulator);
    await vi.waitFor(async () => {
      const { items } = await again.getSubscribedConversations();
      expect(items.map((conversation) => conversation.sid)).toEqual([sid]);
    });
  });

  it('refuses a second conversation of the same unique name', async () => {
    const alice = await connect(Sdk, await startEmulator());
    await alice.createConversation({ uniqueName: 'one' });
    await expect(alice.createConversation({ uniqueName: 'one' })).rejects.toMatchObject({
      status: 409,
      body: { code: 50353 },
    });
  });

  it('keeps a conversation from those who are not in it', async () => {
    const emulator = await startEmulator();
    const { ofAlice } = await startPair(Sdk, emulator);
    const mallory = await connect(Sdk, emulator, { identity: 'mallory' });
    await expect(mallory.getConversationBySid(ofAlice.sid)).rejects.toMatchObject({
      status: 403,
      body: { code: 50430 },
    });
    await expect(mallory.getConversationBySid(`CH${'0'.repeat(32)}`)).rejects.toMatchObject({ status: 404 });
  });

  it('tells all when somebody joins and leaves', async () => {
    const emulator = await startEmulator();
    const { ofAlice, ofBob } = await startPair(Sdk, emulator);
    const carol = await connect(Sdk, emulator, { identity: 'carol' });
    const joined = next<Participant>(ofBob, 'participantJoined', ({ identity }) => identity === 'carol');
    const carolJoins = next<Conversation>(carol, 'conversationJoined');
    await ofAlice.add('carol', { role: 'guest' });
    expect((await joined).attributes).toEqual({ role: 'guest' });

    const left = next<Participant>(ofBob, 'participantLeft', ({ identity }) => identity === 'carol');
    const carolLeft = next<Conversation>(carol, 'conversationLeft');
    const ofCarol = await carolJoins;
    await untilComplete(ofCarol, 3);
    await ofCarol.leave();
    await Promise.all([left, carolLeft]);
  });

  it('lets who made the conversation remove others, and not the others', async () => {
    const { ofAlice, ofBob, bob } = await startPair(Sdk, await startEmulator());
    await expect(ofBob.removeParticipant('alice')).rejects.toMatchObject({ status: 403, body: { code: 50107 } });
    await expect(ofBob.add('carol')).rejects.toMatchObject({ status: 403, body: { code: 50107 } });
    const removed = next<Conversation>(bob, 'conversationRemoved');
    await ofAlice.removeParticipant('bob');
    expect((await removed).sid).toBe(ofAlice.sid);
  });

  it('takes a phone for a participant, which is no chat participant', async () => {
    const { ofAlice, ofBob } = await startPair(Sdk, await startEmulator());
    const joined = next<Participant>(ofBob, 'participantJoined');
    await ofAlice.addNonChatParticipant('+15550001', '+15550002');
    expect(await joined).toMatchObject({ type: 'sms', identity: null });
    await expect(ofAlice.addNonChatParticipant('+15550001', '+15550002')).rejects.toMatchObject({
      body: { code: 50416 },
    });
  });

  it('refuses somebody who is in it already, and one more than there may be', async () => {
    const { ofAlice } = await startPair(Sdk, await startEmulator({ limits: { participants: 3 } }));
    await expect(ofAlice.add('bob')).rejects.toMatchObject({ status: 409, body: { code: 50433 } });
    await ofAlice.add('carol');
    await expect(ofAlice.add('dave')).rejects.toMatchObject({ body: { code: 50417 } });
  });

  it('changes names and attributes for all, by who made it', async () => {
    const { ofAlice, ofBob } = await startPair(Sdk, await startEmulator());
    await expect(ofBob.updateFriendlyName('Mine')).rejects.toMatchObject({ body: { code: 50107 } });
    await expect(ofBob.updateAttributes({})).rejects.toMatchObject({ body: { code: 50107 } });
    await ofAlice.updateFriendlyName('Us');
    await ofAlice.updateUniqueName('us');
    await ofAlice.updateAttributes({ topic: ['a', 1] });
    await vi.waitFor(() =>
      expect(ofBob).toMatchObject({ friendlyName: 'Us', uniqueName: 'us', attributes: { topic: ['a', 1] } }),
    );
    await expect(ofAlice.updateAttributes({ long: 'x'.repeat(16 * 1024) })).rejects.toMatchObject({ status: 400 });
    await expect(ofAlice.updateFriendlyName('x'.repeat(257))).rejects.toMatchObject({ status: 400 });
  });

  it('changes the attributes of a participant, its own or by who made the conversation', async () => {
    const { ofAlice, ofBob } = await startPair(Sdk, await startEmulator());
    const own = (await ofBob.getParticipantByIdentity('bob'))!;
    await own.updateAttributes({ colour: 'red' });
    const seen = (await ofAlice.getParticipantByIdentity('bob'))!;
    await vi.waitFor(() => expect(seen.attributes).toEqual({ colour: 'red' }));
    const other = (await ofBob.getParticipantByIdentity('alice'))!;
    await expect(other.updateAttributes({})).rejects.toMatchObject({ body: { code: 50107 } });
  });

  it('removes a conversation for all, by who made it', async () => {
    const { ofAlice, ofBob, bob, alice } = await startPair(Sdk, await startEmulator());
    await expect(ofBob.delete()).rejects.toMatchObject({ body: { code: 50107 } });
    const gone = [alice, bob].map((client) => next<Conversation>(client, 'conversationRemoved'));
    await ofAlice.delete();
    for (const { sid } of await Promise.all(gone)) expect(sid).toBe(ofAlice.sid);
    await expect(alice.getConversationBySid(ofAlice.sid)).rejects.toMatchObject({ status: 404 });
  });

  it('lists more conversations than a page holds', async () => {
    const emulator = await startEmulator();
    const alice = await connect(Sdk, emulator);
    const sids: string[] = [];
    for (let count = 0; count < 120; count++) {
      const conversation = await alice.createConversation();
      await conversation.join();
      sids.push(conversation.sid);
    }
    const again = await connect(Sdk, emulator);
    await vi.waitFor(
      async () => {
        const found: string[] = [];
        let page = await again.getSubscribedConversations();
        for (;;) {
          found.push(...page.items.map(({ sid }) => sid));
          if (!page.hasNextPage) break;
          page = await page.nextPage();
        }
        expect(found.sort()).toEqual(sids.sort());
      },
      { timeout: 20_000 },
    );
  });
});
