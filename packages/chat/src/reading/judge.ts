/** What is believed of an opened message, by what this device has seen in the room before. Pure. Source: docs/spec/chat.md §6. */
import type { SeenMessage } from '../kept/seen-record.ts';
import type { FailureReason, Verification } from '../room.ts';
import { type Opened, originOf } from './opened.ts';

export interface Evidence {
  /** The verified message that was seen at this index. */
  readonly seenHere: SeenMessage | undefined;
  /** The lowest index at which this very message was seen. */
  readonly firstIndex: number | undefined;
  readonly index: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What says that somebody else wrote what stands here, where a verified message stood. */
const OTHERS_HAND: readonly FailureReason[] = ['author-mismatch', 'bad-signature'];

export function judge(opened: Opened, { seenHere, firstIndex, index, now }: Evidence): Verification {
  if (opened.kind !== 'bound') {
    const isReplaced = seenHere && (opened.kind !== 'failed' || OTHERS_HAND.includes(opened.reason));
    if (isReplaced) return failed('edited-by-other');
    if (opened.kind === 'failed') return failed(opened.reason);
    if (opened.kind === 'plaintext') return { state: 'plaintext' };
    const { sender, isSignatureInClear } = opened;
    return { state: 'unbound', sender, isSignatureInClear };
  }
  const { payload, isSenderVerified, isByFormerKey } = opened;
  const { id, revision } = originOf(payload);
  if (firstIndex !== undefined && firstIndex < index) return failed('replayed');
  if (seenHere && (seenHere.sender !== payload.sender || seenHere.id !== id)) return failed('edited-by-other');
  if (seenHere && revision < seenHere.revision) return failed('rolled-back');
  if (payload.expiresAt !== undefined && payload.expiresAt <= now) return { state: 'expired', sender: payload.sender };
  return {
    state: 'verified',
    sender: payload.sender,
    device: originOf(payload).device,
    senderVerified: isSenderVerified,
    ...(isByFormerKey ? { keyChanged: 'rotated' as const } : {}),
  };
}

function failed(reason: FailureReason): Verification {
  return { state: 'failed', reason };
}
