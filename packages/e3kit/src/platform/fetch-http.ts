/** The `Http` port over `fetch`, the same in Node and browsers. One request, one answer: repeating is for callers. */
import type { Http, HttpRequest, HttpResponse } from '../ports.ts';
import { transportError } from '../storage-errors.ts';

export interface FetchHttpOptions {
  /** Longest body that is read, in bytes: 32 MiB by default. */
  readonly maxBodyBytes?: number | undefined;
}

/**
 * The time limit and the signal hold until the whole body is here.
 * @throws `transport/unreachable`, `transport/timeout`, `transport/aborted`, and `transport/bad-response` for a body
 * that is too long
 */
export function createFetchHttp(
  fetch: typeof globalThis.fetch = callGlobalFetch,
  { maxBodyBytes = 32 * 2 ** 20 }: FetchHttpOptions = {},
): Http {
  return async (request) => {
    const limits = startLimits(request);
    try {
      return await exchange(fetch, request, limits.signal, maxBodyBytes);
    } catch (error) {
      throw toTransportError(error, request.url, limits.reason());
    } finally {
      limits.stop();
    }
  };
}

/** Looked up at each call, as pages and tests may replace it; called without an object, as browsers demand. */
const callGlobalFetch: typeof globalThis.fetch = (input, init) => fetch(input, init);

async function exchange(
  fetch: typeof globalThis.fetch,
  { method, url, headers, body }: HttpRequest,
  signal: AbortSignal,
  maxBodyBytes: number,
): Promise<HttpResponse> {
  const init = {
    method,
    headers: { ...headers },
    signal,
    // The service never redirects. Who does is somebody else, and should get neither our token nor our body.
    redirect: 'error' as const,
    credentials: 'omit' as const,
    cache: 'no-store' as const,
    ...(body === undefined ? {} : { body }),
  };
  const response = await fetch(url, init);
  return {
    status: response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    body: await readBody(response, maxBodyBytes),
  };
}

/** Reads the body to its end or cancels it, as half-read bodies keep connections busy. */
async function readBody(response: Response, maxBytes: number): Promise<string> {
  // React Native's responses (as of 2026-08) have no streams.
  if (!response.body) return response.text();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.length;
    if (length > maxBytes) {
      // Not waited for: what the other side makes of it is none of our business.
      reader.cancel().catch(() => {});
      throw transportError('transport/bad-response', { details: { status: response.status, maxBytes } });
    }
    text += decoder.decode(value, { stream: true });
  }
}

type StopReason = 'transport/timeout' | 'transport/aborted';

interface Limits {
  readonly signal: AbortSignal;
  /** Which limit was hit, if one was. */
  reason(): StopReason | undefined;
  stop(): void;
}

/** By hand, as AbortSignal.any() is missing in Safari before 17.4. */
function startLimits({ timeoutMs, signal }: HttpRequest): Limits {
  const controller = new AbortController();
  let reason: StopReason | undefined;
  const end = (why: StopReason) => {
    reason ??= why;
    controller.abort();
  };
  const onAbort = () => end('transport/aborted');
  const timer = setTimeout(() => end('transport/timeout'), timeoutMs);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort);
  return {
    signal: controller.signal,
    reason: () => reason,
    stop() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

function toTransportError(error: unknown, url: string, reason: StopReason | undefined): unknown {
  if (reason) return transportError(reason, { details: { url }, cause: error });
  // Whatever fetch fails with is a TypeError, in all browsers and in Node; the rest is ours already.
  return error instanceof TypeError
    ? transportError('transport/unreachable', { details: { url }, cause: error })
    : error;
}
