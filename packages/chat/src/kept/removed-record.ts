/** Which messages of a room this device was told had been removed: that they are not there any more is no news, also after a restart. */
import type { ChatStore } from '../session.ts';
import { loadKept, saveKept } from './kept-value.ts';
import type { StoreNames } from './names.ts';

export interface RemovedRecord {
  /** Their indexes. */
  readonly indexes: ReadonlySet<number>;
  add(index: number): void;
  /** Writes what is new; on disk when it resolves. */
  readonly flush: () => Promise<void>;
}

/** The newest ones are kept. */
const MAX_INDEXES = 10_000;

export async function loadRemoved(store: ChatStore, { removed: name }: StoreNames): Promise<RemovedRecord> {
  const load = async (): Promise<readonly number[]> => (await loadKept(store, name, isIndexes)) ?? [];
  const indexes = new Set(await load());
  let isChanged = false;
  return {
    indexes,
    add(index) {
      if (indexes.has(index)) return;
      indexes.add(index);
      isChanged = true;
    },
    async flush() {
      if (!isChanged) return;
      isChanged = false;
      try {
        await store.withLock(name, async () => {
          for (const index of await load()) indexes.add(index); // another tab may have added to it
          await saveKept(store, name, [...indexes].sort((a, b) => a - b).slice(-MAX_INDEXES));
        });
      } catch (error) {
        isChanged = true;
        throw error;
      }
    },
  };
}

function isIndexes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((index) => Number.isSafeInteger(index) && index >= 0);
}
