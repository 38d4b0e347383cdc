/** The session of a user for `@sotto/chat`, which has its type: keys stay behind it. */
import type { Card, CryptoProvider } from '@sotto/core';
import type { Session } from '../session.ts';
import { createAuthors } from './authors.ts';
import { type ChatStore, createChatStore } from './chat-store.ts';
import {
  type OpenedEnvelope,
  openEnvelope,
  type OpenEnvelopeOptions,
  type PreparedEnvelope,
  prepareEnvelope,
  sealLegacy,
} from './envelopes.ts';
import { type FindPeopleOptions, findPeople, type Person } from './people.ts';
import { openRoomFile, type RoomFileOptions, sealRoomFile } from './room-files.ts';
import { createRoomGroup, loadRoomGroup, type RoomGroup } from './room-groups.ts';
import { openShared, sealShared, type SharedSecret } from './shared-secrets.ts';

export interface ChatSession {
  readonly identity: string;
  readonly provider: CryptoProvider;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Standing further readers of all that this user encrypts. */
  readonly alsoFor: readonly Card[];
  /** What is kept on this device until `cleanup()`. */
  readonly store: ChatStore;
  findPeople(identities: readonly string[], options?: FindPeopleOptions): Promise<ReadonlyMap<string, Person>>;
  prepareEnvelope(readers: readonly Card[]): Promise<PreparedEnvelope>;
  openEnvelope(options: OpenEnvelopeOptions): Promise<OpenedEnvelope>;
  sealLegacy(options: { readonly plaintext: Uint8Array; readonly readers: readonly Card[] }): Promise<Uint8Array>;
  sealFile(file: Blob, options?: RoomFileOptions): Promise<{ readonly ciphertext: Blob; readonly key: Uint8Array }>;
  openFile(
    ciphertext: Blob,
    options: { readonly key: Uint8Array; readonly author: string } & RoomFileOptions,
  ): Promise<Blob>;
  sealShared(options: SharedSecret & { readonly plaintext: Uint8Array }): Promise<Uint8Array>;
  openShared(options: SharedSecret & { readonly message: Uint8Array; readonly author: string }): Promise<Uint8Array>;
  createGroup(groupId: Uint8Array, members: readonly Card[], options?: CallOptions): Promise<RoomGroup>;
  loadGroup(groupId: Uint8Array, initiator: string, options?: CallOptions): Promise<RoomGroup>;
  /** Calls back when keys of this user or of others change, so that what could not be read is tried again. Gives back how to stop. */
  onKeysChanged(listener: () => void): () => void;
}

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export function openChatSession(session: Session): ChatSession {
  const { identity, provider, clock, alsoFor } = session;
  const authors = createAuthors(session);
  return {
    identity,
    provider,
    clock,
    alsoFor,
    store: createChatStore(session),
    findPeople: (identities, options) => findPeople(session, identities, options),
    prepareEnvelope: (readers) => prepareEnvelope(session, readers),
    openEnvelope: (options) => openEnvelope(session, authors, options),
    sealLegacy: (options) => sealLegacy(session, options),
    sealFile: (file, options) => sealRoomFile(session, file, options),
    openFile: (ciphertext, options) => openRoomFile(session, authors, ciphertext, options),
    sealShared: (options) => sealShared(session, options),
    openShared: (options) => openShared(session, authors, options),
    createGroup: (groupId, members, options) => createRoomGroup(session, authors, { ...options, groupId, members }),
    loadGroup: (groupId, initiator, options) => loadRoomGroup(session, authors, { ...options, groupId, initiator }),
    onKeysChanged(listener) {
      const stops = [session.knownUsers.onChange(listener), session.keys.onChange(listener)];
      return () => stops.forEach((stop) => stop());
    },
  };
}
