import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoWorld, startDemoWorld, type VisitedRoom } from './test-kit.ts';
import type { WireAnswer } from './wire.ts';

describe('GET /demo/wire', () => {
  let world: DemoWorld;
  let room: VisitedRoom;
  beforeAll(async () => {
    world = await startDemoWorld({ withBob: false });
    await world.visit('carol');
    room = await (await world.visit('alice')).createRoom('carol');
  });
  afterAll(() => world.close());

  const readWire = async (): Promise<WireAnswer> => (await world.ask(`/demo/wire?room=${room.room.sid}`)).json;

  it('shows what the chat service holds of a room: who and when, and nothing that was written', async () => {
    const text = 'a text that nobody else reads';
    const media = { contentType: 'text/plain', filename: 'plan.txt', media: Buffer.from('the plan of the two') };
    await room.send(text);
    await room.send(media);
    await room.room.updateLastReadMessageIndex(1);
    const wire = await readWire();
    expect(wire.room).toEqual({
      sid: room.room.sid,
      friendlyName: null,
      uniqueName: null,
      attributes: '{}',
      createdBy: 'alice',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      participants: [
        expect.objectContaining({ identity: 'alice', type: 'chat', readIndex: 1, readAt: expect.any(String) }),
        expect.objectContaining({ identity: 'carol', type: 'chat', readIndex: null, readAt: null }),
      ],
    });
    expect(wire.messages).toMatchObject([
      {
        index: 0,
        author: 'alice',
        body: expect.stringMatching(/^sotto1:/),
        updatedAt: null,
        attributes: '{}',
        media: [],
      },
      { index: 1, media: [{ contentType: 'application/octet-stream', size: expect.any(Number) }] },
    ]);
    const [file] = wire.messages[1]!.media;
    expect(Buffer.from(file!.head!, 'base64')).toHaveLength(48);
    for (const secret of [text, 'plan.txt', 'the plan']) expect(JSON.stringify(wire)).not.toContain(secret);
  });

  it('shows that a message was edited, and reactions beside it', async () => {
    const message = await room.send('first');
    await message.edit('second');
    await message.react('👍');
    const stored = (await readWire()).messages.find(({ sid }) => sid === message.sid);
    expect(stored).toMatchObject({ updatedAt: expect.any(String) });
    expect(stored!.attributes).toContain('sotto1r:');
  });

  it('shows the newest 200', async () => {
    const { control } = world.emulator;
    const forged = Array.from({ length: 201 }, (_, count) => {
      return control.forgeMessage({ conversationSid: room.room.sid, author: 'alice', body: `filler ${count}` });
    });
    const { messages } = await readWire();
    expect(messages.map(({ sid }) => sid)).toEqual(forged.slice(1).map(({ sid }) => sid));
  });

  it.each([['CH0'], ['']])('knows no room %j', async (sid) => {
    expect(await world.ask(`/demo/wire?room=${sid}`)).toMatchObject({
      status: 404,
      json: { code: 'demo/unknown-target', message: expect.any(String) },
    });
  });

  it('is for the page of this origin, and kept by nobody', async () => {
    const url = `${world.url}/demo/wire?room=${room.room.sid}`;
    const answer = await fetch(url);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBeNull();
    expect((await fetch(url, { headers: { Origin: 'https://elsewhere.example' } })).status).toBe(403);
  });
});
