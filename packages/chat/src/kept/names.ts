/** Under which names a device keeps what it knows of a room. They are hashes: a store may show names. */
import { bytesToBase64Url, type CryptoProvider, utf8ToBytes } from '@sotto/core';

export interface StoreNames {
  readonly device: string;
  readonly sending: string;
  readonly members: string;
  readonly title: string;
  readonly group: string;
  readonly removed: string;
  /** Which segments there are. */
  readonly seen: string;
  seenSegment(segment: number): string;
}

export async function storeNamesOf(provider: Pick<CryptoProvider, 'hash'>, room: string): Promise<StoreNames> {
  const digest = bytesToBase64Url((await provider.hash('SHA-256', utf8ToBytes(room))).subarray(0, 16));
  return {
    device: 'device',
    sending: `sending.${digest}`,
    members: `members.${digest}`,
    title: `title.${digest}`,
    group: `group.${digest}`,
    removed: `removed.${digest}`,
    seen: `seen.${digest}`,
    seenSegment: (segment) => `seen.${digest}.${segment}`,
  };
}
