/** The group store of a Node program: one file per group, named by a hash of the user and by the group's session id. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { GroupStore, GroupStoreUser } from '../ports.ts';
import { isMissing } from './node-atomic-write.ts';
import { openStoreRoot } from './node-encrypted-store.ts';
import { toStorageError } from './node-errors.ts';
import type { NodeFolder } from './node-folder.ts';

export interface FileGroupStoreOptions {
  /** Made with mode 0700 when the first group is saved; its parent must exist. */
  readonly directory: string;
  /** How long to wait for another writer: 60,000 by default. */
  readonly lockTimeoutMs?: number | undefined;
}

export function createFileGroupStore({ directory, lockTimeoutMs }: FileGroupStoreOptions): GroupStore {
  const open = async (): Promise<NodeFolder> => (await openStoreRoot(directory, lockTimeoutMs)).root;
  /** An app without groups gets no folder for them, by signing out either. */
  const openIfThere = async (): Promise<NodeFolder | undefined> => {
    try {
      await stat(directory);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw toStorageError(error, directory);
    }
    return open();
  };

  return {
    async load(user, sessionId) {
      return (await openIfThere())?.read(toFileName(user, sessionId));
    },
    async save(user, sessionId, value) {
      const files = new Map([[toFileName(user, sessionId), value.slice()]]); // the caller may change its bytes while we wait
      await (await open()).replace(files);
    },
    async remove(user, sessionId) {
      return (await (await openIfThere())?.remove(toFileName(user, sessionId))) ?? false;
    },
    async clear(user) {
      const folder = await openIfThere();
      const prefix = toFileName(user, '');
      for (const file of (await folder?.list()) ?? []) if (file.startsWith(prefix)) await folder!.remove(file);
    },
  };
}

/** Hashed, as file systems fold, forbid and shorten names. */
function toFileName({ appId, identity }: GroupStoreUser, sessionId: string): string {
  const user = createHash('sha256').update(JSON.stringify([appId, identity]));
  return `${user.digest('hex').slice(0, 32)}-${sessionId}`;
}
