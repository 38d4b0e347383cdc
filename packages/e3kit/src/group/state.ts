/** What a client knows of a group. State goes in and comes out new; it is kept on the device and fetched again from the service. */
import type { GroupSession } from '@sotto/core/group';

export interface GroupState {
  readonly session: GroupSession;
  /** Whose group it is: their tickets count, and they alone change who takes part. */
  readonly initiator: string;
  /** Identities, the initiator among them, as the service lists them. The format has no signature on it: tickets decide who reads. */
  readonly participants: readonly string[];
}

/** Which group is meant. */
export interface GroupRef {
  /** 32 bytes. */
  readonly sessionId: Uint8Array;
  readonly initiator: string;
}

export function refOf({ session: { sessionId }, initiator }: GroupState): GroupRef {
  return { sessionId, initiator };
}
