/**
 * The `httpClient` that leads the official `twilio` helper to the emulator: `twilio(apiKey, apiSecret, { accountSid,
 * httpClient: createEmulatorHttpClient(url) })`. Shaped as the helper wants it, without depending on it.
 */

/** What the helper asks for; more fields may come. */
export interface HelperRequest {
  readonly method: string;
  /** Of Twilio's API. */
  readonly uri: string;
  readonly username?: string;
  readonly password?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface HelperResponse {
  readonly statusCode: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

export interface EmulatorHttpClient {
  request(request: HelperRequest): Promise<HelperResponse>;
}

/** `url`: that of the emulator. */
export function createEmulatorHttpClient(url: string): EmulatorHttpClient {
  return {
    async request({ method, uri, username = '', password = '', headers = {}, params, data }) {
      const target = new URL(uri);
      const emulated = new URL(`${target.pathname}${target.search}`, url);
      for (const [name, value] of pairsOf(params)) emulated.searchParams.append(name, value);
      const response = await fetch(emulated, {
        method: method.toUpperCase(),
        headers: {
          ...withoutConnection(headers),
          Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
        },
        ...(data && { body: new URLSearchParams(pairsOf(data)) }),
      });
      const text = await response.text();
      return {
        statusCode: response.status,
        body: text === '' ? undefined : parse(text),
        headers: Object.fromEntries(response.headers),
      };
    },
  };
}

function pairsOf(fields: Readonly<Record<string, unknown>> = {}): [string, string][] {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((it): [string, string] => [name, String(it)]),
    );
}

/** `fetch` sets these itself and refuses to be told. */
function withoutConnection(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(connection|content-length)$/i.test(name)));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
