/** One call of a webhook. */
import { type Params, signWebhook } from './signature.ts';

const MAX_ANSWER_CHARACTERS = 64 * 1024;

export interface WebhookCall {
  readonly url: string;
  readonly method: 'POST' | 'GET';
  readonly params: Params;
  readonly authToken: string;
  readonly timeoutMs: number;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly text: string;
}

/** Undefined where nothing came in time, or nobody is there. */
export async function callWebhook({
  url,
  method,
  params,
  authToken,
  timeoutMs,
}: WebhookCall): Promise<WebhookAnswer | undefined> {
  const form = new URLSearchParams(params).toString();
  const target = method === 'GET' ? `${url}${url.includes('?') ? '&' : '?'}${form}` : url;
  const signature = signWebhook({ authToken, url: target, params: method === 'GET' ? {} : params });
  try {
    const response = await fetch(target, {
      method,
      headers: {
        'X-Twilio-Signature': signature,
        'User-Agent': 'TwilioProxy/1.1',
        ...(method === 'POST' && { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' }),
      },
      ...(method === 'POST' && { body: form }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    return { status: response.status, text: text.slice(0, MAX_ANSWER_CHARACTERS) };
  } catch {
    return undefined;
  }
}
