/** What all parts of an open room share. */
import type { RoomGroups } from './groups.ts';
import type { StoreNames } from './kept/names.ts';
import type { People } from './people.ts';
import type { MemberDecision } from './room.ts';
import type { ChatSession } from './session.ts';
import type { RoomTransport } from './transport.ts';

export interface RoomContext {
  readonly room: string;
  readonly transport: RoomTransport;
  readonly session: ChatSession;
  readonly people: People;
  readonly groups: RoomGroups;
  readonly names: StoreNames;
  readonly settleSeconds: number;
  readonly onUnknownMember: (member: { readonly identity: string }) => MemberDecision | Promise<MemberDecision>;
}
