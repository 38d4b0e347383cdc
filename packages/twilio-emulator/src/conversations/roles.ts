/** Who may do what, by the roles of the service. The REST API may do all. */
import { TwilioRefusal } from '../errors.ts';
import { deriveSid } from '../sid.ts';
import type { ParticipantRow } from '../state/rows.ts';
import type { ConversationState } from '../state/state.ts';
import type { RoleName } from './default-roles.ts';
import type { ChatService } from './service.ts';

/** On whose behalf something is done. What the REST API does is told to webhooks only where it asks for that. */
export type Actor =
  | { readonly kind: 'user'; readonly identity: string }
  | { readonly kind: 'api'; readonly isToldToWebhooks?: boolean };

export const API: Actor = { kind: 'api' };

export function roleSidOf(service: ChatService, friendlyName: RoleName): string {
  return deriveSid('RL', `${service.account.serviceSid} ${friendlyName}`);
}

/** The participant that an actor is, or undefined for the REST API. @throws TwilioRefusal 50430 */
export function requireMember(conversation: ConversationState, actor: Actor): ParticipantRow | undefined {
  if (actor.kind === 'api') return undefined;
  const member = findMember(conversation, actor.identity);
  if (!member) throw new TwilioRefusal(50430);
  return member;
}

export function findMember({ participants }: ConversationState, identity: string): ParticipantRow | undefined {
  return [...participants.values()].find((row) => !row.isRemoved && row.identity === identity);
}

/** Whether the actor's role in the conversation, or in the service, has one of these permissions. */
export function may(
  service: ChatService,
  { actor, conversation }: { readonly actor: Actor; readonly conversation?: ConversationState },
  ...permissions: readonly string[]
): boolean {
  if (actor.kind === 'api') return true;
  const { roles, users } = service.state;
  const member = conversation && findMember(conversation, actor.identity);
  const roleSids = [member?.roleSid, users.get(actor.identity)?.roleSid];
  const granted = roleSids.flatMap((sid) => (sid === undefined ? [] : (roles.get(sid)?.permissions ?? [])));
  return permissions.some((permission) => granted.includes(permission));
}

/** @throws TwilioRefusal 50107 */
export function requirePermission(
  service: ChatService,
  by: { readonly actor: Actor; readonly conversation?: ConversationState },
  ...permissions: readonly string[]
): void {
  if (!may(service, by, ...permissions)) throw new TwilioRefusal(50107);
}
