/** What members let each other know: how far they have read, that they write, who they are. */
import type { Participant, User } from 'twilio-conversations-3';
import { describe, expect, it, vi } from 'vitest';
import { connect, MAJORS, next, startEmulator, startPair } from '../test-kit.ts';

describe.each(MAJORS)('@twilio/conversations %s', (_, Sdk) => {
  it('counts what is unread behind the read horizon, and shows the horizon to others', async () => {
    const { ofAlice, ofBob } = await startPair(Sdk, await startEmulator());
    for (const text of ['0', '1', '2']) await ofAlice.sendMessage(text);
    await vi.waitFor(() => expect(ofBob.lastMessage?.index).toBe(2));
    expect(await ofBob.getUnreadMessagesCount()).toBeNull();
    expect(await ofBob.updateLastReadMessageIndex(0)).toBe(2);
    await vi.waitFor(() => expect(ofBob.lastReadMessageIndex).toBe(0));
    expect(await ofBob.advanceLastReadMessageIndex(1)).toBe(1);
    const seen = (await ofAlice.getParticipantByIdentity('bob'))!;
    await vi.waitFor(() => expect(seen.lastReadMessageIndex).toBe(1));
    expect(seen.lastReadTimestamp).toBeInstanceOf(Date);
    expect(await ofBob.setAllMessagesRead()).toBe(0);
    await ofBob.setAllMessagesUnread();
    await vi.waitFor(() => expect(ofBob.lastReadMessageIndex).toBeNull());
  });

  it('keeps the notification level of each', async () => {
    const { ofAlice, ofBob } = await startPair(Sdk, await startEmulator());
    await ofBob.setUserNotificationLevel('muted');
    await vi.waitFor(() => expect(ofBob.notificationLevel).toBe('muted'));
    expect(ofAlice.notificationLevel).toBe('default');
  });

  it('tells the others that somebody writes, and not the writer', async () => {
    const { ofAlice, ofBob } = await startPair(Sdk, await startEmulator());
    const own: Participant[] = [];
    ofAlice.on('typingStarted', (participant) => void own.push(participant));
    const started = next<Participant>(ofBob, 'typingStarted');
    await ofAlice.typing();
    expect((await started).identity).toBe('alice');
    const ended = next<Participant>(ofBob, 'typingEnded');
    await ofAlice.sendMessage('written');
    expect((await ended).identity).toBe('alice');
    expect(own).toEqual([]);
  });

  it('shows names and attributes of users, which only they themselves change', async () => {
    const { alice, bob } = await startPair(Sdk, await startEmulator());
    const seen = await bob.getUser('alice');
    const updated = next<{ user: User }>(seen, 'updated', ({ user }) => user.friendlyName === 'Alice A.');
    await alice.user.updateFriendlyName('Alice A.');
    await updated;
    await alice.user.updateAttributes({ pronouns: 'she' });
    await vi.waitFor(() => expect(seen.attributes).toEqual({ pronouns: 'she' }));
    await expect(seen.updateFriendlyName('Mallory')).rejects.toMatchObject({ status: 403 });
    await expect(bob.getUser('nobody')).rejects.toMatchObject({ status: 404 });
  });

  it('shows who is online where the service says so', async () => {
    const emulator = await startEmulator();
    const first = await connect(Sdk, emulator, { identity: 'dave' });
    expect(first.reachabilityEnabled).toBe(false);
    await fetch(`${emulator.url}/v1/Configuration`, {
      method: 'POST',
      headers: {
        Authorization: `Basic ${btoa(`${emulator.accounts[0]!.accountSid}:${emulator.accounts[0]!.authToken}`)}`,
      },
      body: new URLSearchParams({ ReachabilityEnabled: 'true' }),
    });
    const { alice, bob } = await startPair(Sdk, emulator);
    const seen = await alice.getUser('bob');
    await vi.waitFor(() => expect(seen.isOnline).toBe(true));
    await bob.shutdown();
    await vi.waitFor(() => expect(seen.isOnline).toBe(false));
  });
});
