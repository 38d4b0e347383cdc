/** What a chat keeps on the device for its user: in the key store, where it is encrypted, since it says who talks where. */
import type { Session } from '../session.ts';

/** Small values by name. A write is on disk when its promise resolves. @throws `storage/*` */
export interface ChatStore {
  load(name: string): Promise<Uint8Array | undefined>;
  save(name: string, value: Uint8Array): Promise<void>;
  /** Whether there was one. */
  remove(name: string): Promise<boolean>;
  /** Runs `task` while no other tab or process of this user runs one under this name. */
  withLock<T>(name: string, task: () => Promise<T>): Promise<T>;
}

type StoreOf = Pick<Session, 'appId' | 'identity' | 'keyStore'>;

export function createChatStore({ keyStore, ...user }: StoreOf): ChatStore {
  const nameOf = (name: string): string => `${prefixOf(user)}${JSON.stringify(name)}]`;
  return {
    load: async (name) => (await keyStore.load(nameOf(name)))?.value,
    async save(name, value) {
      await keyStore.save(nameOf(name), value);
    },
    remove: (name) => keyStore.remove(nameOf(name)),
    withLock: (name, task) => keyStore.withLock(nameOf(name), task),
  };
}

/** Forgets what chats have kept for this user. */
export async function clearChatStore({ keyStore, ...user }: StoreOf): Promise<void> {
  for (const { name } of await keyStore.list()) {
    if (name.startsWith(prefixOf(user))) await keyStore.remove(name);
  }
}

function prefixOf({ appId, identity }: Omit<StoreOf, 'keyStore'>): string {
  return `${JSON.stringify(['chat', appId, identity]).slice(0, -1)},`;
}
