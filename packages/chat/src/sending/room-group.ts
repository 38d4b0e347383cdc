/**
 * The group of a room. Only its initiator could change it, so that it is left for a new one when the members change: whoever sends first
 * makes it, and names the one that it replaces. Source: docs/spec/chat.md §4.
 */
import { bytesToBase64Url, type Card } from '@sotto/core';
import type { RoomGroupName } from '@sotto/core/chat';
import type { RoomContext } from '../context.ts';
import { loadGroupRecord, noteGroup } from '../kept/group-record.ts';
import type { RoomGroup } from '../session.ts';
import type { PreparedAudience } from './prepared-audience.ts';

/** That of the members as they are now; undefined while none can be made, such as during an outage. */
export async function prepareGroup(
  context: RoomContext,
  readers: readonly Card[],
): Promise<PreparedAudience | undefined> {
  const { session } = context;
  const kept = await loadGroupRecord(context);
  try {
    const current = kept && (await loadMatching(context, kept, readers));
    if (current) return toAudience(current, kept, undefined);
    const name = { initiator: session.identity, nonce: bytesToBase64Url(session.provider.randomBytes(16)) };
    const made = await context.groups.create(name, readers);
    await noteGroup(context, { ...name, session: bytesToBase64Url(made.sessionId), index: kept?.index ?? -1 });
    return toAudience(made, name, kept?.session);
  } catch {
    return undefined; // each message for each reader, until it can be mended
  }
}

async function loadMatching(
  { session, groups }: RoomContext,
  name: RoomGroupName,
  readers: readonly Card[],
): Promise<RoomGroup | undefined> {
  try {
    const group = await groups.load(name);
    const wanted = new Set([session.identity, ...readers.map(({ identity }) => identity)]);
    const isSame = group.participants.length === wanted.size && group.participants.every((one) => wanted.has(one));
    return isSame ? group : undefined;
  } catch {
    return undefined; // gone, or this user was left out: a new one
  }
}

function toAudience(
  group: RoomGroup,
  { initiator, nonce }: RoomGroupName,
  after: string | undefined,
): PreparedAudience {
  return {
    audience: { group: { session: bytesToBase64Url(group.sessionId), after } },
    seal: async (payload) => ({ form: 'group', initiator, nonce, message: await group.encrypt(payload) }),
  };
}
