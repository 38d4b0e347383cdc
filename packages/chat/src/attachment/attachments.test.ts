/** Files of messages: what readers get is what was sent, or nothing. */
import { bytesToBase64Url, bytesToUtf8, utf8ToBytes } from '@sotto/core';
import { withFiles } from '@sotto/testing/evil-transport';
import { describe, expect, it } from 'vitest';
import { forge, messagesOf, type Side, useRooms, withCode } from '@sotto/testing/room-world';
import type { RoomAttachment, SendProgress } from '../room.ts';
import type { IncomingFile } from '../transport.ts';

const kit = useRooms();
const textFile = (name: string, content: string) => ({ name, type: 'text/plain', content: new Blob([content]) });

async function sendFiles(...files: ReturnType<typeof textFile>[]): Promise<{ alice: Side; bob: Side }> {
  const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
  await alice.room.send({ text: 'see files', files });
  return { alice, bob };
}

async function attachmentsOf(side: Side): Promise<readonly RoomAttachment[]> {
  return (await messagesOf(side))[0]!.attachments;
}

describe('an attachment', () => {
  it('comes with name, type and size, in every form', async () => {
    const { bob } = await sendFiles(textFile('plan.txt', 'content'));
    const [attachment] = await attachmentsOf(bob);
    expect(attachment).toMatchObject({ name: 'plan.txt', type: 'text/plain', size: 7 });
    expect(bytesToUtf8(await attachment!.bytes())).toBe('content');
    const blob = await attachment!.blob();
    expect([blob.type, await blob.text()]).toEqual(['text/plain', 'content']);
    expect(await new Response(attachment!.stream()).text()).toBe('content');
    const url = await attachment!.objectURL();
    expect(await (await fetch(url)).text()).toBe('content');
    URL.revokeObjectURL(url);
  });

  it('may have bytes, no content, measures, or no text beside it', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    const image = { name: 'a.png', type: 'image/png', content: utf8ToBytes('pixels'), width: 640, height: 480 };
    await alice.room.send({ files: [image, textFile('empty', '')] });
    const [message] = await messagesOf(bob);
    expect(message!.text).toBeNull();
    expect(message!.attachments).toMatchObject([{ width: 640, height: 480, size: 6 }, { size: 0 }]);
    expect(await Promise.all(message!.attachments.map(async (one) => (await one.bytes()).length))).toEqual([6, 0]);
  });

  it('is found by its name, whatever the order of files', async () => {
    const { bob } = await sendFiles(textFile('a', 'content a'), textFile('b', 'content b'));
    bob.transport.meddle = (message) => ({ ...message, files: [...message.files].reverse() });
    const texts = (await attachmentsOf(bob)).map(async (one) => bytesToUtf8(await one.bytes()));
    expect(await Promise.all(texts)).toEqual(['content a', 'content b']);
  });

  it('is found by what is in it where the transport keeps no names', async () => {
    const { bob } = await sendFiles(textFile('a', 'content a'), textFile('b', 'content b'));
    bob.transport.meddle = (message) => {
      return { ...message, files: message.files.map((file): IncomingFile => ({ ...file, name: null })).reverse() };
    };
    const texts = (await attachmentsOf(bob)).map(async (one) => bytesToUtf8(await one.bytes()));
    expect(await Promise.all(texts)).toEqual(['content a', 'content b']);
  });

  it('that was exchanged for another file is refused, in every form', async () => {
    const { bob } = await sendFiles(textFile('a', 'content'));
    bob.transport.meddle = (message) => withFiles(message, new Blob(['false']));
    const [attachment] = await attachmentsOf(bob);
    const swapped = withCode('chat/media-swapped');
    await expect(attachment!.bytes()).rejects.toThrow(swapped);
    await expect(attachment!.blob()).rejects.toThrow(swapped);
    await expect(attachment!.objectURL()).rejects.toThrow(swapped);
    await expect(new Response(attachment!.stream()).text()).rejects.toThrow(swapped);
  });

  it('that took the place of another one of the message is refused', async () => {
    const { bob } = await sendFiles(textFile('a', 'content a'), textFile('b', 'content b'));
    bob.transport.meddle = (message) => {
      const [first, second] = message.files as [IncomingFile, IncomingFile];
      return {
        ...message,
        files: [
          { ...second, name: first.name },
          { ...first, name: second.name },
        ],
      };
    };
    for (const one of await attachmentsOf(bob)) {
      await expect(one.bytes()).rejects.toThrow(withCode('chat/media-swapped'));
    }
  });

  it('that is gone is missing, and other files do not take its place', async () => {
    const { bob } = await sendFiles(textFile('a', 'content a'), textFile('b', 'content b'));
    bob.transport.meddle = (message) => ({ ...message, files: message.files.slice(1) });
    const [gone, there] = await attachmentsOf(bob);
    await expect(gone!.bytes()).rejects.toThrow(withCode('chat/media-missing'));
    expect(bytesToUtf8(await there!.bytes())).toBe('content b');
  });

  it('has no path in its name, whatever the sender wrote', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    const [key, file] = [32, 16].map((length) => bytesToBase64Url(new Uint8Array(length)));
    const entry = { name: '../../.profile', type: 'text/plain', size: 1, key: key!, sha256: key!, file: file! };
    const payload = await forge(alice, { readers: [bob.user.card], attachments: [entry] });
    await alice.transport.send({ payload, files: [] });
    const [attachment] = await attachmentsOf(bob);
    expect(attachment!.name).toBe('profile');
    await expect(attachment!.bytes()).rejects.toThrow(withCode('chat/media-missing'));
  });

  it('tells how far it is, both ways, and never goes back', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    const sent: SendProgress[] = [];
    const files = [textFile('a', 'content a'), textFile('b', 'content b')];
    await alice.room.send({ files }, { onProgress: (progress) => sent.push(progress) });
    expect(sent.map(({ phase }) => phase)).toEqual(['encrypting', 'encrypting', 'uploading']);
    expect(sent[1]).toEqual({ phase: 'encrypting', done: 18, total: 18 });
    const received: number[] = [];
    const [attachment] = await attachmentsOf(bob);
    await attachment!.bytes({ onProgress: (done, total) => received.push(done / total) });
    expect(received).toEqual([...received].sort((a, b) => a - b));
    expect(received.length).toBeGreaterThan(0);
  });

  it('can be given up, on either side', async () => {
    const { alice, bob } = await sendFiles(textFile('a', 'content'));
    const signal = AbortSignal.abort();
    const sending = alice.room.send({ files: [textFile('b', 'never sent')] }, { signal });
    await expect(sending).rejects.toMatchObject({ name: 'AbortError' });
    const [attachment] = await attachmentsOf(bob);
    await expect(attachment!.bytes({ signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(await messagesOf(bob)).toHaveLength(1);
    await alice.room.send('after');
    expect((await messagesOf(bob)).flatMap(({ warnings }) => warnings)).toEqual([]);
  });
});
