/**
 * Whom this device takes for members of a room. Who was there when it first saw the room is known, and whom its user accepted; who left
 * and comes back is a stranger again, since the list of members is the service's word alone.
 */
import type { ChatSession } from '../session.ts';
import { isRecord, loadKept, saveKept } from './kept-value.ts';
import type { StoreNames } from './names.ts';

/** `awaited`: accepted and not in the list yet. */
type Standing = 'present' | 'awaited' | 'left';

export interface Membership {
  /** Those of the list whom nobody accepted. */
  readonly unknown: readonly string[];
  /** All who were ever known, present or not. */
  readonly everKnown: readonly string[];
}

/** Takes note of the list of members as it is now. */
export async function noteMembers(
  session: ChatSession,
  names: StoreNames,
  identities: readonly string[],
): Promise<Membership> {
  return changeStandings(session, names, (kept) => {
    const present = new Set(identities);
    const standings = new Map<string, Standing>(kept ?? identities.map((identity) => [identity, 'present']));
    standings.set(session.identity, 'present');
    for (const [identity, standing] of standings) {
      if (present.has(identity) && standing === 'awaited') standings.set(identity, 'present');
      if (!present.has(identity) && standing === 'present') standings.set(identity, 'left');
    }
    const isKnown = (identity: string): boolean => (standings.get(identity) ?? 'left') !== 'left';
    return {
      standings,
      result: { unknown: identities.filter((one) => !isKnown(one)), everKnown: [...standings.keys()] },
    };
  });
}

export async function acceptMember(session: ChatSession, names: StoreNames, identity: string): Promise<void> {
  await changeStandings(session, names, (kept) => {
    const standings = new Map(kept);
    if (standings.get(identity) !== 'present') standings.set(identity, 'awaited');
    return { standings, result: undefined };
  });
}

async function changeStandings<T>(
  { store }: ChatSession,
  { members: name }: StoreNames,
  change: (kept: ReadonlyMap<string, Standing> | undefined) => {
    readonly standings: ReadonlyMap<string, Standing>;
    readonly result: T;
  },
): Promise<T> {
  return store.withLock(name, async () => {
    const kept = await loadKept(store, name, isMembersRecord);
    const { standings, result } = change(kept && new Map(kept.members));
    const record = { members: [...standings] };
    if (JSON.stringify(record) !== JSON.stringify(kept)) await saveKept(store, name, record);
    return result;
  });
}

function isMembersRecord(value: unknown): value is { readonly members: readonly (readonly [string, Standing])[] } {
  return isRecord(value) && Array.isArray(value.members) && value.members.every(isMember);
}

function isMember(value: unknown): boolean {
  return (
    Array.isArray(value) && typeof value[0] === 'string' && ['present', 'awaited', 'left'].includes(String(value[1]))
  );
}
