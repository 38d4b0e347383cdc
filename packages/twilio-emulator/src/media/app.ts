/** The media service: uploads and records with a token or basic authentication, bytes at temporary URLs. Ranges are not served. */
import { type Context, Hono } from 'hono';
import type { Account } from '../accounts.ts';
import { type NewMedia, readMedia, uploadMedia } from '../conversations/media.ts';
import { type Actor, API } from '../conversations/roles.ts';
import type { ChatService } from '../conversations/service.ts';
import { TwilioRefusal } from '../errors.ts';
import { parseJsonBody, readText } from '../fields.ts';
import { authenticate } from '../rest/app.ts';
import type { MediaRow } from '../state/rows.ts';
import type { TokenChecker } from '../token.ts';
import type { MediaLinks } from './links.ts';

const MAX_SET = 100;

export interface MediaOptions {
  readonly accounts: readonly Account[];
  readonly tokens: TokenChecker;
  readonly links: MediaLinks;
  readonly serviceOf: (account: Account) => ChatService;
  /** By the SID of a media. */
  readonly findService: (mediaSid: string) => ChatService | undefined;
}

interface Caller {
  readonly service: ChatService;
  readonly actor: Actor;
}

export function createMediaApp({ accounts, tokens, links, serviceOf, findService }: MediaOptions): Hono {
  const app = new Hono();

  const identify = async (c: Context): Promise<Caller> => {
    const token = c.req.header('X-Twilio-Token');
    const caller = token === undefined ? undefined : await tokens.check(token);
    const account = caller?.account ?? authenticate(accounts, c.req.header('Authorization'));
    const service = serviceOf(account);
    if (c.req.param('serviceSid') !== account.serviceSid) throw new TwilioRefusal(20404);
    return { service, actor: caller ? { kind: 'user', identity: caller.identity } : API };
  };

  const toRecord = (c: Context, { account }: ChatService, row: MediaRow) => {
    const { origin } = new URL(c.req.url);
    const url = `${origin}/v1/Services/${account.serviceSid}/Media/${row.sid}`;
    return {
      sid: row.sid,
      account_sid: account.accountSid,
      service_sid: account.serviceSid,
      channel_sid: row.conversationSid,
      message_sid: row.messageSid,
      author: row.author,
      size: row.size,
      content_type: row.contentType,
      filename: row.filename,
      category: row.category,
      date_created: row.dateCreated,
      date_updated: row.dateCreated,
      is_multipart_upstream: false,
      url,
      links: { content: `${url}/Content`, content_direct_temporary: links.create(origin, row.sid) },
    };
  };

  app.post('/v1/Services/:serviceSid/Media', async (c) => {
    const { service, actor } = await identify(c);
    const row = await uploadMedia(service, { actor, media: await readUpload(c) });
    return c.json(toRecord(c, service, row), 201);
  });

  app.get('/v1/Services/:serviceSid/Media/:sid', async (c) => {
    const { service, actor } = await identify(c);
    return c.json(toRecord(c, service, readMedia(service, actor, c.req.param('sid'))));
  });

  app.post('/v1/Services/:serviceSid/MediaSet', async (c) => {
    const { service, actor } = await identify(c);
    const { command, list } = parseJsonBody(await c.req.text());
    if (command !== 'get' || !Array.isArray(list) || list.length > MAX_SET) throw new TwilioRefusal(20001, 'command');
    const records = (list as Record<string, unknown>[]).map((item) => {
      const sid = readText(item ?? {}, 'media_sid') ?? '';
      try {
        return { code: 200, media_record: toRecord(c, service, readMedia(service, actor, sid)) };
      } catch (error) {
        if (!(error instanceof TwilioRefusal)) throw error;
        return { code: error.status, media_record: { sid } };
      }
    });
    return c.json(records);
  });

  app.get('/media/:sid', async (c) => {
    const sid = c.req.param('sid');
    const { expires = '', signature = '' } = c.req.query();
    if (!links.isValid(sid, { expires, signature })) throw new TwilioRefusal(20404);
    const service = findService(sid);
    const row = service?.state.media.get(sid);
    const content = await service?.blobs.get(sid);
    if (!row || !content) throw new TwilioRefusal(20404);
    return c.body(content as Uint8Array<ArrayBuffer>, 200, {
      'Content-Type': row.contentType,
      'Content-Length': String(content.length),
      // Anybody's bytes under this origin: never a page of it.
      'Content-Security-Policy': 'sandbox',
      'X-Content-Type-Options': 'nosniff',
    });
  });
  return app;
}

/** The bytes as they are, or the first file of a form. */
async function readUpload(c: Context): Promise<NewMedia> {
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  const contentType = c.req.header('Content-Type') ?? 'application/octet-stream';
  const category = c.req.query('Category') ?? 'media';
  const filename = c.req.query('Filename') ?? null;
  if (!contentType.startsWith('multipart/form-data')) return { content: bytes, contentType, category, filename };
  const form = await new Response(bytes, { headers: { 'Content-Type': contentType } })
    .formData()
    .catch(() => undefined);
  const file = [...(form?.values() ?? [])].find((value) => typeof value !== 'string');
  if (!file) throw new TwilioRefusal(20001, 'the form holds no file');
  return {
    content: new Uint8Array(await file.arrayBuffer()),
    contentType: file.type || 'application/octet-stream',
    category,
    filename: filename ?? file.name,
  };
}
