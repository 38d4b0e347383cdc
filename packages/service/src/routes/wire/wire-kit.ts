/** Requests and answers as they are on the wire, where a test says each header line itself. For the tests beside it. */

export interface WireRequest {
  /** As `POST /card/v5`. */
  readonly line: string;
  /** As `Authorization: Virgil …`, in the order and the spelling in which they go out. A character is a byte. */
  readonly headers?: readonly string[];
  /** Sent with its length. Absent: neither a body nor a length. */
  readonly body?: string | Uint8Array | undefined;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, undefined for an empty body. */
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- each test knows what it asked for
}

/** The bytes of a request on a connection of its own. Nothing is added but a host and the wish to close. */
export function toWire({ line, headers = [], body }: WireRequest): Uint8Array {
  const content = Buffer.from(body ?? '');
  const length = body === undefined ? [] : [`Content-Length: ${content.length}`];
  const lines = [`${line} HTTP/1.1`, 'Host: localhost', ...headers, ...length, 'Connection: close'];
  return Buffer.concat([Buffer.from([...lines, '', ''].join('\r\n'), 'latin1'), content]);
}

/** Reads all that came back on such a connection, without what is only on the way to an answer, as 100. */
export function fromWire(text: string): WireAnswer {
  const [head = '', ...rest] = text.replace(/^(HTTP\/1\.1 1\d\d .*?\r\n\r\n)*/s, '').split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const body = rest.join('\r\n\r\n');
  return {
    status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]),
    headers: new Headers(
      lines.map((line): [string, string] => [line.split(': ')[0] ?? '', line.replace(/^.*?: /, '')]),
    ),
    body: body === '' ? undefined : (JSON.parse(body) as unknown),
  };
}
