/**
 * What the demo page shows of what the service was sent: the last requests, each without its headers, so that no token is
 * kept, and with the beginning of its body.
 */
import { randomUUID } from 'node:crypto';
import type { OnRequest } from '@sotto/service';

const MAX_REQUESTS = 200;
const MAX_BODY_CHARACTERS = 4096;

export interface RecordedRequest {
  /** Counts from 1. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  /** Of the whole body, in bytes. */
  readonly size: number;
  readonly body: string;
  /** Whether `body` is only the beginning. */
  readonly isCut: boolean;
}

export interface RequestRecord {
  readonly note: OnRequest;
  /** Tells this record, whose numbers start anew, from that of an earlier process. */
  readonly run: string;
  /** The number of the latest request, 0 before the first. */
  readonly last: () => number;
  /** What came after the request of that number, as far as it is still kept. */
  readonly after: (number: number) => readonly RecordedRequest[];
}

export function createRequestRecord(): RequestRecord {
  const requests: RecordedRequest[] = [];
  let last = 0;
  return {
    note({ method, path, body }) {
      requests.push({
        number: ++last,
        method,
        path,
        size: Buffer.byteLength(body),
        body: body.slice(0, MAX_BODY_CHARACTERS),
        isCut: body.length > MAX_BODY_CHARACTERS,
      });
      if (requests.length > MAX_REQUESTS) requests.shift();
    },
    run: randomUUID(),
    last: () => last,
    after: (number) => requests.filter((request) => request.number > number),
  };
}
