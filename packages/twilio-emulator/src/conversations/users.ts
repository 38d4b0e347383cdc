/** Users: made when a token or a conversation first names them. */
import { TwilioRefusal } from '../errors.ts';
import type { UserRow } from '../state/rows.ts';
import { checkAttributes, checkIdentity, checkName } from './check.ts';
import { type Actor, requirePermission, roleSidOf } from './roles.ts';
import { type ChatService, putRow } from './service.ts';

export interface UserFields {
  readonly friendlyName?: string | null | undefined;
  readonly attributes?: string | undefined;
  readonly roleSid?: string | undefined;
}

/** The user, made if there is none by that name. */
export function ensureUser(service: ChatService, identity: string): UserRow {
  return service.state.users.get(identity) ?? createUser(service, { identity });
}

export function createUser(service: ChatService, fields: UserFields & { readonly identity: string }): UserRow {
  const { identity, friendlyName = null, attributes = '{}', roleSid = roleSidOf(service, 'service user') } = fields;
  checkIdentity(service, identity);
  checkUserFields(service, fields);
  if (service.state.users.has(identity)) throw new TwilioRefusal(50201);
  const now = service.now();
  const sid = service.createSid('US');
  const row = { sid, identity, friendlyName, attributes, roleSid, isOnline: false, dateCreated: now, dateUpdated: now };
  putRow(service, 'user', row);
  return service.state.users.get(identity)!;
}

/** By SID or identity. @throws TwilioRefusal 20404 */
export function findUser(service: ChatService, sidOrIdentity: string): UserRow {
  const { users } = service.state;
  const user = users.get(sidOrIdentity) ?? [...users.values()].find(({ sid }) => sid === sidOrIdentity);
  if (!user) throw new TwilioRefusal(20404);
  return user;
}

/** @throws TwilioRefusal 50107 */
export function updateUser(
  service: ChatService,
  options: { readonly actor: Actor; readonly user: UserRow; readonly fields: UserFields },
): UserRow {
  const { actor, user, fields } = options;
  const isOwn = actor.kind === 'user' && actor.identity === user.identity;
  requirePermission(service, { actor }, ...(isOwn ? ['editOwnUserInfo', 'editAnyUserInfo'] : ['editAnyUserInfo']));
  checkUserFields(service, fields);
  const { friendlyName = user.friendlyName, attributes = user.attributes, roleSid = user.roleSid } = fields;
  putRow(service, 'user', { ...user, friendlyName, attributes, roleSid, dateUpdated: service.now() });
  return service.state.users.get(user.identity)!;
}

/** Shown to others where the service has reachability switched on. */
export function setOnline(service: ChatService, identity: string, isOnline: boolean): void {
  const user = ensureUser(service, identity);
  if (!service.state.settings?.isReachabilityEnabled || user.isOnline === isOnline) return;
  putRow(service, 'user', { ...user, isOnline });
}

function checkUserFields(service: ChatService, { friendlyName, attributes, roleSid }: UserFields): void {
  checkName(service, friendlyName, 'friendly name');
  checkAttributes(attributes, service.limits.userAttributesBytes);
  if (roleSid !== undefined && !service.state.roles.has(roleSid)) throw new TwilioRefusal(20001, 'role');
}
