/**
 * `X-Twilio-Signature`: base64 of HMAC-SHA1 under the account's auth token over the URL and, of a form, each name and value
 * in the order of names. Source: https://www.twilio.com/docs/usage/security#validating-requests
 */
import { createHmac } from 'node:crypto';

export type Params = Readonly<Record<string, string>>;

export function signWebhook(options: {
  readonly authToken: string;
  /** For GET with the query in it. */
  readonly url: string;
  /** Of a form; empty for GET. */
  readonly params: Params;
}): string {
  const { authToken, url, params } = options;
  const names = Object.keys(params).sort();
  const text = names.reduce((data, name) => data + name + params[name]!, url);
  return createHmac('sha1', authToken).update(text).digest('base64');
}
