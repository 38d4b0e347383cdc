import { type Side, until, useRooms } from '@sotto/testing/room-world';
import { describe, expect, it } from 'vitest';
import { createOutbox, type Outbox } from './outbox.ts';
import { createTimeline, type Timeline } from './timeline.ts';

const kit = useRooms();

async function openOutbox(...names: string[]): Promise<{ sides: Side[]; timeline: Timeline; outbox: Outbox }> {
  const sides = await kit.openAll('alice', ...names);
  const { room } = sides[0]!;
  const timeline = createTimeline(room);
  await timeline.load();
  let made = 0;
  return { sides, timeline, outbox: createOutbox(room, timeline, { createKey: () => `key-${made++}` }) };
}
const statusesOf = (outbox: Outbox) => outbox.get().map(({ status }) => status);
const codeOf = (outbox: Outbox) => (outbox.get()[0]?.error as { code?: string } | undefined)?.code;

describe('the outbox of a room', () => {
  it('holds a message until it stands in the timeline', async () => {
    const { outbox, timeline } = await openOutbox('bob');
    outbox.send({ text: 'hello', files: [] });
    expect(statusesOf(outbox)).toEqual(['sending']);
    await until(() => expect(outbox.get()).toEqual([]));
    expect(timeline.get().messages.map(({ text }) => text)).toEqual(['hello']);
  });

  it('sends what was written one after the other in that order', async () => {
    const { outbox, timeline } = await openOutbox('bob');
    for (const text of ['one', 'two', 'three']) outbox.send({ text, files: [] });
    await until(() => expect(outbox.get()).toEqual([]));
    expect(timeline.get().messages.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
  });

  it('reports how far files have come, and sends them with the text', async () => {
    const { outbox, timeline } = await openOutbox('bob');
    const phases = new Set<string>();
    outbox.subscribe(() => {
      const phase = outbox.get()[0]?.progress?.phase;
      if (phase) phases.add(phase);
    });
    const content = new Blob([new Uint8Array(20_000)]);
    outbox.send({ text: 'see file', files: [{ name: 'a.bin', type: 'application/octet-stream', content }] });
    await until(() => expect(outbox.get()).toEqual([]));
    expect([...phases]).toContain('encrypting');
    expect(timeline.get().messages[0]?.attachments).toMatchObject([{ name: 'a.bin', size: 20_000 }]);
  });

  it('keeps a message that did not go out, with the reason, and sends it without whom it stopped at', async () => {
    const { outbox, sides, timeline } = await openOutbox('bob');
    sides[0]!.transport.silentMembers.push({ ref: 'm', identity: 'mallory', canDecrypt: true });
    await kit.directory.createUser('mallory');
    outbox.send({ text: 'secret', files: [] });
    await until(() => expect(statusesOf(outbox)).toEqual(['failed']));
    expect(codeOf(outbox)).toBe('chat/unknown-member');
    outbox.resend('key-0', ['mallory']);
    await until(() => expect(outbox.get()).toEqual([]));
    expect(timeline.get().messages).toMatchObject([{ text: 'secret', leftOut: ['mallory'] }]);
  });

  it('forgets a message that is discarded', async () => {
    const { outbox, timeline } = await openOutbox();
    outbox.send({ text: '', files: [] });
    await until(() => expect(codeOf(outbox)).toBe('chat/empty-message'));
    outbox.discard('key-0');
    expect(outbox.get()).toEqual([]);
    expect(timeline.get().messages).toEqual([]);
  });

  it('counts a time limit from the moment of sending', async () => {
    const { outbox, timeline } = await openOutbox('bob');
    const before = Date.now();
    outbox.send({ text: 'goes away', files: [], expiresAfterSeconds: 3600 });
    await until(() => expect(outbox.get()).toEqual([]));
    const expiresAt = timeline.get().messages[0]?.expiresAt?.getTime() ?? 0;
    expect(expiresAt).toBeGreaterThanOrEqual(before + 3_600_000 - 1000);
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 3_600_000);
  });

  it('sends nothing of a message that is cancelled while its files are encrypted', async () => {
    const { outbox, timeline } = await openOutbox('bob');
    const content = new Blob([new Uint8Array(20_000)]);
    outbox.send({ text: '', files: [{ name: 'a.bin', type: 'application/octet-stream', content }] });
    outbox.cancel('key-0');
    await until(() => expect(outbox.get()).toEqual([]));
    outbox.send({ text: 'after it', files: [] });
    await until(() => expect(outbox.get()).toEqual([]));
    expect(timeline.get().messages.map(({ text }) => text)).toEqual(['after it']);
  });
});
