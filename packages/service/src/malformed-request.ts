/**
 * What Node's parser lets pass and HTTP/1.1 does not: where a proxy in front could read a request in another way than we do,
 * it is refused and the connection closed (RFC 9112 §3.2, §6.1, §11.2).
 */

import type { IncomingMessage } from 'node:http';

export function isMalformed(request: IncomingMessage): boolean {
  if (request.httpVersionMajor !== 1) return true;
  const coding = request.headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return true;
  return hasTwoHosts(request.rawHeaders);
}

/** Node keeps the first and drops the others. */
function hasTwoHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts > 1;
}
