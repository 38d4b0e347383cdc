/** Where all of it is kept: in memory, or in a file with a folder of media beside it. */
import { type Blobs, createFolderBlobs, createMemoryBlobs } from './blobs.ts';
import { openJournal, readJournal, type Transaction } from './journal.ts';
import { lockFile } from './lock.ts';
import type { Change } from './rows.ts';
import { applyChange, createState, stateToChanges } from './state.ts';

export interface Storage {
  readonly blobs: Blobs;
  /** What an earlier run left of a service. */
  changesOf(serviceSid: string): readonly Change[];
  /** On disk, where there is one, when it returns. */
  write(transaction: Transaction): void;
  close(): void;
}

/** @throws EmulatorError `emulator/damaged-file`, `emulator/file-in-use` */
export function openStorage(file: string | undefined): Storage {
  if (file === undefined) {
    return { blobs: createMemoryBlobs(), changesOf: () => [], write: () => {}, close: () => {} };
  }
  const unlock = lockFile(file);
  try {
    return openFile(file, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function openFile(file: string, unlock: () => void): Storage {
  const changes = latestChanges(readJournal(file));
  const transactions = [...changes].flatMap(([serviceSid, rows]) =>
    rows.map((row) => ({ serviceSid, changes: [row] })),
  );
  const journal = openJournal(file, transactions);
  return {
    blobs: createFolderBlobs(`${file}.media`),
    changesOf: (serviceSid) => changes.get(serviceSid) ?? [],
    write: (transaction) => journal.append(transaction),
    close() {
      journal.close();
      unlock();
    },
  };
}

/** By service, without what was overwritten since. */
function latestChanges(transactions: readonly Transaction[]): Map<string, Change[]> {
  const states = new Map<string, ReturnType<typeof createState>>();
  for (const { serviceSid, changes } of transactions) {
    const state = states.get(serviceSid) ?? createState();
    states.set(serviceSid, state);
    for (const change of changes) applyChange(state, change);
  }
  return new Map([...states].map(([serviceSid, state]) => [serviceSid, stateToChanges(state)]));
}
