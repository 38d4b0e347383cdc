/**
 * A session of one's own, from the primitives of `@sotto/core`: a directory of cards in memory, a store in memory, groups that a directory
 * hands out. For tests of rooms, and to show what a room needs of a user who has no `EThree`.
 */
import {
  type ChatSession,
  type ChatStore,
  type ChatUser,
  chatError,
  type Person,
  type RoomGroup,
  type Signer,
} from '@sotto/chat';
import {
  bytesToBase64Url,
  bytesToHex,
  type Card,
  coreError,
  generateKeyPair,
  issueCard,
  type KeyPair,
  open,
  parseCard,
  parseMessageInfo,
  type PublicKey,
  seal,
  SdkError,
} from '@sotto/core';
import {
  groupIdToSessionId,
  type GroupSession,
  openGroupMessage,
  sealGroupMessage,
  startSession,
} from '@sotto/core/group';
import { nodeProvider as provider } from '@sotto/core/node';

interface Entry {
  card: Card;
  keys: KeyPair;
}

interface SharedGroup {
  readonly initiator: string;
  readonly participants: readonly string[];
  readonly session: GroupSession;
}

/** Who exists. One for all users of a test. */
export interface TestDirectory {
  /** A user on a device of its own; a second one of the same name has the same key. */
  createUser(identity: string, options?: TestUserOptions): Promise<TestUser>;
  /** A new key, which the former one vouches for or not. */
  replaceKey(identity: string): Promise<void>;
  /** Groups are not to be had. */
  isAway: boolean;
}

export interface TestUserOptions {
  readonly store?: ChatStore | undefined;
  readonly alsoFor?: readonly Card[] | undefined;
  readonly clock?: (() => number) | undefined;
}

export interface TestUser extends ChatUser {
  readonly session: ChatSession;
  readonly card: Card;
  /** What this user believes of others. */
  readonly refused: Set<string>;
  readonly verified: Set<string>;
  readonly unknown: Set<string>;
  keysChanged(): void;
}

export function createTestDirectory(): TestDirectory {
  const entries = new Map<string, Entry>();
  const groups = new Map<string, SharedGroup>();
  const newEntry = async (identity: string, previousCard?: Card): Promise<Entry> => {
    const keys = await generateKeyPair(provider);
    const raw = await issueCard(provider, { identity, privateKey: keys.privateKey, createdAt: 1_700_000_000 });
    return { keys, card: { ...parseCard(raw), previousCard } };
  };
  const directory: TestDirectory = {
    isAway: false,
    async createUser(identity, options = {}) {
      const entry = entries.get(identity) ?? (await newEntry(identity));
      entries.set(identity, entry);
      return createTestUser({ directory, entries, groups }, entry, options);
    },
    async replaceKey(identity) {
      const { card } = entries.get(identity)!;
      Object.assign(entries.get(identity)!, await newEntry(identity, { ...card, isOutdated: true }));
    },
  };
  return directory;
}

interface Shared {
  readonly directory: TestDirectory;
  readonly entries: ReadonlyMap<string, Entry>;
  readonly groups: Map<string, SharedGroup>;
}

function createTestUser(
  { directory, entries, groups }: Shared,
  own: Entry,
  { store = createTestStore(), alsoFor = [], clock = Date.now }: TestUserOptions,
): TestUser {
  const { identity } = own.card;
  const [refused, verified, unknown] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const listeners = new Set<() => void>();
  const ring: KeyPair[] = [own.keys];
  const keys = () => {
    if (ring.at(-1) !== own.keys) ring.push(own.keys);
    return ring.map(({ privateKey }) => privateKey);
  };

  const signersOf = (author: string): Signer[] => {
    if (!entries.has(author) || unknown.has(author)) throw chatError('chat/unknown-sender');
    if (refused.has(author)) throw chatError('chat/key-not-accepted');
    const signers: Signer[] = [];
    for (let card: Card | undefined = entries.get(author)!.card; card; card = card.previousCard) signers.push(card);
    return signers;
  };
  const signerOf = (signers: readonly Signer[], key: PublicKey): Signer =>
    signers.find(({ publicKey }) => bytesToHex(publicKey.identifier) === bytesToHex(key.identifier))!;

  const openShared = async (session: GroupSession, message: Uint8Array, author: string) => {
    for (const signer of signersOf(author)) {
      try {
        return { plaintext: await openGroupMessage(provider, { session, message, sender: signer.publicKey }), signer };
      } catch (error) {
        if (!(error instanceof SdkError) || error.code !== 'group/bad-signature') throw error;
      }
    }
    throw new SdkError({ code: 'group/bad-signature', family: 'crypto', message: 'Not signed by the author.' });
  };
  const sealShared = (session: GroupSession, plaintext: Uint8Array) =>
    sealGroupMessage(provider, { session, plaintext, signer: own.keys.privateKey });
  const toRoomGroup = (group: SharedGroup): RoomGroup => ({
    initiator: group.initiator,
    participants: group.participants,
    sessionId: group.session.sessionId,
    encrypt: (plaintext) => sealShared(group.session, plaintext),
    decrypt: (message, author) => openShared(group.session, message, author),
    update: async () => undefined,
  });
  const symmetric = ({ id, secret }: { readonly id: Uint8Array; readonly secret: Uint8Array }): GroupSession => {
    return { sessionId: id, tickets: [{ sessionId: id, epoch: 0, key: secret }] };
  };
  const groupError = (code: string) => new SdkError({ code, family: 'usage', message: 'No such group.' });

  const session: ChatSession = {
    identity,
    provider,
    clock,
    alsoFor,
    store,
    async findPeople(identities) {
      const found = identities.filter((one) => entries.has(one) && !unknown.has(one));
      return new Map(
        found.map((one): [string, Person] => [
          one,
          { card: entries.get(one)!.card, isAccepted: !refused.has(one), isVerified: verified.has(one) },
        ]),
      );
    },
    async prepareEnvelope(readers) {
      const recipients = [...readers, own.card, ...alsoFor].map(({ publicKey }) => publicKey);
      const keyIds = [...new Set(recipients.map((key) => bytesToBase64Url(key.identifier)))].sort();
      return {
        keyIds,
        seal: (plaintext) =>
          seal(provider, { mode: 'signAndEncrypt', plaintext, recipients, signer: own.keys.privateKey, padding: true }),
      };
    },
    async openEnvelope({ message, author }) {
      const signers = signersOf(author);
      const { recipients } = parseMessageInfo(message).info;
      const opened = await open(provider, {
        message,
        keys: keys(),
        signers: signers.map(({ publicKey }) => publicKey),
      });
      if (opened.mode === 'encrypt') throw coreError('envelope/not-signed');
      const keyIds = [...new Set(recipients.map((reader) => bytesToBase64Url(reader.identifier)))].sort();
      return { plaintext: opened.plaintext, mode: opened.mode, keyIds, signer: signerOf(signers, opened.signer) };
    },
    sealLegacy({ plaintext, readers }) {
      const recipients = [...readers, own.card].map(({ publicKey }) => publicKey);
      return seal(provider, { mode: 'signThenEncrypt', plaintext, recipients, signer: own.keys.privateKey });
    },
    async sealFile(file, { onProgress } = {}) {
      const secret = provider.randomBytes(32);
      const plaintext = new Uint8Array(await file.arrayBuffer());
      const message = await sealShared(symmetric({ id: new Uint8Array(32), secret }), plaintext);
      onProgress?.(file.size, file.size);
      return { ciphertext: new Blob([new Uint8Array(message)]), key: secret };
    },
    async openFile(ciphertext, { key, author }) {
      const message = new Uint8Array(await ciphertext.arrayBuffer());
      const { plaintext } = await openShared(symmetric({ id: new Uint8Array(32), secret: key }), message, author);
      return new Blob([new Uint8Array(plaintext)]);
    },
    sealShared: ({ plaintext, ...shared }) => sealShared(symmetric(shared), plaintext),
    openShared: async ({ message, author, ...shared }) =>
      (await openShared(symmetric(shared), message, author)).plaintext,
    async createGroup(groupId, members) {
      if (directory.isAway) throw groupError('group/not-found');
      const sessionId = groupIdToSessionId(groupId);
      const participants = [identity, ...members.map((card) => card.identity).filter((one) => one !== identity)];
      const group = { initiator: identity, participants, session: startSession(provider, sessionId) };
      groups.set(bytesToHex(sessionId), group);
      return toRoomGroup(group);
    },
    async loadGroup(groupId, initiator) {
      const group = groups.get(bytesToHex(groupIdToSessionId(groupId)));
      if (!group || directory.isAway) throw groupError('group/not-found');
      if (group.initiator !== initiator || !group.participants.includes(identity)) throw groupError('group/no-access');
      return toRoomGroup(group);
    },
    onKeysChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    session,
    refused,
    verified,
    unknown,
    get card() {
      return own.card;
    },
    openChatSession: async () => session,
    keysChanged: () => listeners.forEach((listener) => listener()),
  };
}

export function createTestStore(): ChatStore {
  const values = new Map<string, Uint8Array>();
  const locks = new Map<string, Promise<unknown>>();
  return {
    load: async (name) => values.get(name)?.slice(),
    async save(name, value) {
      values.set(name, value.slice());
    },
    remove: async (name) => values.delete(name),
    withLock(name, task) {
      const result = (locks.get(name) ?? Promise.resolve()).then(task);
      locks.set(
        name,
        result.catch(() => undefined),
      );
      return result;
    },
  };
}
