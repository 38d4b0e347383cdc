/**
 * Requests to the service: token, time limit, repeats where they are safe, and errors by code. A repeat is safe for what
 * only reads; a publish whose answer was lost is settled by its caller, who looks.
 */
import { isSdkError, type SdkError } from '@sotto/core';
import { TOKEN_SCHEME } from '@sotto/contract';
import type { AccessTokens } from './access-tokens.ts';
import { clientError } from './errors.ts';
import type { Http, HttpRequest, HttpResponse } from './ports.ts';

export interface ServiceRequest {
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether to repeat it when the connection or the service failed. */
  readonly isSafe: boolean;
  /** Whether to show a token: true, unless said otherwise. */
  readonly isPublic?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface ServiceAnswer {
  /** Parsed JSON, of any shape. */
  readonly body: unknown;
  readonly header: HttpResponse['header'];
}

export interface ServiceClient {
  readonly apiUrl: string;
  /**
   * A good answer.
   * @throws `transport/*`, `service/refused` (details: status, serviceCode, serviceMessage, retryAfterSeconds),
   *   `service/unavailable`, `service/bad-answer`, `token/*`
   */
  send(request: ServiceRequest): Promise<ServiceAnswer>;
}

/** The service's code for an expired token: the only refusal on which the request is repeated with a new one. */
const CODE_TOKEN_EXPIRED = 20304;
const CODES_TOKEN_REFUSED = [20300, 20303];
const MAX_REPEATS = 2;
const REPEAT_AFTER_MS = 200;

export function createServiceClient({
  apiUrl,
  http,
  tokens,
  timeoutMs,
  wait,
}: {
  readonly apiUrl: string;
  readonly http: Http;
  readonly tokens: AccessTokens;
  readonly timeoutMs: number;
  /** Resolves after so many milliseconds, sooner when aborted. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
}): ServiceClient {
  const exchange = async (request: ServiceRequest, token: string | undefined): Promise<HttpResponse> =>
    http({
      method: request.method,
      url: apiUrl + request.path,
      headers: {
        ...request.headers,
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `${TOKEN_SCHEME} ${token}` }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      timeoutMs,
      signal: request.signal,
    });

  const sendOnce = async (request: ServiceRequest): Promise<ServiceAnswer> => {
    if (request.isPublic) return readAnswer(await exchange(request, undefined));
    const token = await tokens.get();
    const first = await exchange(request, token.text);
    if (!isTokenExpired(first)) return readAnswer(first);
    const second = await exchange(request, (await tokens.renew(token)).text);
    if (isTokenExpired(second)) throw clientError('token/expired-again');
    return readAnswer(second);
  };

  return {
    apiUrl,
    async send(request) {
      for (let repeats = 0; ; repeats++) {
        try {
          return await sendOnce(request);
        } catch (error) {
          if (!request.isSafe || repeats === MAX_REPEATS || !mayPass(error)) throw error;
          await wait(REPEAT_AFTER_MS * 2 ** repeats * (0.5 + Math.random()), request.signal);
        }
      }
    },
  };
}

/** Whether it was not said that the request is refused: then nobody knows whether the service acted on it. */
export function isUncertain(error: unknown): error is SdkError {
  return (
    isSdkError(error) &&
    (error.code.startsWith('transport/') || error.code === 'service/unavailable' || error.code === 'service/bad-answer')
  );
}

/** Whether the service was not reached or failed, so that what was seen before may serve. */
export function isOutage(error: unknown): error is SdkError {
  return isUncertain(error) && error.code !== 'transport/aborted';
}

function mayPass(error: unknown): boolean {
  return isSdkError(error, 'transport/unreachable') || isSdkError(error, 'service/unavailable');
}

function readAnswer(response: HttpResponse): ServiceAnswer {
  if (response.status >= 500) throw clientError('service/unavailable', { details: { status: response.status } });
  const body = parseJson(response);
  if (response.status >= 200 && response.status < 300) return { body, header: (name) => response.header(name) };
  const { code, message } = (body ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code !== 'number' || response.status < 400) throw badAnswer(response);
  const retryAfter = response.header('retry-after') ?? '';
  const details = {
    status: response.status,
    serviceCode: code,
    serviceMessage: message,
    ...(/^\d{1,6}$/.test(retryAfter) ? { retryAfterSeconds: Number(retryAfter) } : {}),
  };
  throw clientError(CODES_TOKEN_REFUSED.includes(code) ? 'token/refused' : 'service/refused', { details });
}

function isTokenExpired(response: HttpResponse): boolean {
  if (response.status !== 401) return false;
  return (parseJson(response) as { code?: unknown } | null)?.code === CODE_TOKEN_EXPIRED;
}

function parseJson(response: HttpResponse): unknown {
  try {
    return JSON.parse(response.body);
  } catch {
    throw badAnswer(response);
  }
}

/** Without a cause: JSON.parse quotes the text that it cannot read. */
function badAnswer({ status }: HttpResponse): SdkError {
  return clientError('service/bad-answer', { details: { status } });
}
