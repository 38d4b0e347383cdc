/** What a use case works with: one user of one application at one service, on this device. */
import type { DeriveBrainKey } from './brain-keys.ts';
import type { Card, CryptoProvider, IdentifierKind, KeyType } from '@sotto/core';
import type { DocumentRevisions } from './field/document-revisions.ts';
import type { Directory } from './directory.ts';
import type { FileWorker } from './file/worker-bulk.ts';
import type { KeyChange } from './key-change.ts';
import type { KnownUsers } from './known-users.ts';
import type { LocalKeys } from './local-keys.ts';
import type { Clock, GroupStore, KeyStore } from './ports.ts';
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
  /** Newest revisions of documents with encrypted fields. */
  readonly documentRevisions: DocumentRevisions;
  readonly keyStore: KeyStore;
  /** Opened by the first call that needs it. */
  readonly openGroupStore: () => Promise<GroupStore>;
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
  /** Starts the worker for large files; false for none. */
  readonly fileWorker?: (() => FileWorker) | false | undefined;
}
