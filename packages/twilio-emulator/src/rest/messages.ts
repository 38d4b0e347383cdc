/** REST: messages, by any author. */
import { Hono } from 'hono';
import { findMessage, listMessages, removeMessage, sendMessage, updateMessage } from '../conversations/messages.ts';
import { findConversation } from '../conversations/service.ts';
import { type Body, readText, readTexts } from '../fields.ts';
import { listPage, readForm, type RestEnv } from './env.ts';
import { messageToJson } from './represent.ts';

export function createMessageRoutes(): Hono<RestEnv> {
  const app = new Hono<RestEnv>();

  app.get('/Conversations/:sid/Messages', (c) => {
    const { service } = c.var;
    const messages = listMessages(findConversation(service, c.req.param('sid')));
    const rows = c.req.query('Order') === 'desc' ? messages.reverse() : messages;
    return listPage(c, { key: 'messages', rows, toJson: (it) => messageToJson(service, it) });
  });

  app.post('/Conversations/:sid/Messages', async (c) => {
    const { service, hooks, actor } = c.var;
    const body = await readForm(c);
    const conversationSid = findConversation(service, c.req.param('sid')).row.sid;
    const fields = fieldsOf(body);
    const message = { ...fields, mediaSids: readTexts(body, 'MediaSid'), contentSid: readText(body, 'ContentSid') };
    const row = await hooks.aroundMessage({
      kind: 'Add',
      actor,
      conversationSid,
      fields: message,
      perform: (changed) => sendMessage(service, { actor, conversationSid, message: { ...message, ...changed } }),
    });
    return c.json(messageToJson(service, row), 201);
  });

  app.get('/Conversations/:sid/Messages/:messageSid', (c) => {
    const { service } = c.var;
    const { sid, messageSid } = c.req.param();
    return c.json(messageToJson(service, findMessage(findConversation(service, sid), messageSid)));
  });

  app.post('/Conversations/:sid/Messages/:messageSid', async (c) => {
    const { service, hooks, actor } = c.var;
    const { sid, messageSid } = c.req.param();
    const conversation = findConversation(service, sid);
    const conversationSid = conversation.row.sid;
    const fields = fieldsOf(await readForm(c));
    const row = await hooks.aroundMessage({
      kind: 'Update',
      actor,
      conversationSid,
      row: findMessage(conversation, messageSid),
      fields,
      perform: (changed) =>
        updateMessage(service, { actor, conversationSid, messageSid, fields: { ...fields, ...changed } }),
    });
    return c.json(messageToJson(service, row));
  });

  app.delete('/Conversations/:sid/Messages/:messageSid', async (c) => {
    const { service, hooks, actor } = c.var;
    const { sid, messageSid } = c.req.param();
    const conversation = findConversation(service, sid);
    const conversationSid = conversation.row.sid;
    await hooks.aroundMessage({
      kind: 'Remove',
      actor,
      conversationSid,
      row: findMessage(conversation, messageSid),
      fields: {},
      perform: () => removeMessage(service, { actor, conversationSid, messageSid }),
    });
    return c.body(null, 204);
  });

  app.get('/Conversations/:sid/Messages/:messageSid/Receipts', (c) => {
    const { service } = c.var;
    const { sid, messageSid } = c.req.param();
    findMessage(findConversation(service, sid), messageSid);
    return listPage(c, { key: 'delivery_receipts', rows: [], toJson: (it: object) => it });
  });
  return app;
}

function fieldsOf(body: Body) {
  return {
    body: readText(body, 'Body'),
    author: readText(body, 'Author'),
    attributes: readText(body, 'Attributes'),
    subject: readText(body, 'Subject'),
  };
}
