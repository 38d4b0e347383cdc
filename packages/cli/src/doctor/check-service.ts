/** Checks of a running service from outside, as clients, browsers and backends come to it. */
import { isLoopback } from '@sotto/auth';
import { type AllSecrets, checkSkew, type Finding, notChecked, ok, problem } from '@sotto/service';
import { type Answer, ask } from './ask.ts';

export interface ServiceQuestion {
  readonly url: URL;
  /** Whether the address was given: one that is only supposed may be wrong. */
  readonly isGiven: boolean;
  /** Those of this machine, where they can be read. */
  readonly secrets: AllSecrets | undefined;
}

/** Of a foreign page; it stands for any. */
const FOREIGN_ORIGIN = 'https://page.example';
const DESCRIPTION = '/.well-known/sotto';
const SEARCH = '/card/v5/actions/search';

/** Why there is no answer, by what the system or OpenSSL calls it. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: start the service, or correct --url',
  ECONNRESET: 'the connection is closed at once: correct http or https in --url, or see the proxy',
  UND_ERR_SOCKET: 'the connection is closed at once: correct http or https in --url, or see the proxy',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what listens there speaks no TLS: correct http or https in --url, or see the proxy',
  EHOSTUNREACH: 'there is no way to the host: see network and firewall',
  ENETUNREACH: 'there is no way to the host: see network and firewall',
  EAI_AGAIN: 'the name cannot be looked up at the moment: see the DNS',
  ENOTFOUND: 'the name is unknown: correct --url, or the DNS',
  ETIMEDOUT: 'no answer within 5 s: see what stands between',
  CERT_HAS_EXPIRED: 'its certificate has expired: renew it',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself: browsers refuse it',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that is unknown here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the chain of its certificate is not whole: serve the intermediate ones too',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name: get one for this',
};

/** Nothing further can be asked where `isThere` is false. */
export async function checkService({
  url,
  isGiven,
  secrets,
}: ServiceQuestion): Promise<{ readonly isThere: boolean; readonly findings: readonly Finding[] }> {
  const answer = await ask({ url, path: DESCRIPTION });
  if (typeof answer === 'string') {
    const says = REASONS[answer] ?? `it cannot be reached (${answer})`;
    const [fact = says] = says.split(':');
    const finding = isGiven
      ? problem('service', says)
      : notChecked('service', `${fact}, where it should: start it, or name with --url the address that clients use`);
    return { isThere: false, findings: [finding] };
  }
  const description = parseDescription(answer);
  if (description === undefined) {
    const says = `something else answers (status ${answer.status}): correct --url; the service is at the root of an origin`;
    return { isThere: false, findings: [problem('service', says)] };
  }
  return {
    isThere: true,
    findings: [
      ok('service', `answers, release ${description.version}`),
      await checkReady(url),
      checkKey(description.keyId, secrets),
      checkDate(answer),
      checkPrivacy(url),
    ],
  };
}

export async function checkCors(url: URL): Promise<Finding> {
  const preflight = await ask({
    url,
    path: SEARCH,
    method: 'OPTIONS',
    headers: {
      Origin: FOREIGN_ORIGIN,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,content-type',
    },
  });
  const get = await ask({ url, path: DESCRIPTION, headers: { Origin: FOREIGN_ORIGIN } });
  const remedy = 'let the proxy pass OPTIONS and the Access-Control-* headers on as they are';
  if (!isOpen(preflight) || !allows(preflight, 'Access-Control-Allow-Headers', ['authorization', 'content-type'])) {
    return problem('pages', `a preflight of a page of another origin is refused: ${remedy}`);
  }
  if (!isOpen(get)) return problem('pages', `a page of another origin cannot read an answer: ${remedy}`);
  return ok('pages', 'may call from any origin');
}

/** What a token of the backend is good for; `issue` makes one. */
export async function checkToken(url: URL, issue: () => Promise<string>): Promise<Finding> {
  const answer = await ask({
    url,
    path: SEARCH,
    method: 'POST',
    headers: { Authorization: `Virgil ${await issue()}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ identities: ['sotto-doctor'] }),
  });
  if (typeof answer === 'string') return problem('token', `no answer to a request with a token (${answer})`);
  if (answer.status === 200) return ok('token', 'one of this App Key is accepted');
  const { message } = (answer.body ?? {}) as { message?: unknown };
  const reason = isPrintable(message) ? message : 'The answer is none of the service: see the proxy before it.';
  return problem('token', `refused with status ${answer.status}. ${reason}`);
}

/** What comes from elsewhere goes to a terminal only if it is a sentence. */
function isPrintable(text: unknown): text is string {
  return typeof text === 'string' && /^[\x20-\x7e]{1,300}$/.test(text);
}

interface Description {
  readonly version: string;
  readonly keyId: string | undefined;
}

function parseDescription({ status, body }: Answer): Description | undefined {
  const { service, version, serviceKeys } = (body ?? {}) as Partial<Record<string, unknown>>;
  if (status !== 200 || service !== 'sotto' || typeof version !== 'string') return undefined;
  // It is printed.
  if (!/^[\w.+-]{1,40}$/.test(version)) return undefined;
  const last = Array.isArray(serviceKeys) ? (serviceKeys.at(-1) as { keyId?: unknown } | undefined) : undefined;
  return { version, keyId: typeof last?.keyId === 'string' ? last.keyId : undefined };
}

async function checkReady(url: URL): Promise<Finding> {
  const answer = await ask({ url, path: '/readyz' });
  const status = typeof answer === 'string' ? answer : answer.status;
  if (status === 200) return ok('ready', 'takes requests, and its database answers');
  if (status === 503)
    return problem('ready', 'it says that it is not: it is stopping, or its database does not answer');
  return notChecked('ready', `/readyz is not to be had from here (${status}), as a proxy may want it`);
}

function checkKey(keyId: string | undefined, secrets: AllSecrets | undefined): Finding {
  if (secrets === undefined) return notChecked('service key', 'the secrets of this machine cannot be read');
  return keyId === secrets.serviceKey.keyId
    ? ok('service key', 'is the one of this machine')
    : problem('service key', 'is another than that of this machine: restart the service, or correct --url');
}

function checkDate({ headers }: Answer): Finding {
  const date = Date.parse(headers.get('Date') ?? '');
  // The header has whole seconds.
  return Number.isNaN(date)
    ? notChecked('clock', 'the answer has no date')
    : checkSkew('clock', date + 500 - Date.now());
}

function checkPrivacy({ protocol, hostname }: URL): Finding {
  if (protocol === 'https:') return ok('connection to it', 'encrypted');
  if (isLoopback(hostname.replace(/^\[|\]$/g, ''))) return ok('connection to it', 'stays on this machine');
  return problem('connection to it', 'in clear: whoever listens can use the tokens. Put TLS before it');
}

function isOpen(answer: Answer | string): answer is Answer {
  if (typeof answer === 'string' || answer.status >= 300) return false;
  return ['*', FOREIGN_ORIGIN].includes(answer.headers.get('Access-Control-Allow-Origin') ?? '');
}

function allows({ headers }: Answer, header: string, names: readonly string[]): boolean {
  const allowed = (headers.get(header) ?? '').toLowerCase().split(/\s*,\s*/);
  return names.every((name) => allowed.includes(name));
}
