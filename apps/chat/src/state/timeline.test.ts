import { messagesOf, type Side, until, useRooms } from '@sotto/testing/room-world';
import { describe, expect, it } from 'vitest';
import { createTimeline, type Timeline } from './timeline.ts';

const kit = useRooms();
const textsOf = (timeline: Timeline) => timeline.get().messages.map(({ text }) => text);

async function openTimeline(count: number): Promise<{ alice: Side; bob: Side; timeline: Timeline }> {
  const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
  for (let number = 0; number < count; number++) await alice.room.send(`message ${number}`);
  await until(() => expect(bob.told).toHaveLength(count));
  const timeline = createTimeline(bob.room, { pageSize: 5 });
  return { alice, bob, timeline };
}

describe('the timeline of a room', () => {
  it('shows what was written before, then what comes, in one order', async () => {
    const { alice, timeline } = await openTimeline(2);
    expect(timeline.get().status).toBe('loading');
    await timeline.load();
    await alice.room.send('later');
    await until(() => expect(textsOf(timeline)).toEqual(['message 0', 'message 1', 'later']));
    expect(timeline.get()).toMatchObject({ status: 'ready', hasOlder: false });
  });

  it('loads older messages page by page, and goes on until a given one is there', async () => {
    const { timeline } = await openTimeline(12);
    await timeline.load();
    expect(timeline.get()).toMatchObject({ hasOlder: true, messages: { length: 5 } });
    await timeline.loadOlder();
    expect(timeline.get().messages).toHaveLength(10);
    expect(await timeline.loadUntil(1)).toBe(true);
    expect(timeline.get()).toMatchObject({ hasOlder: false, messages: { length: 12 } });
    expect(textsOf(timeline)[1]).toBe('message 1');
  });

  it('asks for a page once, however often it is wanted', async () => {
    const { bob, timeline } = await openTimeline(8);
    await timeline.load();
    let shown = 0;
    bob.transport.meddle = (message) => {
      shown += 1;
      return message;
    };
    await Promise.all([timeline.loadOlder(), timeline.loadOlder(), timeline.loadOlder()]);
    expect(timeline.get().messages).toHaveLength(8);
    expect(shown).toBe(3);
  });

  it('says that a message is not there, rather than look for ever', async () => {
    const { timeline } = await openTimeline(2);
    await timeline.load();
    expect(await timeline.loadUntil(99)).toBe(false);
  });

  it('puts an edit in the place of what was there', async () => {
    const { alice, timeline } = await openTimeline(1);
    await timeline.load();
    const [own] = await messagesOf(alice);
    await own!.edit('changed');
    await until(() => expect(textsOf(timeline)).toEqual(['changed']));
  });

  it('keeps the place of a removed message, without its text', async () => {
    const { alice, timeline } = await openTimeline(2);
    await timeline.load();
    const [own] = await messagesOf(alice);
    await own!.remove();
    await until(() => expect(textsOf(timeline)).toEqual([null, 'message 1']));
    expect(timeline.get().messages[0]?.verification.state).toBe('removed');
  });

  it('tells of what arrives, and not of what was loaded', async () => {
    const { alice, timeline } = await openTimeline(1);
    const arrived: (string | null)[] = [];
    timeline.onArrival(({ text }) => arrived.push(text));
    await timeline.load();
    await alice.room.send('new');
    await until(() => expect(arrived).toEqual(['new']));
  });

  it('says what went wrong, and loads when asked again', async () => {
    const { bob, timeline } = await openTimeline(1);
    bob.transport.isAway = true;
    await timeline.load();
    expect(timeline.get().status).toBe('error');
    bob.transport.isAway = false;
    await timeline.load();
    expect(timeline.get()).toMatchObject({ status: 'ready', messages: { length: 1 } });
  });

  it('is silent once it is closed', async () => {
    const { alice, bob, timeline } = await openTimeline(1);
    await timeline.load();
    timeline.close();
    await alice.room.send('unheard');
    await until(() => expect(bob.told.at(-1)?.message.text).toBe('unheard'));
    expect(textsOf(timeline)).toEqual(['message 0']);
  });
});
