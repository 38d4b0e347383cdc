/**
 * Under what a payload is encrypted: for each reader's key, or, in rooms of 33 to 100, for a group of the room. The readers are known before
 * the payload is written, since it names them.
 */
import type { Card } from '@sotto/core';
import type { RoomContext } from '../context.ts';
import { chatError } from '../errors.ts';
import type { ChatSession } from '../session.ts';
import type { PreparedAudience } from './prepared-audience.ts';
import type { Roster } from './roster.ts';
import { prepareGroup } from './room-group.ts';

/** Above it a message costs less through a group. */
const MAX_LISTED = 32;
const MAX_GROUP = 100;

/**
 * What to try, in this order: a group seals no long payloads, and there may be none at the moment.
 * @throws `chat/member-key-unusable`
 */
export async function* prepareAudiences(
  context: RoomContext,
  { cards }: Roster,
): AsyncGenerator<PreparedAudience, void> {
  const readers = [...cards, ...context.session.alsoFor];
  const identities = new Set([context.session.identity, ...readers.map(({ identity }) => identity)]);
  if (identities.size > MAX_LISTED && identities.size <= MAX_GROUP) {
    const group = await prepareGroup(context, readers);
    if (group) yield group;
  }
  yield await prepareEnvelope(context, readers);
}

async function prepareEnvelope({ session }: RoomContext, readers: readonly Card[]): Promise<PreparedAudience> {
  const prepared = await namingUnusable(session, readers, () => session.prepareEnvelope(readers));
  return {
    audience: { to: prepared.keyIds },
    seal: async (payload) => ({
      form: 'envelope',
      message: await namingUnusable(session, readers, () => prepared.seal(payload)),
    }),
  };
}

/** Finds out whose key it is that nothing can be encrypted for. */
async function namingUnusable<T>(session: ChatSession, readers: readonly Card[], task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (cause) {
    const members: string[] = [];
    for (const card of readers) {
      if (!(await isUsable(session, card))) members.push(card.identity);
    }
    if (members.length === 0) throw cause;
    throw chatError('chat/member-key-unusable', { details: { members }, cause });
  }
}

async function isUsable(session: ChatSession, card: Card): Promise<boolean> {
  try {
    await (await session.prepareEnvelope([card])).seal(new Uint8Array(1));
    return true;
  } catch {
    return false;
  }
}
