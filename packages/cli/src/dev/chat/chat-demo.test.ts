// The demo around the backend: what is passed on, what is told to the page, and what is not there with a real Twilio account.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChatDemo } from './chat-demo.ts';
import { type DemoWorld, startDemoWorld } from './test-kit.ts';

describe('the demo over the emulator', () => {
  let world: DemoWorld;
  beforeAll(async () => {
    world = await startDemoWorld({ withBob: false });
  });
  afterAll(() => world.close());

  it('sends the page to its own key service, and tells it the rest as the backend does', async () => {
    const { json } = await world.ask('/config');
    expect(json).toMatchObject({
      apiUrl: `${world.url}/demo/service`,
      servicePublicKey: expect.any(String),
      backendUrl: world.url,
      twilio: { emulated: true },
    });
  });

  it('passes on what the service answers, refusals and headers too', async () => {
    const { apiUrl } = (await world.ask('/config')).json as { apiUrl: string };
    const chain = await fetch(`${apiUrl}/.well-known/sotto`);
    expect(await chain.json()).toMatchObject({ service: 'sotto', serviceKeys: [expect.any(Object)] });
    const refused = await fetch(`${apiUrl}/card/v5/actions/search`, {
      method: 'POST',
      body: '{"identities":["alice"]}',
    });
    expect({ status: refused.status, json: await refused.json() }).toMatchObject({
      status: 401,
      json: { code: expect.any(Number) },
    });
    expect((await fetch(`${apiUrl}/no/such/route?it=1`)).status).toBe(404);
  });

  it('is a key service of which a user notices nothing: backups, cards, rotation', async () => {
    const { eThree } = await world.visit('alice');
    await eThree.backupPrivateKey('a password of alice');
    await eThree.changePassword('a password of alice', 'another password of alice');
    await eThree.replacePrivateKey({ password: 'another password of alice' });
    expect(await eThree.findUsers('alice')).toMatchObject({ previousCard: { identity: 'alice' } });
  });

  it('allows the page the emulator, and leaves all else to the backend', async () => {
    const page = await fetch(world.url, { headers: { Accept: 'text/html' } });
    const { origin } = new URL(world.emulator.url);
    expect(page.headers.get('Content-Security-Policy')).toContain(
      `connect-src 'self' ${origin} ${origin.replace('http', 'ws')};`,
    );
    expect(await (await fetch(world.url)).text()).toContain('/virgil-jwt');
    expect((await fetch(`${world.url}/demo/nonsense`)).status).toBe(404);
  });

  it('says that bob is not there where he is not', async () => {
    const demo = await createChatDemo({
      backend: { fetch: () => new Response() },
      dataDir: world.dataDir,
      service: world.service,
      emulator: world.emulator,
      signal: new AbortController().signal,
      onTrouble: () => {},
    });
    const answer = await demo.app.fetch(new Request('http://localhost:3000/demo/welcome'));
    expect({ status: answer.status, json: await answer.json() }).toMatchObject({
      status: 503,
      json: { code: 'demo/no-peer' },
    });
    await demo.close();
  });

  it('tells why bob did not come', async () => {
    const troubles: unknown[] = [];
    const demo = await createChatDemo({
      backend: { fetch: () => Response.json({}) },
      dataDir: world.dataDir,
      service: world.service,
      emulator: world.emulator,
      signal: new AbortController().signal,
      onTrouble: (error) => troubles.push(error),
    });
    demo.start();
    expect((await demo.app.fetch(new Request('http://localhost:3000/demo/welcome'))).status).toBe(503);
    expect(troubles).toEqual([expect.any(Error)]);
    await demo.close();
  });
});

describe('the demo over Twilio itself', () => {
  it('is the app alone, which may reach the service and Twilio', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'sotto-chat-demo-'));
    const demo = await createChatDemo({
      backend: { fetch: () => new Response('backend') },
      dataDir,
      service: { url: 'http://127.0.0.1:8080', servicePublicKey: '' },
      emulator: undefined,
      signal: new AbortController().signal,
      onTrouble: () => {},
    });
    const ask = async (path: string, init?: RequestInit) =>
      demo.app.fetch(new Request(`http://localhost:3000${path}`, init));
    const page = await ask('/', { headers: { Accept: 'text/html' } });
    expect(page.headers.get('Content-Security-Policy')).toContain(
      "connect-src 'self' http://127.0.0.1:8080 https://*.twilio.com wss://*.twilio.com;",
    );
    for (const path of ['/config', '/demo/wire?room=CH0', '/demo/attack', '/demo/welcome', '/demo/service/healthz']) {
      expect(await (await ask(path)).text()).toBe('backend');
    }
    demo.start();
    await demo.close();
    await rm(dataDir, { recursive: true });
  });
});
