/** Calls to Sync: objects, pages of items, subscriptions. */
import { Hono } from 'hono';
import { isInAudience } from '../conversations/audience.ts';
import { TwilioRefusal } from '../errors.ts';
import { type Body, readChoice, readText } from '../fields.ts';
import { missedEvents, type SyncObject, type SyncType } from '../sync/object.ts';
import { pageOfItems } from '../sync/page.ts';
import { eventToJson, objectToJson, pageToJson } from '../sync/wire.ts';
import { originOf, readBody, type TunnelContext, type TunnelEnv } from './env.ts';

const TYPES: Readonly<Record<string, SyncType>> = { Documents: 'document', Lists: 'list', Maps: 'map' };
const MAX_REQUESTS = 1000;
/** How long a client waits for what it subscribed to before it asks again. The SDK keeps a timer of it beyond `shutdown()`. */
const ESTIMATED_DELIVERY_MS = 2000;

export function createSyncRoutes(): Hono<TunnelEnv> {
  const app = new Hono<TunnelEnv>();

  app.get('/v3/:collection{Documents|Lists|Maps}/:id', (c) => {
    const withItems = c.req.query('Include') === 'items';
    return c.json(objectToJson(findObject(c), { origin: originOf(c), withItems }));
  });

  app.get('/v3/:collection{Lists|Maps}/:id/Items', (c) => {
    const object = findObject(c);
    const page = pageOfItems(object, new URL(c.req.url).searchParams);
    return c.json(pageToJson(object, page, originOf(c)));
  });

  app.post('/v4/Subscriptions', async (c) => {
    const body = await readBody(c);
    const action = readChoice(body, 'action', ['establish', 'cancel']);
    const { requests, correlation_id: correlationId } = body;
    if (!Array.isArray(requests) || requests.length > MAX_REQUESTS) throw new TwilioRefusal(20001, 'requests');
    for (const request of requests as Body[]) {
      if (action === 'cancel') cancel(c, request, correlationId);
      else establish(c, request, correlationId);
    }
    return c.json({ estimated_delivery_in_ms: ESTIMATED_DELIVERY_MS, max_batch_size: MAX_REQUESTS, ttl_in_s: -1 }, 202);
  });
  return app;
}

function findObject(c: TunnelContext): SyncObject {
  const { service, identity } = c.env;
  const object = service.sync.find(TYPES[c.req.param('collection') ?? '']!, c.req.param('id') ?? '');
  if (!object) throw new TwilioRefusal(54100);
  if (!isInAudience(service, identity, object.audience)) throw new TwilioRefusal(54007);
  return object;
}

function establish(c: TunnelContext, request: Body, correlationId: unknown): void {
  const { service, identity, subscriber } = c.env;
  const type = readChoice(request, 'object_type', ['document', 'list', 'map']);
  const sid = readText(request, 'object_sid') ?? '';
  const object = type && service.sync.find(type, sid);
  if (!object || !isInAudience(service, identity, object.audience)) {
    const { status, code, message } = new TwilioRefusal(object ? 54007 : 54100);
    const failure = { object_sid: sid, object_type: type, error: { status, code, message } };
    return tell(c, 'subscription_failed', correlationId, failure);
  }
  const lastEventId = typeof request['last_event_id'] === 'number' ? request['last_event_id'] : 0;
  subscriber.subscribe(object);
  for (const event of missedEvents(object, lastEventId)) {
    subscriber.notifyAfterReply('twilio.sync.event', eventToJson(event, originOf(c)));
  }
  tell(c, 'subscription_established', correlationId, {
    object_sid: object.sid,
    object_type: object.type,
    replay_status: 'completed',
    last_event_id: object.lastEventId,
  });
}

function cancel(c: TunnelContext, request: Body, correlationId: unknown): void {
  const sid = readText(request, 'object_sid') ?? '';
  c.env.subscriber.unsubscribe(sid);
  tell(c, 'subscription_canceled', correlationId, { object_sid: sid, object_type: request['object_type'] });
}

function tell(c: TunnelContext, event: string, correlationId: unknown, details: object): void {
  c.env.subscriber.notifyAfterReply('twilio.sync.event', {
    event_type: event,
    correlation_id: correlationId,
    event_protocol_version: 4,
    events: [details],
  });
}
