/** Groups that last as long as the process. */
import type { GroupStore, GroupStoreUser } from '../ports.ts';

export function createMemoryGroupStore(): GroupStore {
  const groupsByUser = new Map<string, Map<string, Uint8Array>>();
  const groupsOf = ({ appId, identity }: GroupStoreUser): Map<string, Uint8Array> => {
    const user = JSON.stringify([appId, identity]);
    const groups = groupsByUser.get(user) ?? new Map<string, Uint8Array>();
    groupsByUser.set(user, groups);
    return groups;
  };

  return {
    async load(user, sessionId) {
      return groupsOf(user).get(sessionId)?.slice();
    },
    async save(user, sessionId, value) {
      groupsOf(user).set(sessionId, value.slice());
    },
    async remove(user, sessionId) {
      return groupsOf(user).delete(sessionId);
    },
    async clear(user) {
      groupsOf(user).clear();
    },
  };
}
