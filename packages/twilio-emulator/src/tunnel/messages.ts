/** Calls about messages, and typing. */
import { Hono } from 'hono';
import { checkMaySend, findMessage, removeMessage, sendMessage, updateMessage } from '../conversations/messages.ts';
import { listParticipants } from '../conversations/participants.ts';
import { requireMember } from '../conversations/roles.ts';
import { findConversation } from '../conversations/service.ts';
import { TwilioRefusal } from '../errors.ts';
import { readText, readTextOrNull, readTexts } from '../fields.ts';
import { actorOf, originOf, readBody, type TunnelContext, type TunnelEnv } from './env.ts';
import { messageToJson } from './represent.ts';

const TYPING_SECONDS = 5;
const NO_PAGES = { previous_token: null, next_token: null };

export function createMessageRoutes(): Hono<TunnelEnv> {
  const app = new Hono<TunnelEnv>();

  app.post('/v2/Conversations/:sid/Messages', async (c) => {
    const { service, hooks } = c.env;
    const actor = actorOf(c);
    const body = await readBody(c);
    const message = {
      body: readTextOrNull(body, 'body'),
      subject: readTextOrNull(body, 'subject'),
      attributes: readText(body, 'attributes'),
      mediaSids: readTexts(body, 'media_sids'),
      contentSid: readTextOrNull(body, 'content_sid'),
    };
    const conversation = findConversation(service, c.req.param('sid'));
    checkMaySend(service, { actor, conversation, message });
    const row = await hooks.aroundMessage({
      kind: 'Add',
      actor,
      conversationSid: conversation.row.sid,
      fields: message,
      perform: (changed) =>
        sendMessage(service, {
          actor,
          conversationSid: conversation.row.sid,
          message: { ...message, ...changed },
        }),
    });
    return c.json(messageToJson(row, originOf(c)), 201);
  });

  app.post('/v2/Conversations/:sid/Messages/:messageSid', async (c) => {
    const { service, hooks } = c.env;
    const actor = actorOf(c);
    const body = await readBody(c);
    const fields = { body: readTextOrNull(body, 'body'), attributes: readText(body, 'attributes') };
    const { sid: conversationSid, messageSid } = c.req.param();
    const row = await hooks.aroundMessage({
      kind: 'Update',
      actor,
      conversationSid,
      row: readMessage(c),
      fields,
      // Not the author: the webhook may name one, the member may not.
      perform: ({ author: _, ...changed }) =>
        updateMessage(service, { actor, conversationSid, messageSid, fields: { ...fields, ...changed } }),
    });
    return c.json(messageToJson(row, originOf(c)));
  });

  app.delete('/v2/Conversations/:sid/Messages/:messageSid', async (c) => {
    const { service, hooks } = c.env;
    const actor = actorOf(c);
    const { sid: conversationSid, messageSid } = c.req.param();
    await hooks.aroundMessage({
      kind: 'Remove',
      actor,
      conversationSid,
      row: readMessage(c),
      fields: {},
      perform: () => removeMessage(service, { actor, conversationSid, messageSid }),
    });
    return c.body(null, 204);
  });

  app.get('/v2/Conversations/:sid/Messages/:messageSid/Receipts', (c) => {
    readMessage(c);
    return c.json({ delivery_receipts: [], meta: NO_PAGES });
  });

  app.get('/v2/Conversations/:sid/Messages/:messageSid/ChannelMetadata', (c) => {
    readMessage(c);
    throw new TwilioRefusal(50530);
  });

  app.get('/v2/Conversations/:sid/Messages/:messageSid/MessageRecipients', (c) => {
    readMessage(c);
    return c.json({ message_recipients: [], meta: NO_PAGES });
  });

  app.get('/v2/Conversations/:sid/MessageRecipients', (c) => {
    requireMember(findConversation(c.env.service, c.req.param('sid')), actorOf(c));
    return c.json({ message_recipients: [], meta: NO_PAGES });
  });

  app.get('/v2/ContentTemplates', (c) => c.json({ templates: [], meta: NO_PAGES }));

  app.post('/v1/typing', async (c) => {
    const { service, identity, subscriber } = c.env;
    const conversation = findConversation(service, readText(await readBody(c), 'ChannelSid') ?? '');
    requireMember(conversation, actorOf(c));
    const others = listParticipants(conversation).flatMap((row) => row.identity ?? []);
    // One second more than who types is told, for what is under way.
    subscriber.notifyOthers(others, 'twilio.ipmsg.typing_indicator', {
      channel_sid: conversation.row.sid,
      identity,
      typing_timeout: TYPING_SECONDS + 1,
    });
    return c.json({ typing_timeout: TYPING_SECONDS });
  });
  return app;
}

function readMessage(c: TunnelContext) {
  const conversation = findConversation(c.env.service, c.req.param('sid') ?? '');
  requireMember(conversation, actorOf(c));
  return findMessage(conversation, c.req.param('messageSid') ?? '');
}
