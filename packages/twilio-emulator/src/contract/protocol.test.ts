/** The socket itself: what the official clients never send, and what older ones do. */
import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { encodeFrame, type Frame, parseFrame } from '../frame.ts';
import { createToken, startEmulator, type TokenOptions } from '../test-kit.ts';

interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly params?: Record<string, unknown>;
  readonly body?: unknown;
}

/** A client that sends what it is told to. */
async function dial(wsUrl: string) {
  const socket = new WebSocket(wsUrl);
  onTestFinished(() => socket.terminate());
  const frames: Frame[] = [];
  socket.on('message', (data: Buffer) => void frames.push(parseFrame(data)));
  socket.on('error', () => {});
  await once(socket, 'open');
  let count = 0;
  const find = (fits: (frame: Frame) => boolean) =>
    vi.waitFor(() => frames.find(fits) ?? Promise.reject(new Error('no such frame')));
  const ask = async (header: Record<string, unknown>, payload?: unknown) => {
    const id = `TM${++count}`;
    socket.send(encodeFrame({ id, ...header }, payload));
    return await find((frame) => frame.header['method'] === 'reply' && frame.header['id'] === id);
  };
  const call = async ({ method, path, params = {}, body }: Call) => {
    const httpRequest = { host: 'cds.us1.twilio.com', method, path, params, headers: {} };
    const { header, payload } = await ask({ method: 'message', http_request: httpRequest }, body);
    const text = Buffer.from(payload).toString();
    const { code } = header['http_status'] as { code: number };
    return { code, body: (text === '' ? undefined : JSON.parse(text)) as Record<string, unknown> };
  };
  const init = async (options: TokenOptions & { continuation?: unknown } = {}) =>
    (await ask({ method: 'init', token: await createToken(options), continuation_token: options.continuation ?? null }))
      .header;
  return { socket, frames, find, ask, call, init };
}

const closeOf = (frame: Frame) => frame.header['method'] === 'close' && frame.header['status'];

describe('the socket', () => {
  it('answers init, and gives one storage id to one user as long as its data live', async () => {
    const { wsUrl } = await startEmulator();
    const reply = await (await dial(wsUrl)).init();
    expect(reply).toMatchObject({
      status: { code: 200, status: 'OK' },
      capabilities: ['client_update', 'offline_storage'],
      continuation_token_status: { reissued: true, reissue_reason: 'MISSING' },
    });
    const again = await (await dial(wsUrl)).init({ continuation: reply['continuation_token'] });
    expect(again).toMatchObject({
      continuation_token: reply['continuation_token'],
      continuation_token_status: { reissued: false },
      offline_storage: reply['offline_storage'],
    });
    for (const other of [{ continuation: 'made up' }, { continuation: reply['continuation_token'], identity: 'bob' }]) {
      expect(await (await dial(wsUrl)).init(other)).toMatchObject({
        continuation_token_status: { reissued: true, reissue_reason: 'INVALID' },
      });
    }
    const { wsUrl: elsewhere } = await startEmulator();
    const there = await (await dial(elsewhere)).init();
    expect(there['offline_storage']).not.toEqual(reply['offline_storage']);
  });

  it('answers what registers for notifications', async () => {
    const { wsUrl } = await startEmulator();
    const { ask, init } = await dial(wsUrl);
    await init();
    for (const method of ['put_notification_ctx', 'delete_notification_ctx', 'ping']) {
      expect((await ask({ method })).header['status']).toMatchObject({ code: 200 });
    }
  });

  it.each([
    ['a call before init', encodeFrame({ method: 'message', id: 'TM1' }), 401],
    ['bytes that are no frame', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 406],
    ['a text message', 'TWILSOCK V3.0 2\r\n{}\r\n', 406],
  ])('is closed after %s', async (_, bytes, code) => {
    const { wsUrl } = await startEmulator();
    const { socket, find } = await dial(wsUrl);
    socket.send(bytes);
    expect(closeOf(await find(closeOf as never))).toMatchObject({ code });
    await vi.waitFor(() => expect(socket.readyState).toBe(WebSocket.CLOSED));
  });

  it.each([
    ['an unknown method', { method: 'subscribe' }],
    ['a call without a request', { method: 'message' }],
    ['a call to no host', { method: 'message', http_request: { host: '?', path: '/', method: 'GET' } }],
    ['a call by no method', { method: 'message', http_request: { host: 'x', path: '/', method: 'TRACE' } }],
    [
      'a call with wrong headers',
      { method: 'message', http_request: { host: 'x', path: '/', method: 'GET', headers: { 'a b': 'c' } } },
    ],
  ])('is closed after %s', async (_, header) => {
    const { wsUrl } = await startEmulator();
    const { socket, find, init } = await dial(wsUrl);
    await init();
    socket.send(encodeFrame({ id: 'TM9', ...header }));
    expect(closeOf(await find(closeOf as never))).toMatchObject({ code: 406 });
  });

  it('is cut after a frame that is too large', async () => {
    const { wsUrl } = await startEmulator();
    const { socket } = await dial(wsUrl);
    socket.send(Buffer.alloc(2 * 1024 * 1024));
    await vi.waitFor(() => expect(socket.readyState).toBe(WebSocket.CLOSED));
  });

  it('is not there at other paths, nor while the service is down', async () => {
    const { wsUrl, control } = await startEmulator();
    await expect(dial(wsUrl.replace('/v3/', '/v4/'))).rejects.toThrow('404');
    control.goDown();
    await expect(dial(wsUrl)).rejects.toThrow('503');
  });
});

describe('Sync', () => {
  async function startList(count: number) {
    const emulator = await startEmulator();
    const client = await dial(emulator.wsUrl);
    await client.init();
    const { body } = await client.call({ method: 'POST', path: '/Client/v2/Conversations', body: {} });
    const sid = body['sid'] as string;
    const participants = `/Client/v2/Conversations/${sid}/Participants`;
    await client.call({ method: 'POST', path: participants, body: { identity: 'alice' } });
    for (let index = 0; index < count; index++) {
      emulator.control.forgeMessage({ conversationSid: sid, author: 'alice', body: String(index) });
    }
    const { body: list } = await client.call({ method: 'GET', path: `/v3/Lists/${sid}.messages` });
    return { ...client, emulator, sid, list };
  }

  it('pages by tokens, as clients before Sync 4 do', async () => {
    const { call, list } = await startList(25);
    const items = `/v3/Lists/${list['sid'] as string}/Items`;
    const pages: number[][] = [];
    let token: unknown;
    do {
      const params = token === undefined ? { PageSize: '10', Order: 'desc' } : { PageToken: token };
      const { body } = await call({ method: 'GET', path: items, params });
      pages.push((body['items'] as { index: number }[]).map(({ index }) => index));
      token = (body['meta'] as { next_token: unknown }).next_token;
    } while (token !== null);
    expect(pages.map((page) => page.length)).toEqual([10, 10, 5]);
    expect(pages.flat()).toEqual([...Array(25).keys()].reverse());
    for (const params of [{ PageToken: 'x' }, { PageSize: '0' }, { Order: 'up' }, { From: '-1' }]) {
      expect((await call({ method: 'GET', path: items, params })).code).toBe(400);
    }
  });

  it('says where an object is not, and whom it is not for', async () => {
    const { call, sid, emulator } = await startList(0);
    expect((await call({ method: 'GET', path: '/v3/Maps/nothing' })).code).toBe(404);
    expect((await call({ method: 'GET', path: '/nowhere' })).code).toBe(404);
    const mallory = await dial(emulator.wsUrl);
    await mallory.init({ identity: 'mallory' });
    expect((await mallory.call({ method: 'GET', path: `/v3/Lists/${sid}.messages` })).code).toBe(403);
  });

  it('answers a subscription first, and then brings what was missed and that it stands', async () => {
    const { call, list, frames } = await startList(3);
    const lastEventId = (list['last_event_id'] as number) - 2;
    const request = (sid: unknown) => ({ object_sid: sid, object_type: 'list', last_event_id: lastEventId });
    frames.length = 0;
    const { code } = await call({
      method: 'POST',
      path: '/v4/Subscriptions',
      body: { action: 'establish', correlation_id: 7, requests: [request(list['sid']), request('ES0')] },
    });
    expect(code).toBe(202);
    await vi.waitFor(() => expect(frames).toHaveLength(5));
    const told = frames.map(({ header, payload }) => {
      if (header['method'] === 'reply') return 'reply';
      const { event_type, events } = JSON.parse(Buffer.from(payload).toString()) as {
        event_type: string;
        events: { item_index?: number }[];
      };
      return `${event_type} ${events[0]!.item_index ?? ''}`;
    });
    expect(told).toEqual([
      'reply',
      'list_item_added 1',
      'list_item_added 2',
      'subscription_established ',
      'subscription_failed ',
    ]);
  });

  it('brings nothing more after a subscription was cancelled', async () => {
    const { call, list, frames, emulator, sid } = await startList(0);
    const requests = [{ object_sid: list['sid'], object_type: 'list', last_event_id: list['last_event_id'] }];
    const subscribe = (action: string) =>
      call({ method: 'POST', path: '/v4/Subscriptions', body: { action, requests } });
    const forge = () => emulator.control.forgeMessage({ conversationSid: sid, author: 'bob', body: 'x' });
    const added = () => frames.filter(({ header }) => header['message_type'] === 'com.twilio.rtd.cds.list').length;
    await subscribe('establish');
    forge();
    await vi.waitFor(() => expect(added()).toBe(1));
    await subscribe('cancel');
    forge();
    await call({ method: 'GET', path: `/v3/Lists/${sid}.messages` });
    expect(added()).toBe(1);
  });

  it('brings nothing more to who was removed', async () => {
    const { emulator, sid, list } = await startList(0);
    const bob = await dial(emulator.wsUrl);
    await bob.init({ identity: 'bob' });
    emulator.control.addParticipant(sid, { identity: 'bob' });
    const requests = [{ object_sid: list['sid'], object_type: 'list', last_event_id: list['last_event_id'] }];
    await bob.call({ method: 'POST', path: '/v4/Subscriptions', body: { action: 'establish', requests } });
    const forge = () => emulator.control.forgeMessage({ conversationSid: sid, author: 'alice', body: 'x' });
    const added = () => bob.frames.filter(({ header }) => header['message_type'] === 'com.twilio.rtd.cds.list').length;
    forge();
    await vi.waitFor(() => expect(added()).toBe(1));
    emulator.control.removeParticipant(sid, 'bob');
    forge();
    await bob.call({ method: 'GET', path: '/Client/v2/MyConversations' });
    expect(added()).toBe(1);
  });
});
