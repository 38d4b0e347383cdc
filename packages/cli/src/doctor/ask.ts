/** Requests as `sotto doctor` makes them: none takes long, none follows a redirection, and what went wrong has a short name. */

const PATIENCE_MS = 5000;

export interface Question {
  readonly url: URL;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed, undefined for what is no JSON. */
  readonly body: unknown;
}

/** The answer, or the system's or OpenSSL's name for why there is none, such as ECONNREFUSED. */
export async function ask({ url, path, ...init }: Question): Promise<Answer | string> {
  try {
    const response = await fetch(new URL(path, url), {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return { status: response.status, headers: response.headers, body: parseJson(await response.text()) };
  } catch (error) {
    return nameOf(error);
  }
}

/** The innermost name there is: fetch wraps what the socket says. */
export function nameOf(error: unknown): string {
  let name = 'no reason given';
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') name = at.code;
    else if (at.name === 'TimeoutError') name = 'ETIMEDOUT';
  }
  return name;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
