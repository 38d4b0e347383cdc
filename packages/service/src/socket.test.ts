import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, sendRaw, type World } from './test-kit.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

async function send(text: string): Promise<string> {
  return sendRaw(world.service.port, text);
}

/** That an answer off the wire is a refusal that clients can read: JSON with a code, open to pages. */
function expectRawRefusal(answer: string, { status, code }: { status: number; code: number }): void {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(head.toLowerCase()).toContain('access-control-allow-origin: *');
  expect(head.toLowerCase()).toContain('content-type: application/json');
  expect(JSON.parse(body)).toMatchObject({ code, message: expect.stringMatching(/.+/) });
}

describe('what is no request is refused with JSON', () => {
  test('a line of nonsense', async () => {
    expectRawRefusal(await send('nonsense\r\n\r\n'), { status: 400, code: 70002 });
  });

  test('a method that does not exist', async () => {
    expectRawRefusal(await send('BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n'), { status: 400, code: 70002 });
  });

  test('no Host header', async () => {
    expectRawRefusal(await send('GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n'), { status: 400, code: 70002 });
  });

  test('a Host header that is none', async () => {
    const request = 'GET /healthz HTTP/1.1\r\nHost: a/b?c\r\nConnection: close\r\n\r\n';
    expectRawRefusal(await send(request), { status: 400, code: 70002 });
  });

  test('a backslash in the path', async () => {
    const request = 'GET /card\\v5 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    expectRawRefusal(await send(request), { status: 400, code: 70002 });
  });

  test('headers that are too large', async () => {
    const request = `GET /healthz HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`;
    expectRawRefusal(await send(request), { status: 431, code: 70003 });
  });

  test('two lengths', async () => {
    const request = 'POST /card/v5 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}';
    expectRawRefusal(await send(request), { status: 400, code: 70002 });
  });

  test('a length and chunks', async () => {
    const request =
      'POST /card/v5 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n';
    expectRawRefusal(await send(request), { status: 400, code: 70002 });
  });

  test('a chunk whose size is none', async () => {
    const token = await world.token({ identity: 'alice' });
    const head = `POST /card/v5 HTTP/1.1\r\nHost: a\r\nAuthorization: Virgil ${token}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    expectRawRefusal(await send(`${head}zz\r\n{}\r\n`), { status: 400, code: 70002 });
  });

  test('a request to be a proxy', async () => {
    expectRawRefusal(await send('CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n'), {
      status: 405,
      code: 70001,
    });
  });

  test('TRACE', async () => {
    const request = 'TRACE /card/v5 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    expectRawRefusal(await send(request), { status: 405, code: 70001 });
  });
});

test('an expectation that nobody knows is ignored', async () => {
  const request = 'GET /healthz HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nConnection: close\r\n\r\n';
  expect(await send(request)).toMatch(/^HTTP\/1\.1 200 /);
});

test('a wish to upgrade is ignored', async () => {
  const request = 'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n';
  expect(await send(request)).toMatch(/^HTTP\/1\.1 200 /);
});

test('a request in the form for proxies is served', async () => {
  const request = 'GET http://a/healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  expect(await send(request)).toMatch(/^HTTP\/1\.1 200 /);
});

test('a client that goes away in the middle of a body harms nobody', async () => {
  const token = await world.token({ identity: 'alice' });
  const socket = connect(world.service.port, '127.0.0.1');
  await written(
    socket,
    `POST /card/v5 HTTP/1.1\r\nHost: a\r\nAuthorization: Virgil ${token}\r\nContent-Length: 500\r\n\r\n{"content_snapshot":`,
  );
  socket.destroy();
  expect((await world.call({ path: '/readyz' })).status).toBe(200);
});

async function written(socket: Socket, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => socket.write(text, (error) => (error ? reject(error) : resolve())));
}
