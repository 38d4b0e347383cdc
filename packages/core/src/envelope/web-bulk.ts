/** The bulk of streams over Web Crypto: `@sotto/core/web-bulk`, all that a worker needs, and nothing that is loaded later. */
import type { WebCrypto } from '../provider/web.ts';
import { createWebStreams } from '../provider/web-streams.ts';
import { type Bulk, createBulk } from './bulk.ts';

export type { Bulk, BulkOptions, OpeningBody, SealingBody } from './bulk.ts';

export function createWebBulk({ subtle }: Pick<WebCrypto, 'subtle'>): Bulk {
  return createBulk(createWebStreams(subtle));
}
