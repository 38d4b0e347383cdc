/** Where the card cache keeps what one user has seen: by what it is, whose it is, and its name. */
import type { CardCache } from './ports.ts';

export interface SeenFacts {
  nameOf(name: string): string;
  /** Forgets all of this kind. */
  clear(): Promise<void>;
}

/** @param scope service, application, identity */
export function createSeenFacts(cache: CardCache, kind: string, scope: readonly string[]): SeenFacts {
  const prefix = `${JSON.stringify([kind, ...scope]).slice(0, -1)},`;
  return {
    nameOf: (name) => JSON.stringify([kind, ...scope, name]),
    async clear() {
      for (const name of await cache.list()) if (name.startsWith(prefix)) await cache.remove(name);
    },
  };
}
