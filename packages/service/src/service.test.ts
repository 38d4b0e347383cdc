import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAppKey, createApplication, revokeAppKey } from './domain/applications.ts';
import type { SeenRequest } from './routes/middleware/observe.ts';
import { databaseFile, startService } from './service.ts';
import { openStore } from './store/store.ts';
import { createCard, createWorld, expectRefusal, makeTemporaryFolder, spki } from './test-kit.ts';

let dataDir: string;

beforeEach(() => {
  dataDir = join(makeTemporaryFolder(), 'made', 'by', 'the-service');
});

afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

describe('start', () => {
  test('makes what it needs, for its owner alone', async () => {
    const service = await startService({ dataDir, port: 0 });
    expect(service.url).toBe(`http://127.0.0.1:${service.port}`);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(dataDir).filter((name) => name.startsWith('sotto.db'))) {
      expect(statSync(join(dataDir, name)).mode & 0o777, name).toBe(0o600);
    }
    await service.close();
  });

  test('again finds everything as it was', async () => {
    const first = await startService({ dataDir, port: 0 });
    const { appId } = await createApplication(first.store, { name: 'clinic' });
    await first.close();
    const second = await startService({ dataDir, port: 0 });
    expect(second.servicePublicKey).toBe(first.servicePublicKey);
    await expect(createAppKey(second.store, { appId, name: 'k', publicKey: 'AAAA' })).rejects.toMatchObject({
      code: 'app-key/malformed',
    });
    await second.close();
  });

  test('on a port that is taken says which, and leaves nothing open', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(startService({ dataDir, port })).rejects.toMatchObject({
      code: 'listen/failed',
      message: expect.stringContaining(`port ${port}`),
    });
    other.close();
  });
});

describe('stop', () => {
  test('answers what is in flight, and takes nothing new', async () => {
    const world = await createWorld();
    const { raw } = await createCard('alice');
    const body = JSON.stringify(raw);
    const token = await world.token({ identity: 'alice' });
    const socket = connect(world.service.port, '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (chunk) => received.push(chunk));
    const head = `POST /card/v5 HTTP/1.1\r\nHost: a\r\nAuthorization: Virgil ${token}\r\nContent-Length: ${body.length}`;
    socket.write(`${head}\r\nExpect: 100-continue\r\n\r\n`);
    await once(socket, 'data'); // 100 Continue: the request is under way
    const closed = world.close();
    await expect(fetch(`${world.service.url}/healthz`)).rejects.toThrow();
    socket.write(body);
    await once(socket, 'close');
    await closed;
    const answer = Buffer.concat(received).toString();
    expect(answer).toContain('HTTP/1.1 200 OK');
    expect(answer.toLowerCase()).toContain('connection: close');
  });

  test('does not wait for connections that ask for nothing, or for nothing more', async () => {
    const world = await createWorld();
    const silent = connect(world.service.port, '127.0.0.1');
    const satisfied = connect(world.service.port, '127.0.0.1');
    satisfied.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
    await Promise.all([once(silent, 'connect'), once(satisfied, 'data')]);
    const closed = Promise.all([once(silent, 'close'), once(satisfied, 'close')]);
    const startedAt = performance.now();
    await world.close();
    await closed;
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  test('twice is fine', async () => {
    const world = await createWorld();
    await Promise.all([world.service.close(), world.service.close()]);
    await world.close();
    await expect(fetch(`${world.service.url}/healthz`)).rejects.toThrow();
  });
});

test('what another process writes counts from the next request on', async () => {
  const world = await createWorld();
  const beside = await openStore({ file: databaseFile(world.dataDir) });
  try {
    const { appId } = await createApplication(beside, { name: 'made beside' });
    const { appKeyId } = await createAppKey(beside, { appId, name: 'key', publicKey: spki(world.appKey) });
    const token = await world.token({ identity: 'alice', appId, appKeyId });
    const path = `/card/v5/${'ab'.repeat(32)}`;
    expectRefusal(await world.call({ path, token }), 'entity/unknown');
    await revokeAppKey(beside, { appId, appKeyId });
    expectRefusal(await world.call({ path, token }), 'token/unknown-key');
  } finally {
    await beside.close();
    await world.close();
  }
});

describe('an observer', () => {
  test('sees each request as it came, refused ones too', async () => {
    const seen: SeenRequest[] = [];
    const world = await createWorld({ onRequest: (request) => seen.push(request) });
    const body = '{"identities":["alice"]}';
    const token = await world.token({ identity: 'alice' });
    await world.call({ method: 'POST', path: '/card/v5/actions/search?a=1', token, body });
    await world.call({ method: 'POST', path: '//no/such', body: 'anything' });
    await world.call({ path: '/healthz' });
    expect(seen).toMatchObject([
      { method: 'POST', path: '/card/v5/actions/search?a=1', body },
      { method: 'POST', path: '//no/such', body: 'anything' },
      { method: 'GET', path: '/healthz', body: '' },
    ]);
    expect(seen[0]?.headers).toMatchObject({ authorization: `Virgil ${token}` });
    await world.close();
  });

  test('does not change what is answered', async () => {
    const world = await createWorld({ onRequest: () => undefined });
    const call = { method: 'POST', path: '/card/v5', body: ' '.repeat(3_000_000) };
    expectRefusal(await world.call(call), 'token/missing');
    const token = await world.token({ identity: 'alice' });
    expectRefusal(await world.call({ ...call, token }), 'body/too-large');
    await world.close();
  });
});

describe('the program', () => {
  const main = new URL('../dist/main.js', import.meta.url).pathname;

  function run(environment: Record<string, string>) {
    return spawn(process.execPath, [main], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  test.each(['SIGTERM', 'SIGINT'] as const)('says where it is and ends well on %s', async (signal) => {
    const child = run({ SOTTO_DATA_DIR: dataDir, SOTTO_PORT: '0' });
    let log = '';
    for await (const chunk of child.stdout) {
      log += String(chunk);
      if (log.includes('"listening"')) break;
    }
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toContainEqual(expect.objectContaining({ file: join(dataDir, 'secrets', 'service-key.pem') }));
    expect(lines).toContainEqual(
      expect.objectContaining({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) }),
    );
    child.kill(signal);
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });

  test('names the variable that it cannot take, and nothing else', async () => {
    const child = run({ SOTTO_DATA_DIR: dataDir, SOTTO_PORT: 'http' });
    let complaint = '';
    child.stderr.on('data', (chunk) => (complaint += String(chunk)));
    const [code] = await once(child, 'close');
    expect(code).toBe(1);
    expect(complaint).toBe('SOTTO_PORT cannot be used: it must be a port, 0 to 65535.\n');
  });

  test('started twice at one time on a new folder makes one key and one database', async () => {
    const children = [0, 1, 2].map(() => run({ SOTTO_DATA_DIR: dataDir, SOTTO_PORT: '0' }));
    const keys = await Promise.all(
      children.map(async (child) => {
        let log = '';
        for await (const chunk of child.stdout) {
          log += String(chunk);
          if (log.includes('"listening"')) break;
        }
        return /"servicePublicKey":"([^"]+)"/.exec(log)?.[1];
      }),
    );
    for (const child of children) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    expect(keys[0]).toBeDefined();
    expect(new Set(keys).size).toBe(1);
  });
});
