/** What a use case works with: one user of one application at one service, on this device. */
import type { DeriveBrainKey } from './brain-keys.ts';
import type { Card, CryptoProvider, IdentifierKind, KeyType } from '@sotto/core';
import type { Directory } from './directory.ts';
import type { KeyChange } from './key-change.ts';
import type { KnownUsers } from './known-users.ts';
import type { LocalKeys } from './local-keys.ts';
import type { Clock } from './ports.ts';
import type { ServiceClient } from './service-client.ts';
import type { VerifiedPeers } from './verified-peers.ts';

export interface Session {
  readonly appId: string;
  readonly identity: string;
  readonly provider: CryptoProvider;
  readonly clock: Clock;
  readonly keys: LocalKeys;
  readonly service: ServiceClient;
  readonly directory: Directory;
  readonly knownUsers: KnownUsers;
  readonly verifiedPeers: VerifiedPeers;
  readonly keyPairType: KeyType;
  readonly identifiers: IdentifierKind;
  readonly deriveBrainKey: DeriveBrainKey;
  /** The kind of brain key that new backups are under. */
  readonly brainKeyKind: 'pythia' | 'v3';
  readonly cardMaxAgeSeconds: number;
  /** Whether nothing is encrypted for a replaced key that was not accepted. */
  readonly isStrict: boolean;
  /** Further readers of all that this user encrypts. */
  readonly alsoFor: readonly Card[];
  readonly onKeyChanged: (change: KeyChange) => void;
}
