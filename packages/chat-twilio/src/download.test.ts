import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { downloadMedia } from './download.ts';
import type { MediaLike } from './twilio-types.ts';

const content = new Uint8Array(200_000).map((_, index) => (index * 7) % 251);

let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/gone') response.writeHead(404).end();
    else if (request.url === '/cut') {
      response.writeHead(200, { 'Content-Length': content.length }).write(content.subarray(0, 1_000));
      setImmediate(() => response.destroy());
    } else if (request.url === '/endless') {
      const more = (): void => {
        while (!response.destroyed && response.write(content));
      };
      response.on('drain', more);
      more();
    } else response.end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function mediaAt(path: string | null, size = content.length): MediaLike {
  return {
    sid: 'ME0',
    filename: 'file',
    contentType: 'application/octet-stream',
    size,
    getContentTemporaryUrl: async () => (path === null ? null : `${origin}${path}`),
  };
}

describe('a download', () => {
  it('gives the bytes, and says how far it is', async () => {
    const progress: [number, number][] = [];
    const blob = await downloadMedia(mediaAt('/'), { onProgress: (done, total) => progress.push([done, total]) });
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(content);
    expect(progress.at(-1)).toEqual([content.length, content.length]);
    expect(progress).toEqual([...progress].sort(([one], [other]) => one - other));
  });

  it.each([
    ['it is gone', '/gone'],
    ['Twilio has no address for it', null],
  ])('says that %s', async (_why, path) => {
    const refusal = { code: 'twilio/download-failed', details: { status: 404 } };
    await expect(downloadMedia(mediaAt(path))).rejects.toMatchObject(refusal);
  });

  it('says that the connection was lost', async () => {
    await expect(downloadMedia(mediaAt('/cut'))).rejects.toMatchObject({ code: 'twilio/download-failed' });
  });

  it('says why the SDK has no address', async () => {
    const media = { ...mediaAt('/'), getContentTemporaryUrl: () => Promise.reject(new Error('disconnected')) };
    await expect(downloadMedia(media)).rejects.toMatchObject({ code: 'twilio/call-failed' });
  });

  it.each([content.length - 1, content.length + 1])('refuses another length than Twilio says: %s', async (size) => {
    await expect(downloadMedia(mediaAt('/', size))).rejects.toMatchObject({ code: 'twilio/download-size' });
  });

  it('reads no more than Twilio says', async () => {
    await expect(downloadMedia(mediaAt('/endless'))).rejects.toMatchObject({ code: 'twilio/download-size' });
  });

  it('ends when the caller gives up, before and while it runs', async () => {
    const reason = new Error('changed my mind');
    await expect(downloadMedia(mediaAt('/'), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const media = mediaAt('/endless', Number.MAX_SAFE_INTEGER);
    const onProgress = (): void => controller.abort(reason);
    await expect(downloadMedia(media, { signal: controller.signal, onProgress })).rejects.toBe(reason);
  });
});
