/** Media: up through the official clients, down through the temporary URLs. */
import { randomBytes } from 'node:crypto';
import type { Message } from 'twilio-conversations-3';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, connect, createToken, MAJORS, next, startEmulator, startPair } from '../test-kit.ts';

describe.each(MAJORS)('@twilio/conversations %s', (_, Sdk) => {
  it('brings bytes from one user to another, with type and name', async () => {
    const { ofAlice, ofBob } = await startPair(Sdk, await startEmulator());
    const content = randomBytes(300_000);
    const arrived = next<Message>(ofBob, 'messageAdded');
    const media = { contentType: 'application/octet-stream', filename: 'a b.bin', media: content };
    await ofAlice.prepareMessage().setBody('see file').addMedia(media).build().send();
    const message = await arrived;
    const [file] = message.attachedMedia!;
    expect(message).toMatchObject({ body: 'see file', type: 'media' });
    expect(file).toMatchObject({ contentType: 'application/octet-stream', filename: 'a b.bin', size: content.length });
    const response = await fetch((await file!.getContentTemporaryUrl())!);
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(content);
  });

  it('sends several, and gives the URLs of all at once', async () => {
    const { ofAlice, ofBob, bob } = await startPair(Sdk, await startEmulator());
    const contents = [randomBytes(10), randomBytes(20)];
    const arrived = next<Message>(ofBob, 'messageAdded');
    const message = ofAlice.prepareMessage();
    for (const media of contents) message.addMedia({ contentType: 'image/png', filename: 'p.png', media });
    await message.build().send();
    const files = (await arrived).attachedMedia!;
    const urls = await bob.getTemporaryContentUrlsForMedia(files);
    const bytes = await Promise.all(
      files.map(async ({ sid }) => Buffer.from(await (await fetch(urls.get(sid)!)).arrayBuffer())),
    );
    expect(bytes).toEqual(contents);
  });

  it('refuses media that are too large', async () => {
    const limits = { mediaBytes: 200_000 };
    const { ofAlice } = await startPair(Sdk, await startEmulator({ limits }));
    const send = (size: number) => ofAlice.sendMessage({ contentType: 'x/y', media: randomBytes(size) });
    await send(200_000);
    for (const size of [200_001, 1_000_000]) await expect(send(size)).rejects.toThrow(/^413: .*50512/);
  });
});

describe('media', () => {
  it('may fail, or be stored though the answer is lost', async () => {
    const emulator = await startEmulator();
    const [, [, Sdk]] = MAJORS;
    const { ofAlice } = await startPair(Sdk, emulator);
    const send = () => ofAlice.sendMessage({ contentType: 'x/y', media: Buffer.from('bytes') });
    emulator.control.failNext(1, { identity: 'alice', path: '/Media', status: 500 });
    await expect(send()).rejects.toThrow(/^500:/);
    emulator.control.loseNextReply({ identity: 'alice', path: '/Media' });
    await expect(send()).rejects.toThrow();
    expect(emulator.control.messagesOf(ofAlice.sid)).toEqual([]);
    expect(await send()).toBe(0);
  });

  it('are away with the rest of the service', async () => {
    const { url, control } = await startEmulator();
    control.goDown();
    expect((await fetch(`${url}/v1/Services`)).status).toBe(503);
    control.comeUp();
    expect((await fetch(`${url}/v1/Services`)).status).toBe(401);
  });

  const upload = async (url: string, token: string) => {
    const response = await fetch(`${url}/v1/Services/${ACCOUNT.serviceSid}/Media?Category=media`, {
      method: 'POST',
      headers: { 'X-Twilio-Token': token, 'Content-Type': 'text/plain' },
      body: 'bytes',
    });
    return (await response.json()) as { sid: string; links: { content_direct_temporary: string } };
  };
  const readRecord = (url: string, sid: string, headers: Record<string, string>) =>
    fetch(`${url}/v1/Services/${ACCOUNT.serviceSid}/Media/${sid}`, { headers });

  it('are for who sent them and who is in the conversation', async () => {
    const emulator = await startEmulator();
    const token = await createToken();
    const { sid } = await upload(emulator.url, token);
    expect((await readRecord(emulator.url, sid, { 'X-Twilio-Token': token })).status).toBe(200);
    const mallory = await createToken({ identity: 'mallory' });
    expect((await readRecord(emulator.url, sid, { 'X-Twilio-Token': mallory })).status).toBe(404);
    expect((await readRecord(emulator.url, sid, {})).status).toBe(401);
    const expired = await createToken({ issuedAt: 1, ttlSeconds: 10 });
    const refused = await readRecord(emulator.url, sid, { 'X-Twilio-Token': expired });
    expect([refused.status, await refused.json()]).toEqual([401, expect.objectContaining({ code: 20104 })]);
  });

  it('are sent once, and only by who uploaded them', async () => {
    const emulator = await startEmulator();
    const [[, Sdk]] = [MAJORS[1]];
    const { ofAlice } = await startPair(Sdk, emulator);
    const { sid } = await upload(emulator.url, await createToken({ identity: 'bob' }));
    const client = await connect(Sdk, emulator);
    const post = (body: object) =>
      (
        client as unknown as {
          _services: { transport: { post(...args: unknown[]): Promise<unknown> } };
        }
      )._services.transport.post(
        `https://aim.us1.twilio.com/Client/v2/Conversations/${ofAlice.sid}/Messages`,
        { 'Content-Type': 'application/json' },
        JSON.stringify(body),
        'ip_messaging',
      );
    await expect(post({ body: '', media_sids: [sid] })).rejects.toMatchObject({ body: { code: 50513 } });
    const own = await upload(emulator.url, await createToken());
    await post({ body: '', media_sids: [own.sid] });
    await expect(post({ body: '', media_sids: [own.sid] })).rejects.toMatchObject({ body: { code: 50513 } });
  });

  it('have URLs that end, and that cannot be made up', async () => {
    let now = Date.now();
    const emulator = await startEmulator({ clock: () => now });
    const { links } = await upload(emulator.url, await createToken());
    const url = links.content_direct_temporary;
    expect(await (await fetch(url)).text()).toBe('bytes');
    expect((await fetch(url.replace(/expires=\d+/, 'expires=99999999999'))).status).toBe(404);
    now += 301_000;
    expect((await fetch(url)).status).toBe(404);
  });

  it('come in a form as well, as pages send them', async () => {
    const emulator = await startEmulator();
    const response = await fetch(`${emulator.url}/v1/Services/${ACCOUNT.serviceSid}/Media?Category=media`, {
      method: 'POST',
      headers: { 'X-Twilio-Token': await createToken(), 'Content-Type': 'multipart/form-data; boundary=between' },
      body: [
        '--between',
        'Content-Disposition: form-data; name="file"; filename="note.txt"',
        'Content-Type: text/x-note',
        '',
        'in a form',
        '--between--',
        '',
      ].join('\r\n'),
    });
    expect(await response.json()).toMatchObject({ filename: 'note.txt', content_type: 'text/x-note', size: 9 });
  });
});
