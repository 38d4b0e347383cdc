/** Who gets a message: each member of the room must be able to read it, and be known here, or be left out by name. Nothing is sent before. */
import type { Card } from '@sotto/core';
import type { RoomContext } from '../context.ts';
import { type ChatErrorCode, chatError } from '../errors.ts';
import { acceptMember, noteMembers } from '../kept/members-record.ts';
import type { RoomMember, SendOptions } from '../room.ts';
import type { Person } from '../session.ts';
import type { TransportMember } from '../transport.ts';

export interface Roster {
  /** Of all who get it, without oneself and the standing extra readers. */
  readonly cards: readonly Card[];
  /** Names of those who do not, sorted. */
  readonly leftOut: readonly string[];
}

/**
 * @throws `chat/member-cannot-decrypt`, `chat/unknown-member`, `chat/member-without-card`, `chat/key-not-accepted`, each with
 *   `details.members`, and what the transport and the session throw
 */
export async function resolveRoster(
  context: RoomContext,
  { leaveOut = [], signal }: Pick<SendOptions, 'leaveOut' | 'signal'>,
): Promise<Roster> {
  const { session, people } = context;
  const { all, unknown } = await listMembers(context);
  const others = all.filter(({ identity }) => identity !== session.identity);
  const omitted = new Set(leaveOut);
  const isAsked = (member: TransportMember): boolean => !omitted.has(nameOf(member));

  refuse('chat/member-cannot-decrypt', others.filter((member) => isAsked(member) && !isAble(member)).map(nameOf));
  for (const identity of unknown.filter((one) => !omitted.has(one))) {
    const decision = await context.onUnknownMember({ identity });
    if (decision === 'include') await acceptMember(session, context.names, identity);
    if (decision === 'leave-out') omitted.add(identity);
    if (decision === 'stop')
      refuse(
        'chat/unknown-member',
        unknown.filter((one) => !omitted.has(one)),
      );
  }
  const wanted = identitiesOf(others.filter(isAsked));
  const found = await people.findFresh(wanted, { signal });
  refuse(
    'chat/member-without-card',
    wanted.filter((identity) => !found.has(identity)),
  );
  refuse(
    'chat/key-not-accepted',
    wanted.filter((identity) => !found.get(identity)!.isAccepted),
  );
  return {
    cards: wanted.map((identity) => found.get(identity)!.card),
    leftOut: [...new Set(others.filter((member) => !isAsked(member)).map(nameOf))].sort(),
  };
}

/** Who takes part now, of which note is taken, and who of them is not known. */
export async function listMembers({
  transport,
  session,
  names,
}: RoomContext): Promise<{ readonly all: readonly TransportMember[]; readonly unknown: readonly string[] }> {
  const all = await transport.members();
  const { unknown } = await noteMembers(session, names, identitiesOf(all));
  return { all, unknown };
}

/** All members, each with what would keep a message from being sent. */
export async function describeMembers(context: RoomContext): Promise<readonly RoomMember[]> {
  const { all, unknown } = await listMembers(context);
  const found = await findEach(context, identitiesOf(all));
  return all.map((member) => {
    const { ref, identity } = member;
    const person = found.people.get(identity ?? '');
    const isSelf = identity === context.session.identity;
    return { ref, identity, state: isSelf ? 'ready' : stateOf(), isVerified: !isSelf && (person?.isVerified ?? false) };

    function stateOf(): RoomMember['state'] {
      if (!isAble(member)) return 'cannot-decrypt';
      if (unknown.includes(identity ?? '')) return 'unknown';
      if (!person) return found.unavailable.has(identity ?? '') ? 'unavailable' : 'without-card';
      return person.isAccepted ? 'ready' : 'key-not-accepted';
    }
  });
}

/** While the service is away, those who can be found without it. */
async function findEach(
  { people }: RoomContext,
  identities: readonly string[],
): Promise<{ readonly people: ReadonlyMap<string, Person>; readonly unavailable: ReadonlySet<string> }> {
  const unavailable = new Set<string>();
  try {
    return { people: await people.find(identities), unavailable };
  } catch {
    const found = new Map<string, Person>();
    const findOne = async (identity: string): Promise<void> => {
      try {
        for (const [name, person] of await people.find([identity])) found.set(name, person);
      } catch {
        unavailable.add(identity);
      }
    };
    await Promise.all(identities.map(findOne));
    return { people: found, unavailable };
  }
}

/** By which a caller names a member: one without an identity has a ref alone. */
function nameOf({ identity, ref }: TransportMember): string {
  return identity ?? ref;
}

function isAble({ identity, canDecrypt }: TransportMember): boolean {
  return canDecrypt && identity !== null;
}

function identitiesOf(members: readonly TransportMember[]): string[] {
  return [...new Set(members.filter(isAble).map(nameOf))];
}

function refuse(code: ChatErrorCode, members: readonly string[]): void {
  if (members.length > 0) throw chatError(code, { details: { members } });
}
