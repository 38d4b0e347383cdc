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

/** The services at which something of this kind was seen by a user: their addresses. */
export async function listSeenAt(
  cache: CardCache,
  kind: string,
  user: { readonly appId: string; readonly identity: string },
): Promise<string[]> {
  const places = (await cache.list()).flatMap((name) => {
    if (!name.startsWith(`${JSON.stringify([kind]).slice(0, -1)},`)) return [];
    const [, apiUrl, appId, identity] = JSON.parse(name) as readonly string[];
    return appId === user.appId && identity === user.identity ? [apiUrl!] : [];
  });
  return [...new Set(places)];
}
