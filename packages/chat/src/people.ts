/** Whom a room has looked up: their cards for a minute, and whose key is whose for as long as the room is open. */
import { bytesToBase64Url, type Card } from '@sotto/core';
import type { ChatSession, Person } from './session.ts';

export interface People {
  /** As `ChatSession.findPeople`, asking again about nobody for a minute. */
  find(identities: readonly string[]): Promise<ReadonlyMap<string, Person>>;
  /** As `find`, without what was found before. */
  findFresh(
    identities: readonly string[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<ReadonlyMap<string, Person>>;
  /** Whose key it is, among all who were ever found. */
  readonly ownerOf: (keyId: string) => string | undefined;
  /** After keys have changed. */
  forget(): void;
}

const MAX_AGE_MS = 60_000;

export function createPeople(session: ChatSession): People {
  const found = new Map<string, { readonly person: Person; readonly at: number }>();
  const owners = new Map<string, string>();

  const findFresh: People['findFresh'] = async (identities, options) => {
    if (identities.length === 0) return new Map();
    const people = await session.findPeople(identities, options);
    const at = session.clock();
    for (const [identity, person] of people) {
      found.set(identity, { person, at });
      for (const keyId of keyIdsOf(person.card)) owners.set(keyId, identity);
    }
    return people;
  };

  return {
    findFresh,
    async find(identities) {
      const oldest = session.clock() - MAX_AGE_MS;
      const isFresh = (identity: string): boolean => (found.get(identity)?.at ?? Number.NEGATIVE_INFINITY) > oldest;
      const wanted = [...new Set(identities)];
      await findFresh(wanted.filter((identity) => !isFresh(identity)));
      return new Map(
        wanted.flatMap((identity) => (isFresh(identity) ? [[identity, found.get(identity)!.person]] : [])),
      );
    },
    ownerOf: (keyId) => owners.get(keyId),
    forget: () => found.clear(),
  };
}

/** Of a card and of those before it, in both forms in which messages name keys. */
function keyIdsOf(head: Card): string[] {
  const keyIds: string[] = [];
  for (let card: Card | undefined = head; card; card = card.previousCard) {
    keyIds.push(bytesToBase64Url(card.publicKey.identifier), bytesToBase64Url(card.publicKey.identifierSha256));
  }
  return keyIds;
}
