/**
 * One socket: the client's `init`, its calls, and what it subscribed to. Replies carry the id of what they answer; all else
 * that goes out is a notification or a word about the connection, which the client confirms by a reply of its own.
 */
import type { WebSocket } from 'ws';
import { isInAudience } from '../conversations/audience.ts';
import { TwilioRefusal } from '../errors.ts';
import { encodeFrame, type Frame, FrameError, parseFrame } from '../frame.ts';
import { createSid } from '../sid.ts';
import { eventToJson, messageTypeOf } from '../sync/wire.ts';
import type { Caller } from '../token.ts';
import { answerCall } from './call.ts';
import { type ExpiryWatch, watchExpiry } from './expiry.ts';
import { createInitReply } from './init-reply.ts';
import type { Session, SessionHost } from './session-host.ts';

const SYNC_ORIGIN = 'https://cds.us1.twilio.com';
const OK = { code: 200, status: 'OK' };

export function createSession(options: {
  readonly socket: WebSocket;
  readonly hub: SessionHost;
  readonly httpOrigin: string;
}): Session {
  const { socket, hub, httpOrigin } = options;
  const subscribed = new Set<string>();
  let caller: Caller | undefined;
  let expiry: ExpiryWatch | undefined;

  const send = (header: Record<string, unknown>, payload?: unknown) => {
    if (socket.readyState === socket.OPEN) socket.send(encodeFrame(header, payload), { binary: true });
  };
  const say = (header: Record<string, unknown>, payload?: unknown) =>
    send({ ...header, id: createSid('TM', hub.randomBytes) }, payload);
  const reply = (id: unknown, header: Record<string, unknown>, payload?: unknown) =>
    send({ method: 'reply', id, status: OK, ...header }, payload);

  const session: Session = {
    get caller() {
      return caller;
    },
    get service() {
      return caller && hub.serviceOf(caller);
    },
    async receive(data, isBinary) {
      hub.note(caller?.identity ?? null, data);
      try {
        if (!isBinary) throw new FrameError('a text message');
        await handle(parseFrame(data));
      } catch (error) {
        if (!(error instanceof FrameError)) throw error;
        session.close(406, `NOT_ACCEPTABLE: ${error.message}`);
      }
    },
    deliver(event) {
      const { service } = session;
      if (!caller || !service || !subscribed.has(event.object.sid)) return;
      if (event.kind !== 'removed' && !isInAudience(service, caller.identity, event.object.audience)) return;
      session.notify(messageTypeOf(event.object.type), eventToJson(event, SYNC_ORIGIN));
    },
    notify: (messageType, payload) => say({ method: 'notification', message_type: messageType }, payload),
    ping: () => say({ method: 'ping' }),
    warn: () => say({ method: 'client_update', client_update_type: 'token_about_to_expire' }),
    close(code, status) {
      say({ method: 'close', status: { code, status } });
      socket.close();
    },
    cut: () => socket.terminate(),
    end() {
      expiry?.stop();
      subscribed.clear();
    },
  };

  async function handle(frame: Frame): Promise<void> {
    const { method, id } = frame.header;
    switch (method) {
      case 'init':
        return begin(frame);
      case 'reply':
      case 'telemetry.v1':
        return;
      case 'close':
        return socket.close();
      default:
    }
    if (!caller) return session.close(401, 'UNAUTHORIZED');
    switch (method) {
      case 'update':
        return renew(frame);
      case 'message':
        return call(frame, caller);
      case 'put_notification_ctx':
      case 'delete_notification_ctx':
      case 'ping':
        return reply(id, {});
      default:
        throw new FrameError('an unknown method');
    }
  }

  async function begin({ header }: Frame): Promise<void> {
    const checked = await check(header, { isUpdate: false });
    if (!checked) return;
    const continuation = hub.continuationOf(checked.identity, header['continuation_token']);
    adopt(checked);
    hub.onSessionsChanged(checked);
    const { worldId } = session.service!.state.settings!;
    reply(header['id'], createInitReply(header, { caller: checked, continuation, worldId }));
  }

  async function renew({ header }: Frame): Promise<void> {
    const checked = await check(header, { isUpdate: true });
    if (!checked) return;
    adopt(checked);
    reply(header['id'], {});
  }

  /** The caller of the token, or undefined when it was refused. A token of somebody else is no renewal. */
  async function check(
    header: Frame['header'],
    { isUpdate }: { readonly isUpdate: boolean },
  ): Promise<Caller | undefined> {
    try {
      const checked = await hub.tokens.check(header['token']);
      if (isUpdate && (checked.identity !== caller?.identity || checked.account !== caller.account)) {
        throw new TwilioRefusal(20106);
      }
      return checked;
    } catch (error) {
      if (!(error instanceof TwilioRefusal)) throw error;
      const { code, message } = error;
      reply(header['id'], { status: { code: 401, status: 'UNAUTHORIZED', description: message, errorCode: code } });
      if (!isUpdate) socket.close();
      return undefined;
    }
  }

  function adopt(checked: Caller): void {
    caller = checked;
    expiry?.stop();
    expiry = watchExpiry({
      expiresAt: checked.expiresAt,
      warningSeconds: hub.warningSeconds,
      clock: hub.clock,
      onWarning: () => session.warn(),
      onExpired: () => session.close(410, 'TOKEN_EXPIRED'),
    });
  }

  async function call(frame: Frame, { identity }: Caller): Promise<void> {
    const later: { messageType: string; payload: unknown }[] = [];
    const answer = await answerCall(frame, {
      hub,
      identity,
      service: session.service!,
      httpOrigin,
      subscriber: {
        subscribe: ({ sid }) => void subscribed.add(sid),
        unsubscribe: (sid) => void subscribed.delete(sid),
        notifyAfterReply: (messageType, payload) => void later.push({ messageType, payload }),
        notifyOthers: (identities, messageType, payload) =>
          hub.notifyOthers(session, { identities, messageType, payload }),
      },
    });
    if (answer === 'lost') return session.cut();
    const { status, statusText, body } = answer;
    const http = { http_status: { code: status, status: statusText }, http_headers: {} };
    reply(frame.header['id'], http, body);
    for (const { messageType, payload } of later) session.notify(messageType, payload);
  }

  return session;
}
