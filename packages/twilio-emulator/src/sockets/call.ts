/** One HTTP-like call in a frame, made a standard request and answered, unless a test wants it to go wrong. */
import { STATUS_CODES } from 'node:http';
import type { Hono } from 'hono';
import type { ChatService } from '../conversations/service.ts';
import { TwilioRefusal } from '../errors.ts';
import { type Frame, FrameError } from '../frame.ts';
import type { Subscriber, TunnelEnv } from '../tunnel/env.ts';
import type { Hooks } from '../webhooks/hooks.ts';
import type { Faults } from './faults.ts';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];

export interface CallAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly body: unknown;
}

export interface CallContext {
  readonly hub: {
    readonly tunnel: Hono<TunnelEnv>;
    readonly faults: Faults;
    readonly hooksOf: (service: ChatService) => Hooks;
  };
  readonly service: ChatService;
  readonly identity: string;
  readonly httpOrigin: string;
  readonly subscriber: Subscriber;
}

/** `lost` where the call was done and the client is not to hear of it. @throws FrameError */
export async function answerCall(frame: Frame, context: CallContext): Promise<CallAnswer | 'lost'> {
  const { hub, service, identity, httpOrigin, subscriber } = context;
  const request = toRequest(frame);
  const { pathname: path } = new URL(request.url);
  const fault = hub.faults.take({ identity, method: request.method, path });
  if (fault.status !== undefined) return toFailure(fault.status);
  const response = await hub.tunnel.fetch(request, {
    service,
    identity,
    subscriber,
    httpOrigin,
    hooks: hub.hooksOf(service),
  });
  const text = await response.text();
  await fault.gate;
  if (fault.isReplyLost) return 'lost';
  const { status } = response;
  return { status, statusText: STATUS_CODES[status] ?? '', body: text === '' ? undefined : JSON.parse(text) };
}

function toFailure(status: number): CallAnswer {
  const statusText = STATUS_CODES[status] ?? '';
  return { status, statusText, body: { ...new TwilioRefusal(20503).toBody(), status, message: statusText } };
}

/** @throws FrameError */
function toRequest({ header, payload }: Frame): Request {
  const { host, path, method, params, headers } = readHttpRequest(header);
  const query = toQuery(params);
  const joined = query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
  try {
    return new Request(new URL(joined, `https://${host}`), {
      method,
      headers,
      ...(method !== 'GET' && method !== 'DELETE' && { body: payload as Uint8Array<ArrayBuffer> }),
    });
  } catch (cause) {
    throw new FrameError('http_request is none', { cause });
  }
}

function readHttpRequest(header: Frame['header']) {
  const { host, path, method, params = {}, headers = {} } = (header['http_request'] ?? {}) as Record<string, unknown>;
  const isHost = typeof host === 'string' && /^[\w.-]{1,253}(:\d{1,5})?$/.test(host);
  const isPath = typeof path === 'string' && path.startsWith('/') && !path.startsWith('//');
  if (!isHost || !isPath || typeof method !== 'string' || !METHODS.includes(method)) {
    throw new FrameError('http_request is none');
  }
  return { host, path, method, params: params as object, headers: toHeaders(headers) };
}

/** Values are encoded already; a name that repeats has a list. */
function toQuery(params: object): string {
  return Object.entries(params ?? {})
    .flatMap(([name, value]: [string, unknown]) =>
      (Array.isArray(value) ? value : [value]).map((it) => `${name}=${String(it)}`),
    )
    .join('&');
}

function toHeaders(headers: unknown): Record<string, string> {
  if (typeof headers !== 'object' || headers === null) return {};
  const texts = Object.entries(headers).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(texts);
}
