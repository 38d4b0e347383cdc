/**
 * The signature of Twilio's webhooks: base64 of HMAC-SHA1, under the auth token of the account, over the address and, for forms, every
 * name and value in the order of names. For JSON the address holds the SHA-256 of the body instead.
 * Source: https://www.twilio.com/docs/usage/security
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedRequest {
  /** As Twilio called it, with its query. */
  readonly url: string;
  /** Of `X-Twilio-Signature`. */
  readonly signature: string;
  readonly body: string;
  readonly isForm: boolean;
}

/** Whether the request was signed under one of the tokens; two while a token is replaced. */
export function isSigned(request: SignedRequest, authTokens: readonly string[]): boolean {
  const { url, signature, body, isForm } = request;
  const fields = isForm ? formFields(body) : '';
  if (!isForm && !hasHashOf(body, url)) return false;
  // All are compared, so that the time does not tell which of them fits.
  const fits = authTokens.flatMap((token) =>
    writingsOf(url).map((writing) => isEqual(signature, signatureOf(token, `${writing}${fields}`))),
  );
  return fits.includes(true);
}

function signatureOf(authToken: string, text: string): string {
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64');
}

function formFields(body: string): string {
  const form = new URLSearchParams(body);
  return [...new Set(form.keys())]
    .sort()
    .flatMap((name) => [...new Set(form.getAll(name))].sort().map((value) => `${name}${value}`))
    .join('');
}

function hasHashOf(body: string, url: string): boolean {
  const expected = new URL(url).searchParams.get('bodySHA256') ?? '';
  return isEqual(expected, createHash('sha256').update(body, 'utf8').digest('hex'));
}

/** Twilio writes the usual port into some addresses and leaves it out of others. */
function writingsOf(url: string): readonly string[] {
  const [, scheme = '', authority = '', rest = ''] = /^(https?:\/\/)([^/?#]*)(.*)$/is.exec(url) ?? [];
  if (scheme === '') return [url];
  const host = authority.replace(/:\d*$/, '');
  const port = /:\d+$/.exec(authority)?.[0] ?? (scheme.toLowerCase() === 'https://' ? ':443' : ':80');
  return [`${scheme}${host}${rest}`, `${scheme}${host}${port}${rest}`];
}

function isEqual(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
