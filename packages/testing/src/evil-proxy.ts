/**
 * A proxy that stands between a client and the service and does what an attacker or a bad network does there. It passes
 * everything on until it is given a `meddle`, which sees each request and decides on the answer.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ProxiedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer, or the connection cut without one, or silence. */
export type Outcome = ProxiedAnswer | 'cut' | 'silence';

/** `forward` sends the request (as it was, or changed) to the service and gives its answer. */
export type Meddle = (
  request: ProxiedRequest,
  forward: (request?: ProxiedRequest) => Promise<ProxiedAnswer>,
) => Promise<Outcome> | Outcome;

export interface EvilProxy {
  readonly url: string;
  /** Requests that came by, oldest first. */
  readonly seen: ProxiedRequest[];
  /** Undefined: pass everything on. */
  meddle: Meddle | undefined;
  close(): Promise<void>;
}

/** Starts a proxy on a free port of loopback in front of `upstreamUrl`. */
export async function startEvilProxy(upstreamUrl: string): Promise<EvilProxy> {
  const proxy = { url: '', seen: [] as ProxiedRequest[], meddle: undefined as Meddle | undefined };
  const forwardTo = async ({ method, path, headers, body }: ProxiedRequest): Promise<ProxiedAnswer> => {
    const { host: _host, connection: _connection, 'content-length': _length, ...rest } = headers;
    const response = await fetch(upstreamUrl + path, { method, headers: rest, ...(body === '' ? {} : { body }) });
    return { status: response.status, headers: passOn(response.headers), body: await response.text() };
  };
  const server = createServer((incoming, outgoing) => {
    void answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const request = await readRequest(incoming);
    proxy.seen.push(request);
    const forward = (changed = request) => forwardTo(changed);
    const outcome = proxy.meddle ? await proxy.meddle(request, forward) : await forward();
    if (outcome === 'cut') outgoing.destroy();
    else if (outcome !== 'silence') outgoing.writeHead(outcome.status, outcome.headers).end(outcome.body);
  };
  proxy.url = `http://127.0.0.1:${await listen(server)}`;
  return Object.assign(proxy, { close: () => closeServer(server) });
}

/** From request `at` on, counted from 0, nothing comes back, as to a client that was killed; `isActedOn` says whether that one arrives. */
export function cutFrom(at: number, isActedOn: boolean): Meddle {
  let index = 0;
  return async (_, forward) => {
    const current = index++;
    if (current < at) return forward();
    if (current === at && isActedOn) await forward();
    return 'cut';
  };
}

/** Changes the JSON of an answer. */
export function changeJson<T>(answer: ProxiedAnswer, change: (body: T) => unknown): ProxiedAnswer {
  return { ...answer, body: JSON.stringify(change(JSON.parse(answer.body) as T)) };
}

async function readRequest(incoming: IncomingMessage): Promise<ProxiedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function passOn(headers: Headers): Record<string, string> {
  const hopByHop = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'content-encoding'];
  return Object.fromEntries([...headers].filter(([name]) => !hopByHop.includes(name)));
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
}
