/**
 * A webhook that Twilio asks before it stores something, and that lets ciphertext pass alone. It is a lint and no boundary: messages made by REST do
 * not come by, and what is not answered within five seconds is stored unasked.
 */
import { chatTwilioError } from '../errors.ts';
import { type GuardRefusal, judgeEvent, type WebhookEvent } from './judge.ts';
import { isSigned } from './signature.ts';

export interface GuardOptions {
  /** Of the account, not an API secret. Several while one is replaced. */
  readonly authToken: string | readonly string[];
  /** The address as Twilio has it: behind a proxy the request itself shows another. */
  readonly url: string;
  /** Lets messages in the format of 2019 pass as well, which are encrypted and bound to no room. */
  readonly allowLegacyFormat?: boolean | undefined;
  /** Told of each refusal, without any content. */
  readonly onRefused?: ((refusal: GuardRefusal & { readonly conversationSid: string | undefined }) => void) | undefined;
}

export type GuardWebhook = (request: Request) => Promise<Response>;

/** Of a body of 32 KB with every character escaped, and as much for the rest. */
const MAX_BODY_BYTES = 256 * 1024;
const MAX_FIELDS = 200;

/** Answers over the standard `Request` and `Response`; `toNodeHandler` makes it one of Node and Express. @throws twilio/bad-option */
export function createGuardWebhook(options: GuardOptions): GuardWebhook {
  const { authToken, url, allowLegacyFormat = false, onRefused } = options;
  const authTokens = [authToken].flat();
  if (authTokens.length === 0 || authTokens.includes('')) refuseOption('authToken');
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) refuseOption('url');

  return async (request) => {
    if (request.method !== 'POST') return answer(405, 'Twilio asks by POST: set the method of the webhook to it.');
    const body = await readText(request);
    if (body === undefined) return answer(413, 'The body is too large, or no UTF-8.');
    const isForm = !(request.headers.get('content-type') ?? '').toLowerCase().startsWith('application/json');
    const signature = request.headers.get('x-twilio-signature') ?? '';
    if (!isSigned({ url: calledUrl(url, request.url), signature, body, isForm }, authTokens)) {
      return answer(403, 'The request is not signed with the auth token for this address.');
    }
    const event = isForm ? parseForm(body) : parseJson(body);
    if (event === undefined) return answer(400, 'The body is not an event.');
    const refusal = judgeEvent(event, { allowLegacyFormat });
    if (refusal === undefined) return Response.json({});
    onRefused?.({ ...refusal, conversationSid: event['ConversationSid'] });
    return answer(403, refusal.message);
  };
}

/** The configured address with the query of the call, to which Twilio adds the hash of a JSON body. */
function calledUrl(configured: string, requested: string): string {
  const added = new URL(requested).searchParams.get('bodySHA256');
  if (added === null || configured.includes('bodySHA256=')) return configured;
  return `${configured}${configured.includes('?') ? '&' : '?'}bodySHA256=${added}`;
}

/** Undefined if it is too long, or no UTF-8. */
async function readText(request: Request): Promise<string | undefined> {
  const reader = (request.body as ReadableStream<Uint8Array> | null)?.getReader();
  if (reader === undefined) return '';
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let bytes = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      bytes += part.value.length;
      if (bytes > MAX_BODY_BYTES) return undefined;
      text += decoder.decode(part.value, { stream: true });
    }
    return text + decoder.decode();
  } catch {
    return undefined;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parseForm(body: string): WebhookEvent | undefined {
  const fields = [...new URLSearchParams(body)];
  return fields.length > MAX_FIELDS ? undefined : Object.fromEntries(fields);
}

function parseJson(body: string): WebhookEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fields = Object.entries(value);
  if (fields.length > MAX_FIELDS) return undefined;
  return Object.fromEntries(
    fields.map(([name, field]) => [name, typeof field === 'string' ? field : JSON.stringify(field)]),
  );
}

function answer(status: number, message: string): Response {
  return Response.json({ message }, { status });
}

function refuseOption(option: string): never {
  throw chatTwilioError('twilio/bad-option', { details: { option } });
}
