/** Calls about conversations, those of the caller, and users. */
import { Hono } from 'hono';
import {
  createConversation,
  listJoined,
  readConversation,
  removeConversation,
  updateConversation,
} from '../conversations/conversation.ts';
import { countUnread, updateHorizon } from '../conversations/horizon.ts';
import { findConversation } from '../conversations/service.ts';
import { findUser, updateUser } from '../conversations/users.ts';
import { type Body, readChoice, readIndexOrNull, readText, readTextOrNull } from '../fields.ts';
import { actorOf, originOf, readBody, type TunnelContext, type TunnelEnv } from './env.ts';
import { conversationToJson, userToJson } from './represent.ts';
import { pageOf } from './pages.ts';

export function createConversationRoutes(): Hono<TunnelEnv> {
  const app = new Hono<TunnelEnv>();

  app.post('/Conversations', async (c) => {
    const { service, hooks } = c.env;
    const actor = actorOf(c);
    const fields = fieldsOf(await readBody(c));
    const conversation = await hooks.aroundConversation({
      kind: 'Add',
      actor,
      fields,
      perform: (changed) => createConversation(service, { actor, fields: changed }),
    });
    return c.json(conversationToJson(conversation, viewOf(c)), 201);
  });

  app.get('/Conversations/:sid', (c) => c.json(conversationToJson(readOne(c), viewOf(c))));

  app.post('/Conversations/:sid', async (c) => {
    const { service, hooks } = c.env;
    const actor = actorOf(c);
    const { row } = readOne(c);
    const conversation = await hooks.aroundConversation({
      kind: 'Update',
      actor,
      row,
      fields: fieldsOf(await readBody(c)),
      perform: (fields) => updateConversation(service, { actor, sid: row.sid, fields }),
    });
    return c.json(conversationToJson(conversation, viewOf(c)));
  });

  app.delete('/Conversations/:sid', async (c) => {
    const { service, hooks } = c.env;
    const actor = actorOf(c);
    const conversation = readOne(c);
    await hooks.aroundConversation({
      kind: 'Remove',
      actor,
      row: conversation.row,
      fields: {},
      perform: () => {
        removeConversation(service, actor, conversation.row.sid);
        return conversation;
      },
    });
    return c.body(null, 204);
  });

  app.get('/MyConversations', (c) => {
    const { service, identity } = c.env;
    const { items, nextToken } = pageOf(listJoined(service, identity), new URL(c.req.url).searchParams);
    return c.json({
      conversations: items.map((conversation) => conversationToJson(conversation, viewOf(c))),
      meta: { next_token: nextToken },
    });
  });

  app.get('/MyConversations/:sid', (c) => c.json(conversationToJson(readOne(c), viewOf(c))));

  app.post('/MyConversations/:sid', async (c) => {
    const { service, identity } = c.env;
    const body = await readBody(c);
    const conversationSid = findConversation(service, c.req.param('sid')).row.sid;
    const participant = updateHorizon(service, {
      identity,
      conversationSid,
      fields: {
        lastReadIndex: readIndexOrNull(body, 'last_read_message_index'),
        notificationLevel: readChoice(body, 'notification_level', ['default', 'muted']),
      },
    });
    const unread = countUnread(findConversation(service, conversationSid), participant);
    return c.json({ unread_messages_count: unread });
  });

  app.get('/Users/:identity', (c) => c.json(userToJson(findUser(c.env.service, c.req.param('identity')), originOf(c))));

  app.post('/Users/:identity', async (c) => {
    const { service, hooks } = c.env;
    const actor = actorOf(c);
    const body = await readBody(c);
    const user = findUser(service, c.req.param('identity'));
    const fields = { friendlyName: readTextOrNull(body, 'friendly_name'), attributes: readText(body, 'attributes') };
    const updated = await hooks.aroundUser({
      actor,
      row: user,
      fields,
      perform: (changed) => updateUser(service, { actor, user, fields: changed }),
    });
    return c.json(userToJson(updated, originOf(c)));
  });
  return app;
}

function fieldsOf(body: Body) {
  return {
    friendlyName: readTextOrNull(body, 'friendly_name'),
    uniqueName: readTextOrNull(body, 'unique_name'),
    attributes: readText(body, 'attributes'),
  };
}

function readOne(c: TunnelContext) {
  return readConversation(c.env.service, actorOf(c), c.req.param('sid') ?? '');
}

function viewOf(c: TunnelContext) {
  return { identity: c.env.identity, origin: originOf(c) };
}
