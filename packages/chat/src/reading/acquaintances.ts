/** Who is known in a room: its members of now and of before, and their keys. Looked up at once, and not by each message. */
import type { RoomContext } from '../context.ts';
import { noteMembers } from '../kept/members-record.ts';
import type { KnownKeys } from './readers.ts';

export interface Acquaintances {
  readonly known: KnownKeys;
  /** Before messages of these authors are opened. */
  meet(authors: readonly (string | null)[]): Promise<void>;
  /** Who takes part has changed, or somebody's key. */
  readonly forget: () => void;
}

export function createAcquaintances({ session, transport, people, names }: RoomContext): Acquaintances {
  let members: ReadonlySet<string> | undefined;
  let isStale = true;

  const meetMembers = async (): Promise<void> => {
    const all = await transport.members();
    const present = all.flatMap(({ identity, canDecrypt }) => (canDecrypt && identity !== null ? identity : []));
    const { everKnown } = await noteMembers(session, names, present);
    const ever = new Set([session.identity, ...present, ...everKnown]);
    await people.find([...ever]);
    members = ever;
    isStale = false;
  };

  return {
    known: {
      ownerOf: people.ownerOf,
      isMember: (identity) => !members || (identity !== undefined && members.has(identity)),
    },
    async meet(authors) {
      try {
        if (isStale) await meetMembers();
        await people.find(authors.filter((author) => author !== null));
      } catch {
        // Messages say themselves what they lack.
      }
    },
    forget() {
      isStale = true;
    },
  };
}
