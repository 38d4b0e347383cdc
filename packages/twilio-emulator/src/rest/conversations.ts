/** REST: conversations and their participants. */
import { Hono } from 'hono';
import {
  createConversation,
  listConversations,
  removeConversation,
  updateConversation,
} from '../conversations/conversation.ts';
import {
  addParticipant,
  findParticipant,
  listParticipants,
  removeParticipant,
  updateParticipant,
} from '../conversations/participants.ts';
import { findConversation } from '../conversations/service.ts';
import { type Body, readChoice, readIndexOrNull, readText } from '../fields.ts';
import { listPage, readForm, type RestEnv } from './env.ts';
import { conversationToJson, participantToJson } from './represent.ts';

export function createConversationRoutes(): Hono<RestEnv> {
  const app = new Hono<RestEnv>();

  app.get('/Conversations', (c) => {
    const { service } = c.var;
    const rows = listConversations(service);
    return listPage(c, { key: 'conversations', rows, toJson: (it) => conversationToJson(service, it) });
  });

  app.post('/Conversations', async (c) => {
    const { service, hooks, actor } = c.var;
    const conversation = await hooks.aroundConversation({
      kind: 'Add',
      actor,
      fields: fieldsOf(await readForm(c)),
      perform: (fields) => createConversation(service, { actor, fields }),
    });
    return c.json(conversationToJson(service, conversation), 201);
  });

  app.get('/Conversations/:sid', (c) => {
    const { service } = c.var;
    return c.json(conversationToJson(service, findConversation(service, c.req.param('sid'))));
  });

  app.post('/Conversations/:sid', async (c) => {
    const { service, hooks, actor } = c.var;
    const { row } = findConversation(service, c.req.param('sid'));
    const conversation = await hooks.aroundConversation({
      kind: 'Update',
      actor,
      row,
      fields: fieldsOf(await readForm(c)),
      perform: (fields) => updateConversation(service, { actor, sid: row.sid, fields }),
    });
    return c.json(conversationToJson(service, conversation));
  });

  app.delete('/Conversations/:sid', async (c) => {
    const { service, hooks, actor } = c.var;
    const conversation = findConversation(service, c.req.param('sid'));
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

  app.get('/Conversations/:sid/Participants', (c) => {
    const { service } = c.var;
    const rows = listParticipants(findConversation(service, c.req.param('sid')));
    return listPage(c, { key: 'participants', rows, toJson: (it) => participantToJson(service, it) });
  });

  app.post('/Conversations/:sid/Participants', async (c) => {
    const { service, hooks, actor } = c.var;
    const body = await readForm(c);
    const address = readText(body, 'MessagingBinding.Address');
    const participant = {
      identity: readText(body, 'Identity'),
      attributes: readText(body, 'Attributes'),
      roleSid: readText(body, 'RoleSid'),
      binding:
        address === undefined ? undefined : { address, proxyAddress: readText(body, 'MessagingBinding.ProxyAddress') },
    };
    const conversation = findConversation(service, c.req.param('sid')).row;
    const row = await hooks.aroundParticipant({
      kind: 'Add',
      actor,
      conversation,
      participant,
      perform: () => addParticipant(service, { actor, conversationSid: conversation.sid, participant }),
    });
    return c.json(participantToJson(service, row), 201);
  });

  app.get('/Conversations/:sid/Participants/:participant', (c) => {
    const { service } = c.var;
    const { sid, participant } = c.req.param();
    return c.json(participantToJson(service, findParticipant(findConversation(service, sid), participant)));
  });

  app.post('/Conversations/:sid/Participants/:participant', async (c) => {
    const { service, hooks, actor } = c.var;
    const body = await readForm(c);
    const { sid, participant } = c.req.param();
    const conversation = findConversation(service, sid);
    const fields = {
      attributes: readText(body, 'Attributes'),
      roleSid: readText(body, 'RoleSid'),
      lastReadIndex: readIndexOrNull(body, 'LastReadMessageIndex'),
    };
    const row = await hooks.aroundParticipant({
      kind: 'Update',
      actor,
      conversation: conversation.row,
      participant: findParticipant(conversation, participant),
      perform: () => updateParticipant(service, { actor, conversationSid: conversation.row.sid, participant, fields }),
    });
    return c.json(participantToJson(service, row));
  });

  app.delete('/Conversations/:sid/Participants/:participant', async (c) => {
    const { service, hooks, actor } = c.var;
    const { sid, participant } = c.req.param();
    const conversation = findConversation(service, sid);
    await hooks.aroundParticipant({
      kind: 'Remove',
      actor,
      conversation: conversation.row,
      participant: findParticipant(conversation, participant),
      perform: () => removeParticipant(service, { actor, conversationSid: conversation.row.sid, participant }),
    });
    return c.body(null, 204);
  });
  return app;
}

function fieldsOf(body: Body) {
  return {
    friendlyName: readText(body, 'FriendlyName'),
    uniqueName: readText(body, 'UniqueName'),
    attributes: readText(body, 'Attributes'),
    state: readChoice(body, 'State', ['active', 'inactive', 'closed']),
  };
}
