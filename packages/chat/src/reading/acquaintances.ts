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
  /** How often they have changed, and how often they had when they were last looked up. */
  let changes = 0;
  let metAt = -1;

  const meetMembers = async (): Promise<void> => {
    const at = changes; // who comes while they are looked up is looked up the next time
    const all = await transport.members();
    const present = all.flatMap(({ identity, canDecrypt }) => (canDecrypt && identity !== null ? identity : []));
    const { everKnown } = await noteMembers(session, names, present);
    const ever = new Set([session.identity, ...present, ...everKnown]);
    await people.find([...ever]);
    members = ever;
    metAt = at;
  };

  return {
    known: {
      ownerOf: people.ownerOf,
      isMember: (identity) => !members || (identity !== undefined && members.has(identity)),
    },
    async meet(authors) {
      try {
        if (metAt !== changes) await meetMembers();
        await people.find(authors.filter((author) => author !== null));
      } catch {
        // Messages say themselves what they lack.
      }
    },
    forget() {
      changes++;
    },
  };
}
