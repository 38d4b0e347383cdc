/** Calls about who is in a conversation. */
import { Hono } from 'hono';
import {
  addParticipant,
  findParticipant,
  removeParticipant,
  updateParticipant,
} from '../conversations/participants.ts';
import { findConversation } from '../conversations/service.ts';
import { readObject, readText } from '../fields.ts';
import { actorOf, originOf, readBody, type TunnelEnv } from './env.ts';
import { participantToJson } from './represent.ts';

export function createParticipantRoutes(): Hono<TunnelEnv> {
  const app = new Hono<TunnelEnv>();

  app.post('/Conversations/:sid/Participants', async (c) => {
    const { service, hooks } = c.env;
    const actor = actorOf(c);
    const body = await readBody(c);
    const binding = readObject(body, 'messaging_binding');
    const participant = {
      identity: readText(body, 'identity'),
      attributes: readText(body, 'attributes'),
      binding: binding && {
        address: readText(binding, 'address') ?? '',
        proxyAddress: readText(binding, 'proxy_address'),
      },
    };
    const conversationSid = c.req.param('sid');
    const { row: conversation } = findConversation(service, conversationSid);
    const row = await hooks.aroundParticipant({
      kind: 'Add',
      actor,
      conversation,
      participant,
      perform: () => addParticipant(service, { actor, conversationSid, participant }),
    });
    return c.json(participantToJson(row, originOf(c)), 201);
  });

  app.post('/Conversations/:sid/Participants/:participant', async (c) => {
    const { service, hooks } = c.env;
    const actor = actorOf(c);
    const attributes = readText(await readBody(c), 'attributes');
    const { sid: conversationSid, participant } = c.req.param();
    const conversation = findConversation(service, conversationSid);
    const former = findParticipant(conversation, participant);
    const row = await hooks.aroundParticipant({
      kind: 'Update',
      actor,
      conversation: conversation.row,
      participant: { ...former, attributes: attributes ?? former.attributes },
      perform: () => updateParticipant(service, { actor, conversationSid, participant, fields: { attributes } }),
    });
    return c.json(participantToJson(row, originOf(c)));
  });

  app.delete('/Conversations/:sid/Participants/:participant', async (c) => {
    const { service, hooks } = c.env;
    const actor = actorOf(c);
    const { sid: conversationSid, participant } = c.req.param();
    const conversation = findConversation(service, conversationSid);
    await hooks.aroundParticipant({
      kind: 'Remove',
      actor,
      conversation: conversation.row,
      participant: findParticipant(conversation, participant),
      perform: () => removeParticipant(service, { actor, conversationSid, participant }),
    });
    return c.body(null, 204);
  });
  return app;
}
