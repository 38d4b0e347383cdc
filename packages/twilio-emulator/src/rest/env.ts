/** What a call to the REST API comes with, and how it is read. */
import type { Context } from 'hono';
import type { Actor } from '../conversations/roles.ts';
import type { ChatService } from '../conversations/service.ts';
import { TwilioRefusal } from '../errors.ts';
import { type Body, parseForm, readText } from '../fields.ts';
import type { Hooks } from '../webhooks/hooks.ts';

export interface RestEnv {
  Variables: {
    readonly service: ChatService;
    readonly hooks: Hooks;
    readonly actor: Actor;
  };
}

export type RestContext = Context<RestEnv>;

export async function readForm(c: RestContext): Promise<Body> {
  return parseForm(await c.req.text());
}

export function readBoolean(body: Body, name: string): boolean | undefined {
  const text = readText(body, name)?.toLowerCase();
  if (text === undefined) return undefined;
  if (text !== 'true' && text !== 'false') throw new TwilioRefusal(20001, name);
  return text === 'true';
}

const DEFAULT_SIZE = 50;
const MAX_SIZE = 100;

/** A page as the `twilio` helper walks through it; its URLs are Twilio's, which a helper's `httpClient` leads here. */
export function listPage<T>(
  c: RestContext,
  options: { readonly key: string; readonly rows: readonly T[]; readonly toJson: (row: T) => object },
): Response {
  const { key, rows, toJson } = options;
  const size = Math.min(readCount(c, 'PageSize', DEFAULT_SIZE), MAX_SIZE);
  const page = readCount(c, 'Page', 0);
  if (size < 1) throw new TwilioRefusal(20001, 'PageSize');
  const urlOf = (number: number) => {
    const query = new URLSearchParams(new URL(c.req.url).search);
    query.set('PageSize', String(size));
    query.set('Page', String(number));
    return `${urlOfApi(c.req.path)}?${query.toString()}`;
  };
  const start = page * size;
  return c.json({
    [key]: rows.slice(start, start + size).map(toJson),
    meta: {
      page,
      page_size: size,
      first_page_url: urlOf(0),
      previous_page_url: page > 0 ? urlOf(page - 1) : null,
      url: urlOf(page),
      next_page_url: start + size < rows.length ? urlOf(page + 1) : null,
      key,
    },
  });
}

export function urlOfApi(path: string): string {
  return `https://conversations.twilio.com${path}`;
}

function readCount(c: RestContext, name: string, fallback: number): number {
  const text = c.req.query(name);
  if (text === undefined) return fallback;
  if (!/^\d{1,7}$/.test(text)) throw new TwilioRefusal(20001, name);
  return Number(text);
}
