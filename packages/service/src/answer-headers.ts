/**
 * What every answer carries, also those that are written before there is a request: an API, nothing of which is to be
 * guessed at, framed, or kept. Set where answers leave, so that no route can forget it; a route that knows better says so.
 */

const ANSWER_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  // What is open to pages says otherwise, see `routes/middleware/cors.ts`.
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** A year, for this host alone: what else the operator's domain has is not ours to decide. */
const TLS_HEADERS: Readonly<Record<string, string>> = {
  ...ANSWER_HEADERS,
  'Strict-Transport-Security': 'max-age=31536000',
};

export function answerHeaders({ isTls }: { readonly isTls: boolean }): Readonly<Record<string, string>> {
  return isTls ? TLS_HEADERS : ANSWER_HEADERS;
}
