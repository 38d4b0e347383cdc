/** Answers where there is a socket and no request that the app could be asked: a refusal of the contract, written out. */

import type { ServiceErrorName } from '@sotto/contract';
import { serviceError } from './domain/errors.ts';
import { CORS_HEADERS } from './routes/middleware/cors.ts';
import { errorToAnswer } from './routes/middleware/errors.ts';

/** For the adapter, which has a response to write it to. */
export function createRefusal(name: ServiceErrorName): Response {
  const { status, body } = errorToAnswer(serviceError(name));
  return Response.json(body, { status, headers: CORS_HEADERS });
}

/** For a bare socket: the bytes of an answer after which the connection is closed. */
export function createRawRefusal(name: ServiceErrorName, headers: Readonly<Record<string, string>>): string {
  const { status, body } = errorToAnswer(serviceError(name));
  const json = JSON.stringify(body);
  const lines = Object.entries({
    ...headers,
    ...CORS_HEADERS,
    'Content-Type': 'application/json',
    'Content-Length': json.length,
    Connection: 'close',
  }).map(([header, value]) => `${header}: ${value}`);
  return [`HTTP/1.1 ${status} Refused`, ...lines, '', json].join('\r\n');
}
