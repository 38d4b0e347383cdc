/** The guard as a handler of `node:http` and Express. It reads the body itself, so it stands before any body parser. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { GuardWebhook } from './guard.ts';

export function toNodeHandler(
  webhook: GuardWebhook,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const { status, headers, body } = await answerOf(webhook, request);
    response.writeHead(status, headers).end(body);
  };
}

async function answerOf(
  webhook: GuardWebhook,
  incoming: IncomingMessage,
): Promise<{ status: number; headers: Record<string, string>; body: string }> {
  const { method = 'GET', url = '/', headers } = incoming;
  const request = new Request(new URL(url, 'http://localhost'), {
    method,
    headers: Object.entries(headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, one]),
    ),
    ...(method === 'GET' || method === 'HEAD' ? {} : { body: Readable.toWeb(incoming), duplex: 'half' }),
  });
  const response = await webhook(request);
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}
