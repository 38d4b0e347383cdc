/**
 * The control over HTTP, for other processes: `POST /emulator/control/<name>` with a JSON object, and the control token as
 * bearer. Each name is that of a function of `Control`.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { EmulatorError, TwilioRefusal } from '../errors.ts';
import { type Body, parseJsonBody, readIndexOrNull, readText, readTexts } from '../fields.ts';
import type { RoleName } from '../conversations/default-roles.ts';
import type { SeenLog } from '../seen.ts';
import type { CallFilter } from '../sockets/faults.ts';
import type { Control } from './control.ts';

export interface ControlAppOptions {
  readonly control: Control;
  readonly seen: SeenLog;
  readonly token: string;
}

export function createControlApp({ control, seen, token }: ControlAppOptions): Hono {
  const actions = createActions(control, seen);
  const app = new Hono();
  app.use(async (c, next) => {
    const given = /^Bearer (\S{1,200})$/i.exec(c.req.header('Authorization') ?? '')?.[1] ?? '';
    if (!isEqual(given, token)) throw new TwilioRefusal(20003, 'the control token is needed');
    await next();
  });
  app.post('/:action', async (c) => {
    const action = actions.get(c.req.param('action'));
    if (!action) throw new TwilioRefusal(20404);
    try {
      const result = await action(parseJsonBody(await c.req.text()));
      return c.json({ result: result ?? null });
    } catch (error) {
      if (!(error instanceof EmulatorError)) throw error;
      throw new TwilioRefusal(20404, error.message);
    }
  });
  return app;
}

type Action = (body: Body) => unknown;

function createActions(control: Control, seen: SeenLog): ReadonlyMap<string, Action> {
  const releases = new Map<string, () => void>();
  return new Map<string, Action>([
    ['loseNextReply', (body) => void control.loseNextReply(filterOf(body))],
    ['failNext', (body) => void control.failNext(countOf(body, 'count') ?? 1, failureOf(body))],
    [
      'holdReplies',
      (body) => {
        const id = String(releases.size + 1);
        releases.set(id, control.holdReplies(filterOf(body)));
        return { hold: id };
      },
    ],
    ['releaseReplies', (body) => releases.get(need(body, 'hold'))?.()],
    ['cutSockets', (body) => control.cutSockets(readText(body, 'identity'))],
    ['goDown', () => control.goDown()],
    ['comeUp', () => control.comeUp()],
    ['expireTokens', (body) => control.expireTokens(need(body, 'identity'))],
    ['warnOfExpiry', (body) => control.warnOfExpiry(need(body, 'identity'))],
    ['offload', (body) => control.offload(readText(body, 'identity'))],
    ['connected', () => control.connected()],
    ['settleWebhooks', () => control.settleWebhooks()],
    ['messagesOf', (body) => control.messagesOf(need(body, 'conversationSid'))],
    [
      'forgeMessage',
      (body) => {
        const attributes = readText(body, 'attributes');
        return control.forgeMessage({
          conversationSid: need(body, 'conversationSid'),
          author: need(body, 'author'),
          body: need(body, 'body'),
          ...(attributes !== undefined && { attributes }),
        });
      },
    ],
    ['replayMessage', (body) => control.replayMessage(need(body, 'messageSid'), readText(body, 'into'))],
    [
      'editMessage',
      (body) =>
        control.editMessage(need(body, 'messageSid'), {
          body: readText(body, 'body'),
          attributes: readText(body, 'attributes'),
          author: readText(body, 'author'),
        }),
    ],
    ['formerBodyOf', (body) => control.formerBodyOf(need(body, 'messageSid'))],
    ['eraseMessage', (body) => control.eraseMessage(need(body, 'messageSid'))],
    ['swapMessages', (body) => control.swapMessages(need(body, 'messageSid'), need(body, 'otherSid'))],
    ['removeMessage', (body) => control.removeMessage(need(body, 'messageSid'))],
    ['swapMedia', (body) => control.swapMedia(need(body, 'mediaSid'), Buffer.from(need(body, 'content'), 'base64'))],
    ['addParticipant', (body) => control.addParticipant(need(body, 'conversationSid'), whoOf(body))],
    [
      'removeParticipant',
      (body) => control.removeParticipant(need(body, 'conversationSid'), need(body, 'participant')),
    ],
    ['grant', (body) => control.grant(need(body, 'role') as RoleName, ...(readTexts(body, 'permissions') ?? []))],
    [
      'seen',
      (body) => {
        const after = countOf(body, 'after') ?? 0;
        const records = seen.records.slice(after);
        return records.map(({ bytes, ...rest }) => ({ ...rest, bytes: Buffer.from(bytes).toString('base64') }));
      },
    ],
  ]);
}

function filterOf(body: Body): CallFilter {
  const [identity, method, path] = ['identity', 'method', 'path'].map((name) => readText(body, name));
  return {
    ...(identity !== undefined && { identity }),
    ...(method !== undefined && { method }),
    ...(path !== undefined && { path }),
  };
}

function failureOf(body: Body): CallFilter & { readonly status?: number } {
  const status = countOf(body, 'status');
  if (status !== undefined && (status < 200 || status > 599)) throw new TwilioRefusal(20001, 'status');
  return { ...filterOf(body), ...(status !== undefined && { status }) };
}

function whoOf(body: Body) {
  const identity = readText(body, 'identity');
  if (identity !== undefined) return { identity };
  const proxyAddress = readText(body, 'proxyAddress');
  return { address: need(body, 'address'), ...(proxyAddress !== undefined && { proxyAddress }) };
}

function need(body: Body, name: string): string {
  const text = readText(body, name);
  if (text === undefined) throw new TwilioRefusal(20001, name);
  return text;
}

function countOf(body: Body, name: string): number | undefined {
  return readIndexOrNull(body, name) ?? undefined;
}

function isEqual(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
