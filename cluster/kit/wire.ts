/** One client's way to a node or a proxy: HTTP over at most one kept connection, each exchange told to whoever counts. */
import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { TOKEN_SCHEME } from '@sotto/contract';

export interface Exchange {
  readonly method: string;
  readonly path: string;
  /** Undefined where no whole answer came. */
  readonly status: number | undefined;
  /** Why none came: an errno of the connection. */
  readonly cut?: string;
  /** From process start, milliseconds. */
  readonly endedAt: number;
}

export interface Answer extends Exchange {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Wire {
  /** Never rejects: what cut a request is in the answer. */
  call(call: Call): Promise<Answer>;
  close(): void;
}

export interface WireOptions {
  readonly url: string;
  /** The certificate of the other side, PEM. */
  readonly ca?: string | undefined;
  readonly onExchange?: (exchange: Exchange) => void;
}

/** Longer than the service takes to give up. */
const PATIENCE_MILLISECONDS = 100_000;

export function openWire({ url, ca, onExchange = () => {} }: WireOptions): Wire {
  const { protocol, hostname, port } = new URL(url);
  const isTls = protocol === 'https:';
  const kept = { keepAlive: true, maxSockets: 1 };
  const agent = isTls ? new HttpsAgent({ ...kept, ...(ca === undefined ? {} : { ca }) }) : new HttpAgent(kept);
  const send = isTls ? requestHttps : requestHttp;

  const exchange = ({ method = 'GET', path, token, body, headers }: Call): Promise<Answer> =>
    new Promise((resolve) => {
      const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      const end = (rest: Pick<Answer, 'status' | 'headers' | 'text'> & { cut?: string }) =>
        resolve({ method, path, endedAt: performance.now(), ...rest });
      const onError = (error: NodeJS.ErrnoException) =>
        end({ status: undefined, headers: {}, text: '', cut: error.code ?? error.message });
      const request = send(
        {
          agent,
          hostname,
          port,
          method,
          path,
          timeout: PATIENCE_MILLISECONDS,
          headers: {
            ...(token === undefined ? {} : { Authorization: `${TOKEN_SCHEME} ${token}` }),
            ...(bytes === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': bytes.length }),
            ...headers,
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => end({ status: response.statusCode, headers: response.headers, text }));
          response.on('error', onError);
        },
      );
      request.on('timeout', () => request.destroy(new Error('no answer in time')));
      request.on('error', onError);
      request.end(bytes);
    });

  return {
    async call(call) {
      const answer = await exchange(call);
      const { headers: _, text: __, ...told } = answer;
      onExchange(told);
      return answer;
    },
    close: () => agent.destroy(),
  };
}

/** @throws SyntaxError if it is not JSON */
export function bodyOf<T>({ text }: Answer): T {
  return JSON.parse(text) as T;
}
