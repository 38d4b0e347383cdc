/** Readers who are known before the payload is written, since it names them. */
import type { Audience, SealedBody } from '@sotto/core/chat';

export interface PreparedAudience {
  readonly audience: Audience;
  readonly seal: (payload: Uint8Array) => Promise<SealedBody>;
}
