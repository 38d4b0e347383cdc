// Each attack as the panel plays it, and what the client of a visitor shows: users of a real service, Twilio's official client, the emulator.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DemoWorld, startDemoWorld, type VisitedRoom, type Visitor } from '../test-kit.ts';
import { ATTACK_NAMES } from './contract.ts';

let world: DemoWorld;
let alice: Visitor;
let carol: Visitor;

beforeAll(async () => {
  world = await startDemoWorld({ withBob: false });
  alice = await world.visit('alice');
  carol = await world.visit('carol');
});
afterAll(() => world.close());

const attack = async (name: string, request: Record<string, unknown>) => world.ask(`/demo/attack/${name}`, request);

/** Of alice and carol, as each sees it. */
async function openBoth(): Promise<{ sid: string; ofAlice: VisitedRoom; ofCarol: VisitedRoom }> {
  const ofAlice = await alice.createRoom('carol');
  const { sid } = ofAlice.room;
  const ofCarol = await vi.waitFor(() => carol.openRoom(sid));
  return { sid, ofAlice, ofCarol };
}

describe('an evil chat service', () => {
  it.each([
    ['forge-author', { state: 'failed', reason: 'author-mismatch' }, null],
    ['forge-plaintext', { state: 'plaintext' }, 'Please send me the password.'],
  ])('that plays %s is found out', async (name, verification, text) => {
    const { sid, ofAlice } = await openBoth();
    const { status, json } = await attack(name, { room: sid, author: 'carol', text: 'Please send me the password.' });
    expect(status).toBe(200);
    const message = await ofAlice.find(({ sid: ref }) => ref === json.message.sid);
    expect(message).toMatchObject({ author: 'carol', index: json.message.index, verification, text });
  });

  it('that replays a message is found out, by its author as well', async () => {
    const { sid, ofAlice, ofCarol } = await openBoth();
    const { sid: message } = await ofAlice.send('yes, do it');
    const { json } = await attack('replay', { room: sid, message });
    for (const { find } of [ofAlice, ofCarol]) {
      const copy = await find(({ sid: ref }) => ref === json.message.sid);
      expect(copy).toMatchObject({ verification: { state: 'failed', reason: 'replayed' }, text: null });
    }
  });

  it('that moves a message to another room is found out', async () => {
    const [one, other] = [await openBoth(), await openBoth()];
    const { sid: message } = await one.ofAlice.send('yes');
    const { json } = await attack('replay-elsewhere', { room: one.sid, message, into: other.sid });
    const copy = await other.ofCarol.find(({ sid }) => sid === json.message.sid);
    expect(copy).toMatchObject({ verification: { state: 'failed', reason: 'other-room' }, text: null });
  });

  it('that changes one byte is found out', async () => {
    const { sid, ofAlice, ofCarol } = await openBoth();
    const { index, sid: message } = await ofAlice.send('a text');
    const received = await ofCarol.find((it) => it.index === index);
    await attack('edit', { room: sid, message });
    await vi.waitFor(() =>
      expect(received).toMatchObject({ verification: { state: 'failed', reason: 'undecryptable' }, text: null }),
    );
  });

  it('that undoes an edit is found out', async () => {
    const { sid, ofAlice, ofCarol } = await openBoth();
    const own = await ofAlice.send('at five');
    const received = await ofCarol.find(({ index }) => index === own.index);
    await own.edit('at six');
    await vi.waitFor(() => expect(received.text).toBe('at six'));
    await attack('roll-back', { room: sid, message: own.sid });
    await vi.waitFor(() =>
      expect(received).toMatchObject({ verification: { state: 'failed', reason: 'rolled-back' }, text: null }),
    );
  });

  it('that exchanges a file is found out when it is opened', async () => {
    const { sid, ofAlice, ofCarol } = await openBoth();
    const media = { contentType: 'text/plain', filename: 'plan.txt', media: Buffer.from('the plan') };
    const { index, sid: message } = await ofAlice.send(media);
    const received = await ofCarol.find((it) => it.index === index);
    expect(Buffer.from(await received.attachments[0]!.bytes()).toString()).toBe('the plan');
    await attack('swap-media', { room: sid, message });
    await expect(received.attachments[0]!.bytes()).rejects.toMatchObject({ code: 'chat/media-swapped' });
  });

  it('that drops a message leaves a gap for whoever has not seen it', async () => {
    const dave = await world.visit('dave');
    const ofAlice = await alice.createRoom('dave');
    const { sid } = ofAlice.room;
    const [, middle] = [await ofAlice.send('one'), await ofAlice.send('two'), await ofAlice.send('three')];
    const told = vi.fn();
    ofAlice.room.on('messageRemoved', told);
    await attack('drop', { room: sid, message: middle.sid });

    const { messages } = await dave.openRoom(sid);
    expect(messages.map(({ text }) => text)).toEqual(['one', 'three']);
    expect(messages.map(({ warnings }) => warnings)).toEqual([[], [{ code: 'chat/gap', missing: 1 }]]);
    await ofAlice.send('four'); // by now anything would have been told
    expect(told).not.toHaveBeenCalled();
    expect(middle.verification.state).toBe('verified');
  });

  it('that adds a silent reader stops the next message, until she is gone', async () => {
    const { sid, ofAlice } = await openBoth();
    await ofAlice.send('between us');
    const { json } = await attack('silent-reader', { room: sid, reader: 'mallory' });
    expect(json.member).toEqual({ sid: expect.stringMatching(/^MB/), identity: 'mallory' });
    await vi.waitFor(async () =>
      expect(await ofAlice.room.members()).toContainEqual(
        expect.objectContaining({ identity: 'mallory', state: 'unknown' }),
      ),
    );
    await expect(ofAlice.room.sendMessage('more')).rejects.toMatchObject({
      code: 'chat/unknown-member',
      details: { members: ['mallory'] },
    });
    expect(await attack('silent-reader', { room: sid, reader: 'mallory' })).toMatchObject({
      status: 409,
      json: { code: 'demo/already-member' },
    });
    await attack('stop', { room: sid });
    await vi.waitFor(async () => expect(await ofAlice.room.members()).toHaveLength(2));
    expect(await ofAlice.send('as before')).toMatchObject({ verification: { state: 'verified' } });
  });

  it('that adds a telephone stops the next message, until it is gone', async () => {
    const { sid, ofAlice } = await openBoth();
    const { json } = await attack('sms-member', { room: sid });
    expect(json.member).toEqual({ sid: expect.stringMatching(/^MB/), identity: null });
    await vi.waitFor(async () => expect(await ofAlice.room.members()).toHaveLength(3));
    await expect(ofAlice.room.sendMessage('more')).rejects.toMatchObject({
      code: 'chat/member-cannot-decrypt',
      details: { members: [json.member.sid] },
    });
    await attack('stop', { room: sid });
    await vi.waitFor(async () => expect(await ofAlice.room.members()).toHaveLength(2));
  });
});

describe('an evil key service', () => {
  it('that exchanges a key is found out by whoever has seen the true one', async () => {
    const { sid, ofAlice } = await openBoth();
    await ofAlice.send('for carol');
    const known = await alice.eThree.findUsers('carol');
    expect((await attack('swap-card', { room: sid, identity: 'carol' })).status).toBe(200);

    const swapped = await alice.eThree.findUsers('carol');
    expect(swapped.id).not.toBe(known.id);
    expect(swapped.previousCard?.id).toBe(known.id);
    await expect(ofAlice.room.sendMessage('for whom?')).rejects.toMatchObject({
      code: 'chat/key-not-accepted',
      details: { members: ['carol'] },
    });

    await attack('stop', { room: sid });
    const told = await alice.eThree.findUsers('carol');
    expect(told.id).toBe(known.id);
    await alice.eThree.acceptKey(told);
    expect(await ofAlice.send('for carol again')).toMatchObject({ verification: { state: 'verified' } });
  });

  it('gives a first card to whoever has none', async () => {
    const { sid } = await openBoth();
    await expect(alice.eThree.findUsers('nobody')).rejects.toMatchObject({ code: 'users/not-found' });
    await attack('swap-card', { room: sid, identity: 'nobody' });
    expect(await alice.eThree.findUsers('nobody')).toMatchObject({ identity: 'nobody', previousCardId: undefined });
    await attack('stop', { room: sid });
    await expect(alice.eThree.findUsers('nobody')).rejects.toMatchObject({ code: 'users/not-found' });
  });

  it('is not the one that others ask', async () => {
    const { sid } = await openBoth();
    const known = await alice.eThree.findUsers('carol');
    await attack('swap-card', { room: sid, identity: 'carol' });
    expect(await alice.eThree.findUsers('alice')).toMatchObject({ identity: 'alice', previousCardId: undefined });
    await attack('stop', { room: sid });
    expect((await alice.eThree.findUsers('carol')).id).toBe(known.id);
  });
});

describe('the routes of the attacks', () => {
  it('say which there are', async () => {
    expect(await world.ask('/demo/attack')).toEqual({ status: 200, json: { attacks: ATTACK_NAMES } });
  });

  it.each([
    ['nonsense', {}, 404, 'demo/unknown-attack'],
    ['toString', {}, 404, 'demo/unknown-attack'],
    ['replay', { room: 'CH0' }, 400, 'demo/missing-field'],
    ['replay', { room: 'CH0', message: 'IM0' }, 404, 'demo/unknown-target'],
    ['replay', { room: 'CH0', message: 7 }, 400, 'demo/missing-field'],
    ['forge-plaintext', { room: 'CH0', author: 'carol', text: 'x'.repeat(2001) }, 400, 'demo/missing-field'],
    ['forge-author', { room: 'CH0', author: 'carol', text: 'x' }, 404, 'demo/unknown-target'],
    ['swap-card', { room: 'CH0' }, 400, 'demo/missing-field'],
    ['stop', {}, 404, 'demo/unknown-target'],
  ])('refuse %s with %j', async (name, request, status, code) => {
    expect(await attack(name, request)).toMatchObject({ status, json: { code, message: expect.any(String) } });
  });

  it.each([
    ['roll-back', 'demo/never-edited'],
    ['swap-media', 'demo/no-file'],
  ])('refuse %s for a message that it cannot be played on', async (name, code) => {
    const { sid, ofAlice } = await openBoth();
    const { sid: message } = await ofAlice.send('a text');
    expect(await attack(name, { room: sid, message })).toMatchObject({ status: 409, json: { code } });
  });

  it('refuse a message that is in another room', async () => {
    const [one, other] = [await openBoth(), await openBoth()];
    const { sid: message } = await one.ofAlice.send('a text');
    expect(await attack('edit', { room: other.sid, message })).toMatchObject({ json: { code: 'demo/unknown-target' } });
  });

  it.each([
    [{ 'Content-Type': 'application/json' }, 403, 'demo/foreign-page'],
    [{ 'Content-Type': 'application/json', Origin: 'https://elsewhere.example' }, 403, 'demo/foreign-page'],
    [{ 'Content-Type': 'application/json', Origin: 'null' }, 403, 'demo/foreign-page'],
    [{ 'Content-Type': 'text/plain', own: 'yes' }, 400, 'demo/no-json'],
  ])(
    'are for the page of this origin, which sends JSON: %j',
    async ({ own, ...given }: Record<string, string>, status, code) => {
      const headers = { ...given, ...(own && { Origin: world.url }) };
      const answer = await fetch(`${world.url}/demo/attack/stop`, { method: 'POST', headers, body: '{"room":"CH0"}' });
      expect({ status: answer.status, json: await answer.json() }).toMatchObject({ status, json: { code } });
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBeNull();
    },
  );
});
