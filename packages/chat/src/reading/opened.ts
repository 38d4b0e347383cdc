/** What a message turned out to be when it was opened, by itself: before it is compared with what else was seen in the room. */
import type { EditPayload, MessagePayload } from '@sotto/core/chat';
import type { FailureReason } from '../room.ts';

export type Opened =
  | BoundMessage
  | UnboundMessage
  | { readonly kind: 'plaintext'; readonly text: string | null }
  | FailedMessage;

/** By its author, for this room. */
export interface BoundMessage {
  readonly kind: 'bound';
  readonly payload: MessagePayload | EditPayload;
  /** Of the payload: base64url of SHA-256. */
  readonly digest: string;
  readonly isByFormerKey: boolean;
  readonly isSenderVerified: boolean;
  /** Of the group that it was encrypted for. */
  readonly participants?: readonly string[] | undefined;
}

export interface UnboundMessage {
  readonly kind: 'unbound';
  readonly sender: string;
  readonly text: string;
  readonly isSignatureInClear: boolean;
}

export interface FailedMessage {
  readonly kind: 'failed';
  readonly reason: FailureReason;
}

/** What names the message itself, also after edits. */
export function originOf(payload: MessagePayload | EditPayload): {
  readonly id: string;
  readonly device: string;
  readonly m: number;
  readonly revision: number;
} {
  return payload.kind === 'message'
    ? { id: payload.id, device: payload.device, m: payload.m, revision: 0 }
    : { ...payload.of, revision: payload.revision };
}
