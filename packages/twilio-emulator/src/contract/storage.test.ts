/** What is kept in a file, and what of it is there after the process was killed. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from 'twilio-conversations-3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startTwilioEmulator } from '../index.ts';
import { ACCOUNT, connect, MAJORS, next, startEmulator, startPair } from '../test-kit.ts';

async function newFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sotto-emulator-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'twilio.jsonl');
}

/** The emulator in a process of its own. */
async function startProcess(options: { readonly file: string; readonly port: number }) {
  const program = join(import.meta.dirname, 'fixtures', 'emulator-process.js');
  const child = fork(program, [JSON.stringify({ accounts: [ACCOUNT], ...options })], { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [ready] = (await once(child, 'message')) as [{ url: string; wsUrl: string }];
  return { ...ready, port: Number(new URL(ready.url).port), child };
}

describe.each(MAJORS)('@twilio/conversations %s', (_, Sdk) => {
  it('finds all that was acknowledged before the process was killed, and goes on with it', async () => {
    const file = await newFile();
    const first = await startProcess({ file, port: 0 });
    const { alice, bob, ofAlice, ofBob } = await startPair(Sdk, first);
    const seen: string[] = [];
    ofBob.on('messageAdded', ({ body, index }) => void seen.push(`${index} ${body}`));
    await alice.user.updateFriendlyName('Alice');
    const media = { contentType: 'x/y', media: Buffer.from('bytes') };
    await ofAlice
      .prepareMessage()
      .setBody('0')
      .addMedia({ ...media, filename: 'f' })
      .build()
      .send();
    for (let index = 1; index < 20; index++) await ofAlice.sendMessage(String(index));
    await (await ofAlice.getMessages()).items.at(-1)!.updateBody('edited');
    await (await ofAlice.getMessages()).items.at(-2)!.remove();
    await vi.waitFor(() => expect(seen).toHaveLength(20));
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');

    // Whoever was connected comes back to the same port, and hears of what is new alone.
    const second = await startProcess({ file, port: first.port });
    const carol = await connect(Sdk, second, { identity: 'alice' });
    const conversation = await carol.getConversationBySid(ofAlice.sid);
    expect(carol.user.friendlyName).toBe('Alice');
    const { items } = await conversation.getMessages(100);
    expect(items.map(({ body }) => body)).toEqual([...Array(18).keys()].map(String).concat('edited'));
    const [attached] = items[0]!.attachedMedia!;
    expect(await (await fetch((await attached!.getContentTemporaryUrl())!)).text()).toBe('bytes');

    await vi.waitFor(() => expect(bob.connectionState).toBe('connected'), { timeout: 30_000 });
    const arrived = next<Message>(ofBob, 'messageAdded');
    expect(await conversation.sendMessage('new')).toBe(20);
    expect((await arrived).body).toBe('new');
    expect(seen).toHaveLength(21);
  });

  it('brings what was missed by clients that were away over a restart', async () => {
    const file = await newFile();
    const first = await startEmulator({ file });
    const { ofAlice, ofBob, bob } = await startPair(Sdk, first);
    await ofAlice.sendMessage('0');
    await ofAlice.sendMessage('1');
    const ready = vi.waitFor(async () => expect((await ofBob.getMessages()).items).toHaveLength(2));
    await ready;
    const seen: string[] = [];
    ofBob.on('messageAdded', ({ body }) => void seen.push(body!));
    ofBob.on('messageUpdated', ({ message }) => void seen.push(`now ${message.body}`));
    ofBob.on('messageRemoved', ({ index }) => void seen.push(`gone ${index}`));
    await first.close();

    const offline = await startEmulator({ file });
    const [zero, one] = offline.control.messagesOf(ofAlice.sid);
    offline.control.editMessage(zero!.sid, { body: 'changed' });
    offline.control.removeMessage(one!.sid);
    offline.control.forgeMessage({ conversationSid: ofAlice.sid, author: 'alice', body: '2' });
    await offline.close();

    await startEmulator({ file, port: Number(new URL(first.url).port) });
    await vi.waitFor(() => expect(seen.sort()).toEqual(['2', 'gone 1', 'now changed']), { timeout: 30_000 });
    expect(bob.connectionState).toBe('connected');
  });
});

describe('a file', () => {
  it('is used by one emulator at a time, here and in other processes', async () => {
    const file = await newFile();
    const inUse = { code: 'emulator/file-in-use', details: { file } };
    const here = await startEmulator({ file });
    await expect(startTwilioEmulator({ accounts: [ACCOUNT], file })).rejects.toMatchObject(inUse);
    await here.close();
    const { child } = await startProcess({ file, port: 0 });
    await expect(startTwilioEmulator({ accounts: [ACCOUNT], file })).rejects.toMatchObject(inUse);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await startEmulator({ file });
  });

  it('is free again when the port was taken', async () => {
    const file = await newFile();
    const port = Number(new URL((await startEmulator()).url).port);
    await expect(startTwilioEmulator({ accounts: [ACCOUNT], file, port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await startEmulator({ file });
  });

  it('is left as it is when it cannot be read', async () => {
    const file = await newFile();
    await writeFile(file, 'something else\n');
    const damaged = { code: 'emulator/damaged-file', family: 'storage' };
    await expect(startTwilioEmulator({ accounts: [ACCOUNT], file })).rejects.toMatchObject(damaged);
    expect(await readFile(file, 'utf8')).toBe('something else\n');
  });
});
