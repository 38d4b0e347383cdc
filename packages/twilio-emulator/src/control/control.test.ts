/** What a test can have happen, by calls in the process and over HTTP. */
import type { Message, Participant } from 'twilio-conversations-3';
import { describe, expect, it, vi } from 'vitest';
import { MAJORS, next, startEmulator, startPair } from '../test-kit.ts';

const [, [, Sdk]] = MAJORS;

describe('the control', () => {
  it('forges, replays, edits, swaps and removes messages behind the members', async () => {
    const emulator = await startEmulator();
    const { control } = emulator;
    const { ofAlice, ofBob } = await startPair(Sdk, emulator);
    await ofAlice.sendMessage('first', { a: 1 });
    const [first] = control.messagesOf(ofAlice.sid);
    const forged = control.forgeMessage({ conversationSid: ofAlice.sid, author: 'alice', body: 'never said' });
    const copy = await control.replayMessage(first!.sid);
    expect(copy).toMatchObject({ author: 'alice', body: 'first', attributes: '{"a":1}', index: 2 });
    control.editMessage(forged.sid, { body: 'edited', author: 'bob', attributes: '{"b":2}' });
    control.swapMessages(first!.sid, forged.sid);
    control.removeMessage(copy.sid);
    await vi.waitFor(async () => {
      const { items } = await ofBob.getMessages();
      expect(items.map(({ sid, author, body }) => [sid, author, body])).toEqual([
        [first!.sid, 'bob', 'edited'],
        [forged.sid, 'alice', 'first'],
      ]);
    });
  });

  it('replays media too, and gives other bytes under the same SID', async () => {
    const emulator = await startEmulator();
    const { ofAlice, ofBob } = await startPair(Sdk, emulator);
    const arrived = next<Message>(ofBob, 'messageAdded');
    await ofAlice.sendMessage({ contentType: 'x/y', media: Buffer.from('true') });
    const message = await arrived;
    const [file] = message.attachedMedia!;
    await emulator.control.swapMedia(file!.sid, Buffer.from('false'));
    expect(await (await fetch((await file!.getContentTemporaryUrl())!)).text()).toBe('false');
    const replayed = next<Message>(ofBob, 'messageAdded', ({ index }) => index === 1);
    await emulator.control.replayMessage(message.sid);
    const [copy] = (await replayed).attachedMedia!;
    expect(copy!.sid).not.toBe(file!.sid);
    expect(await (await fetch((await copy!.getContentTemporaryUrl())!)).text()).toBe('false');
  });

  it('brings in somebody whom nobody added', async () => {
    const emulator = await startEmulator();
    const { ofAlice, ofBob } = await startPair(Sdk, emulator);
    const joined = next<Participant>(ofBob, 'participantJoined', ({ type }) => type === 'sms');
    emulator.control.addParticipant(ofAlice.sid, { identity: 'mallory' });
    emulator.control.addParticipant(ofAlice.sid, { address: '+15550001' });
    await joined;
    const left = next<Participant>(ofBob, 'participantLeft');
    emulator.control.removeParticipant(ofAlice.sid, 'mallory');
    expect((await left).identity).toBe('mallory');
  });

  it('says what it does not find', async () => {
    const { control } = await startEmulator();
    const unknown = expect.objectContaining({ code: 'emulator/unknown-target', details: { sid: 'x' } });
    expect(() => control.messagesOf('x')).toThrow(unknown);
    expect(() => control.removeMessage('x')).toThrow(unknown);
    await expect(control.swapMedia('x', new Uint8Array())).rejects.toEqual(unknown);
    expect(() => control.grant('nobody' as never)).toThrow(expect.objectContaining({ details: { role: 'nobody' } }));
  });

  it('remembers all that came in, frames and requests, and no more than it may', async () => {
    const emulator = await startEmulator({ maxSeenBytes: 100_000 });
    const { ofAlice } = await startPair(Sdk, emulator);
    await ofAlice.prepareMessage().setBody('canary in a body').build().send();
    const media = { contentType: 'x/y', filename: 'canary-in-a-name', media: Buffer.from('canary in a file') };
    await ofAlice.prepareMessage().addMedia(media).build().send();
    const found = (text: string) => emulator.seen.filter(({ bytes }) => Buffer.from(bytes).includes(text));
    expect(found('canary in a body')).toMatchObject([{ from: 'alice', channel: 'frame' }]);
    expect(found('canary in a file')).toMatchObject([{ from: 'alice', channel: 'http' }]);
    expect(found('canary-in-a-name')).toMatchObject([{ from: 'alice', channel: 'http' }]);
    for (let count = 0; count < 10; count++) await ofAlice.sendMessage('x'.repeat(20_000));
    expect(found('canary')).toEqual([]);
  });
});

describe('the control over HTTP', () => {
  it('does the same for who has the token', async () => {
    const emulator = await startEmulator({ controlToken: 'let-me' });
    const { alice, ofAlice } = await startPair(Sdk, emulator);
    const ask = async (name: string, body: object = {}, token = 'let-me') => {
      const headers = { Authorization: `Bearer ${token}` };
      const url = `${emulator.url}/emulator/control/${name}`;
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
      const { result, code } = (await response.json()) as { result?: unknown; code?: number };
      return response.ok ? result : [response.status, code];
    };
    const conversationSid = ofAlice.sid;
    expect(await ask('connected', {}, 'wrong')).toEqual([401, 20003]);
    expect(await ask('connected')).toEqual(['alice', 'bob']);
    const forged = await ask('forgeMessage', { conversationSid, author: 'bob', body: 'x' });
    expect(await ask('messagesOf', { conversationSid })).toEqual([forged]);
    expect(await ask('messagesOf', { conversationSid: 'x' })).toEqual([404, 20404]);
    expect(await ask('messagesOf')).toEqual([400, 20001]);
    expect(await ask('toString')).toEqual([404, 20404]);
    expect(await ask('addParticipant', { conversationSid, address: '+15550001' })).toMatch(/^MB/);

    await ask('failNext', { count: 1, status: 500, path: '/Messages' });
    await expect(ofAlice.sendMessage('x')).rejects.toMatchObject({ status: 500 });
    await ask('holdReplies', { identity: 'alice' });
    const sending = ofAlice.sendMessage('held');
    await vi.waitFor(() => expect(emulator.control.messagesOf(conversationSid)).toHaveLength(2));
    await ask('releaseReplies', { hold: '1' });
    expect(await sending).toBe(1);
    await ask('loseNextReply', {});
    await expect(ofAlice.sendMessage('lost')).rejects.toThrow(/disconnected/i);
    await vi.waitFor(() => expect(alice.connectionState).toBe('connected'), { timeout: 20_000 });

    const seen = (await ask('seen', { after: 0 })) as { bytes: string; channel: string }[];
    expect(seen.some(({ bytes }) => Buffer.from(bytes, 'base64').includes('"lost"'))).toBe(true);
    expect(await ask('goDown')).toBeNull();
    await vi.waitFor(() => expect(alice.connectionState).not.toBe('connected'));
  });
});
