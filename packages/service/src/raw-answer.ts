/** Answers where there is no request that the app could be asked: a refusal of the contract, written out. */

import type { ServerResponse } from 'node:http';
import type { ServiceErrorName } from '@sotto/contract';
import { serviceError } from './domain/errors.ts';
import { CORS_HEADERS } from './routes/middleware/cors.ts';
import { errorToAnswer } from './routes/middleware/errors.ts';

/** For the adapter, which has a response to write it to. */
export function createRefusal(name: ServiceErrorName): Response {
  const { status, body } = errorToAnswer(serviceError(name));
  return Response.json(body, { status, headers: CORS_HEADERS });
}

/** In its turn, after the answers to what came before it; then the connection is closed. */
export function writeRefusal(name: ServiceErrorName, response: ServerResponse): void {
  const { status, json, headers } = closingRefusal(name);
  response.writeHead(status, headers).end(json);
}

/** For a bare socket: the bytes of an answer after which the connection is closed. */
export function createRawRefusal(name: ServiceErrorName, answerHeaders: Readonly<Record<string, string>>): string {
  const { status, json, headers } = closingRefusal(name);
  const lines = Object.entries({ ...answerHeaders, ...headers }).map(([header, value]) => `${header}: ${value}`);
  return [`HTTP/1.1 ${status} Refused`, ...lines, '', json].join('\r\n');
}

function closingRefusal(name: ServiceErrorName) {
  const { status, body } = errorToAnswer(serviceError(name));
  const json = JSON.stringify(body);
  const headers = {
    ...CORS_HEADERS,
    'Content-Type': 'application/json',
    'Content-Length': String(json.length),
    Connection: 'close',
  };
  return { status, json, headers };
}
