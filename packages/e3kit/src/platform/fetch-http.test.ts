import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpRequest } from '../ports.ts';
import { createFetchHttp } from './fetch-http.ts';

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  if (server?.listening) await once(server, 'close');
  server = undefined;
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<HttpRequest> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { method: 'GET', url: `http://127.0.0.1:${port}/path?q=1`, headers: {}, timeoutMs: 10_000 };
}

describe('http over fetch', () => {
  it('sends what it is given and gives back what it gets', async () => {
    let seen: unknown;
    const request = await serve(({ method, url, headers }, response) => {
      seen = { method, url, authorization: headers.authorization };
      response.writeHead(201, { 'X-Virgil-Is-Superseeded': 'true' });
      // The body goes back as it came.
      response.req.pipe(response);
    });
    const headers = { authorization: 'Virgil token' };
    const response = await createFetchHttp()({ ...request, method: 'POST', headers, body: '{"ü":2}' });
    expect(seen).toEqual({ method: 'POST', url: '/path?q=1', authorization: 'Virgil token' });
    expect(response).toMatchObject({ status: 201, body: '{"ü":2}' });
    expect(response.header('x-virgil-is-superseeded')).toBe('true');
    expect(response.header('x-none')).toBeUndefined();
  });

  it.each([204, 401, 500])('resolves for status %i', async (status) => {
    const request = await serve((_, response) => response.writeHead(status).end());
    expect(await createFetchHttp()(request)).toMatchObject({ status, body: '' });
  });

  it('says that nobody answers', async () => {
    const request = await serve(() => {});
    server?.close();
    await expect(createFetchHttp()(request)).rejects.toMatchObject({
      code: 'transport/unreachable',
      family: 'transport',
      details: { url: request.url },
    });
  });

  it('says that the connection broke in the middle of the body', async () => {
    const request = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy());
    });
    await expect(createFetchHttp()(request)).rejects.toMatchObject({ code: 'transport/unreachable' });
  });

  it('gives up after the time limit, before the head or within the body', async () => {
    const request = await serve((incoming, response) => {
      if (incoming.url?.endsWith('body')) response.writeHead(200).write('never ending');
    });
    const timeout = { code: 'transport/timeout', family: 'transport' };
    const http = createFetchHttp();
    await expect(http({ ...request, timeoutMs: 50 })).rejects.toMatchObject(timeout);
    await expect(http({ ...request, url: `${request.url}body`, timeoutMs: 50 })).rejects.toMatchObject(timeout);
  });

  it('stops when its caller aborts, before the request or during it', async () => {
    const controller = new AbortController();
    const request = await serve(() => controller.abort());
    const aborted = { code: 'transport/aborted', family: 'transport' };
    await expect(createFetchHttp()({ ...request, signal: controller.signal })).rejects.toMatchObject(aborted);
    await expect(createFetchHttp()({ ...request, signal: controller.signal })).rejects.toMatchObject(aborted);
  });

  it('reads no body that is too long, and closes its connection', async () => {
    let close = () => {};
    const closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    const request = await serve((_, response) => {
      response.on('close', () => close());
      response.writeHead(200).write('x'.repeat(2_000));
    });
    const http = createFetchHttp(undefined, { maxBodyBytes: 1_000 });
    await expect(http(request)).rejects.toMatchObject({ code: 'transport/bad-response', details: { maxBytes: 1_000 } });
    await closed;
  });

  it('follows no redirect, which would take the token elsewhere', async () => {
    let requests = 0;
    const request = await serve((_, response) => {
      requests += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    await expect(createFetchHttp()(request)).rejects.toMatchObject({ code: 'transport/unreachable' });
    expect(requests).toBe(1);
  });

  it('lets a failure of its own show as what it is', async () => {
    const failure = new RangeError('a bug');
    const http = createFetchHttp(() => Promise.reject(failure));
    await expect(http({ method: 'GET', url: 'http://x', headers: {}, timeoutMs: 1_000 })).rejects.toBe(failure);
  });
});
