/** What a use case works with: one user of one application at one service, on this device. */
import type { Card, CryptoProvider, IdentifierKind, KeyType } from '@sotto/core';
import type { Directory } from './directory.ts';
import type { KeyChange, KnownUsers } from './known-users.ts';
import type { LocalKeys } from './local-keys.ts';
import type { Clock } from './ports.ts';

export interface Session {
  readonly identity: string;
  readonly provider: CryptoProvider;
  readonly clock: Clock;
  readonly keys: LocalKeys;
  readonly directory: Directory;
  readonly knownUsers: KnownUsers;
  readonly keyPairType: KeyType;
  readonly identifiers: IdentifierKind;
  readonly cardMaxAgeSeconds: number;
  /** Whether nothing is encrypted for a replaced key that was not accepted. */
  readonly isStrict: boolean;
  /** Further readers of all that this user encrypts. */
  readonly alsoFor: readonly Card[];
  readonly onKeyChanged: (change: KeyChange) => void;
}
