/** REST: users, and the roles that say what they may. */
import { Hono } from 'hono';
import { listJoined } from '../conversations/conversation.ts';
import { findMember } from '../conversations/roles.ts';
import { putRow } from '../conversations/service.ts';
import { countUnread } from '../conversations/horizon.ts';
import { createUser, findUser, updateUser } from '../conversations/users.ts';
import { TwilioRefusal } from '../errors.ts';
import { type Body, readText, readTexts } from '../fields.ts';
import { listPage, readForm, type RestEnv } from './env.ts';
import { ownerOf, roleToJson, urlOf, userToJson } from './represent.ts';

export function createUserRoutes(): Hono<RestEnv> {
  const app = new Hono<RestEnv>();

  app.get('/Users', (c) => {
    const { service } = c.var;
    const rows = [...service.state.users.values()];
    return listPage(c, { key: 'users', rows, toJson: (it) => userToJson(service, it) });
  });

  app.post('/Users', async (c) => {
    const { service } = c.var;
    const body = await readForm(c);
    const user = createUser(service, { ...fieldsOf(body), identity: readText(body, 'Identity') ?? '' });
    return c.json(userToJson(service, user), 201);
  });

  app.get('/Users/:user', (c) => {
    const { service } = c.var;
    return c.json(userToJson(service, findUser(service, c.req.param('user'))));
  });

  app.post('/Users/:user', async (c) => {
    const { service, hooks, actor } = c.var;
    const user = findUser(service, c.req.param('user'));
    const updated = await hooks.aroundUser({
      actor,
      row: user,
      fields: fieldsOf(await readForm(c)),
      perform: (fields) => updateUser(service, { actor, user, fields }),
    });
    return c.json(userToJson(service, updated));
  });

  app.get('/Users/:user/Conversations', (c) => {
    const { service } = c.var;
    const user = findUser(service, c.req.param('user'));
    const rows = listJoined(service, user.identity);
    return listPage(c, {
      key: 'conversations',
      rows,
      toJson: (conversation) => {
        const { row } = conversation;
        const member = findMember(conversation, user.identity)!;
        return {
          ...ownerOf(service),
          conversation_sid: row.sid,
          user_sid: user.sid,
          participant_sid: member.sid,
          friendly_name: row.friendlyName,
          unique_name: row.uniqueName,
          attributes: row.attributes,
          created_by: row.createdBy,
          conversation_state: row.state,
          notification_level: member.notificationLevel,
          last_read_message_index: member.lastReadIndex,
          unread_messages_count: countUnread(conversation, member),
          date_created: row.dateCreated,
          date_updated: row.dateUpdated,
          timers: {},
          url: urlOf(service, `Users/${user.sid}/Conversations/${row.sid}`),
          links: {},
        };
      },
    });
  });

  app.get('/Roles', (c) => {
    const { service } = c.var;
    const rows = [...service.state.roles.values()];
    return listPage(c, { key: 'roles', rows, toJson: (it) => roleToJson(service, it) });
  });

  app.get('/Roles/:sid', (c) => {
    const role = c.var.service.state.roles.get(c.req.param('sid'));
    if (!role) throw new TwilioRefusal(20404);
    return c.json(roleToJson(c.var.service, role));
  });

  app.post('/Roles/:sid', async (c) => {
    const { service } = c.var;
    const role = service.state.roles.get(c.req.param('sid'));
    if (!role) throw new TwilioRefusal(20404);
    const permissions = readTexts(await readForm(c), 'Permission') ?? role.permissions;
    putRow(service, 'role', { ...role, permissions });
    return c.json(roleToJson(service, service.state.roles.get(role.sid)!));
  });
  return app;
}

function fieldsOf(body: Body) {
  return {
    friendlyName: readText(body, 'FriendlyName'),
    attributes: readText(body, 'Attributes'),
    roleSid: readText(body, 'RoleSid'),
  };
}
