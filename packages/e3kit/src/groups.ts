/** Groups as `EThree` offers them: one piece that is loaded with the first call. */
import type { Card } from '@sotto/core';
import { groupIdToSessionId } from '@sotto/core/group';
import { type Data, dataToBytes } from './data.ts';
import { MissingPrivateKeyError } from './errors.ts';
import { createGroup } from './group/create.ts';
import { Group, type GroupCallOptions } from './group/group.ts';
import { fetchGroup } from './group/load.ts';
import { loadLocalGroup, removeLocalGroup, saveLocalGroup } from './group/local-groups.ts';
import { cardsByIdentity, type GroupMembers, requireCard } from './group/participants.ts';
import type { GroupState } from './group/state.ts';
import { pathOf } from './group/tickets.ts';
import { resetKeyknoxPath } from './keyknox.ts';
import type { Session } from './session.ts';

export interface Groups {
  create(groupId: Data, members?: GroupMembers, options?: GroupCallOptions): Promise<Group>;
  load(groupId: Data, initiator: Card, options?: GroupCallOptions): Promise<Group>;
  get(groupId: Data): Promise<Group | null>;
  delete(groupId: Data, options?: GroupCallOptions): Promise<void>;
}

export function openGroups(session: Session, toBytes: (bytes: Uint8Array) => Uint8Array): Groups {
  const keep = async (state: GroupState): Promise<Group> => {
    await saveLocalGroup(session, state);
    return new Group(session, state, toBytes);
  };

  return {
    async create(groupId, members, { signal } = {}) {
      const sessionId = toSessionId(groupId);
      const cards = cardsByIdentity(members);
      await requirePrivateKey(session);
      return keep(await createGroup(session, { sessionId, cards, signal }));
    },

    async load(groupId, initiator, { signal } = {}) {
      const sessionId = toSessionId(groupId);
      requireCard(initiator);
      await requirePrivateKey(session);
      return keep(await fetchGroup(session, { sessionId, initiator, signal }));
    },

    async get(groupId) {
      const state = await loadLocalGroup(session, toSessionId(groupId));
      return state ? new Group(session, state, toBytes) : null;
    },

    async delete(groupId, { signal } = {}) {
      const sessionId = toSessionId(groupId);
      await resetKeyknoxPath(session.service, pathOf(sessionId), { signal });
      await removeLocalGroup(session, sessionId);
    },
  };
}

function toSessionId(groupId: Data): Uint8Array {
  return groupIdToSessionId(dataToBytes(groupId, 'utf8'));
}

async function requirePrivateKey(session: Session): Promise<void> {
  if (!(await session.keys.get()).current) throw new MissingPrivateKeyError();
}
