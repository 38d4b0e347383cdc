/** What only whoever runs the service sees and does, and that clients are told nothing of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type Message } from 'twilio-conversations-3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startTwilioEmulator } from '../index.ts';
import { ACCOUNT, connect, next, startEmulator, startPair } from '../test-kit.ts';

const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'sotto-backstage-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
};

describe('inspect', () => {
  it.each(['memory', 'a file'])('shows what is stored in %s', async (place) => {
    const emulator = await startEmulator(place === 'memory' ? {} : { file: join(await newFolder(), 'state') });
    const { ofAlice } = await startPair(Client, emulator);
    await ofAlice.sendMessage('one', { mood: 'good' });
    const media = { contentType: 'text/plain', filename: 'a.txt', media: Buffer.from('some content') };
    await ofAlice.prepareMessage().addMedia(media).build().send();
    emulator.control.addParticipant(ofAlice.sid, { address: '+15005550006' });

    const { conversation, participants, messages } = await emulator.control.inspect(ofAlice.sid);
    expect(conversation).toMatchObject({ sid: ofAlice.sid, friendlyName: 'The two of us', createdBy: 'alice' });
    expect(participants.map(({ identity, type }) => [identity, type])).toEqual([
      ['alice', 'chat'],
      ['bob', 'chat'],
      [null, 'sms'],
    ]);
    expect(messages).toMatchObject([
      { index: 0, author: 'alice', body: 'one', attributes: '{"mood":"good"}', media: [] },
      { index: 1, author: 'alice', body: null, media: [{ contentType: 'text/plain', filename: 'a.txt', size: 12 }] },
    ]);
    const [file] = messages[1]!.media;
    expect(Buffer.from((await file!.head(4))!).toString()).toBe('some');
    expect(Buffer.from((await file!.head(100))!).toString()).toBe('some content');
  });

  it('knows no other conversation', async () => {
    const { control } = await startEmulator();
    await expect(control.inspect('CH0')).rejects.toMatchObject({ code: 'emulator/unknown-target' });
  });
});

describe('formerBodyOf', () => {
  it('gives what a body was before its last change, after a restart too', async () => {
    const file = join(await newFolder(), 'state');
    const first = await startTwilioEmulator({ accounts: [ACCOUNT], file });
    const { alice, bob, ofAlice } = await startPair(Client, first);
    await ofAlice.sendMessage('one');
    const [message] = (await ofAlice.getMessages()).items;
    expect(first.control.formerBodyOf(message!.sid)).toBeUndefined();
    await message!.updateBody('two');
    await message!.updateBody('three');
    await message!.updateAttributes({ mood: 'good' });
    await Promise.all([alice.shutdown(), bob.shutdown()]);
    await first.close();

    const { control } = await startEmulator({ file });
    expect(control.formerBodyOf(message!.sid)).toBe('two');
    expect(() => control.formerBodyOf('IM0')).toThrow(expect.objectContaining({ code: 'emulator/unknown-target' }));
  });
});

describe('eraseMessage', () => {
  it('leaves the message to a client that has it, and nothing to any other', async () => {
    const emulator = await startEmulator();
    const { ofAlice, ofBob } = await startPair(Client, emulator);
    const told = vi.fn();
    ofBob.on('messageRemoved', told);
    const arrived = next<Message>(ofBob, 'messageAdded', ({ body }) => body === 'three');
    for (const text of ['one', 'two', 'three']) await ofAlice.sendMessage(text);
    await arrived;
    const { messages } = await emulator.control.inspect(ofAlice.sid);
    emulator.control.eraseMessage(messages[1]!.sid);
    const fourth = next<Message>(ofBob, 'messageAdded');
    await ofAlice.sendMessage('four');
    await fourth; // after which anything else would have come
    expect(told).not.toHaveBeenCalled();

    const afresh = await connect(Client, emulator, { identity: 'bob' });
    const conversation = await afresh.getConversationBySid(ofAlice.sid);
    expect((await conversation.getMessages()).items.map(({ body }) => body)).toEqual(['one', 'three', 'four']);
  });
});
