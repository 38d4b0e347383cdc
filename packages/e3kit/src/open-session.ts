/** Puts a client together from its options and what the platform offers. */
import type { Card, CryptoProvider, KeyType } from '@sotto/core';
import { type AccessTokenProvider, createAccessTokens } from './access-tokens.ts';
import { type CardManager, createCardManager } from './card-manager.ts';
import { createDirectory } from './directory.ts';
import { ArgumentError, clientError } from './errors.ts';
import type { FileWorker } from './file/worker-bulk.ts';
import type { KeyChange } from './key-change.ts';
import { createDocumentRevisions } from './field/document-revisions.ts';
import { createKnownUsers } from './known-users.ts';
import { isDamagedKeyRing } from './key-ring.ts';
import { createLocalKeys } from './local-keys.ts';
import { createKeyStoreOver, type KeyEntryStorage, toOfficialStorage } from './key-entry-storage.ts';
import type { CardCache, Clock, GroupStore, Http, KeyStore, OfficialStorage } from './ports.ts';
import { createServiceClient, isOutage } from './service-client.ts';
import { createServiceKeyPin, parseServicePublicKey } from './service-key.ts';
import type { Session } from './session.ts';
import { DEFAULT_STORAGE_NAME } from './storage-name.ts';
import { createVerifiedPeers } from './verified-peers.ts';
import { requireReader } from './use-cases/encrypt.ts';
import { settlePending } from './use-cases/publish-key.ts';
import { takeOverOfficialKey } from './use-cases/take-over-key.ts';

export interface EThreeOptions {
  /** Address of the service; `http://localhost:8080`, where `sotto dev` listens, unless given. */
  readonly apiUrl?: string | undefined;
  /** Base64 of the service's public key (`SERVICE_PUBLIC_KEY`). Without it the key is remembered when the service is first met. */
  readonly servicePublicKey?: string | undefined;
  /** Where private keys are kept; the platform's own store unless given. */
  readonly keyStore?: KeyStore | undefined;
  /** The same, as apps of the official client bring it along. The user's key of that client in it is taken over. */
  readonly keyEntryStorage?: KeyEntryStorage | undefined;
  /** Where public facts are kept: cards that were seen, the service key. */
  readonly cardCache?: CardCache | undefined;
  /**
   * Name of the platform's store, `.virgil-local-storage` unless given: on Node a folder below the working directory, in browsers a
   * database. The key that the official client keeps for the user under this name is taken over; if `keyStore` is given, only
   * where this is, too.
   */
  readonly storageName?: string | undefined;
  /** Where groups are kept, sealed by the user's key; the platform's own store unless given. */
  readonly groupStore?: GroupStore | undefined;
  /** Name of the platform's store of groups, `.virgil-group-storage` unless given; used as `storageName` is. */
  readonly groupStorageName?: string | undefined;
  /** Type of keys that `register` makes, ED25519 unless given. */
  readonly keyPairType?: KeyType | undefined;
  /**
   * The brain key that new backups are under: `pythia`, which the official JavaScript clients read, unless given; `v3` is for users that
   * also have the official Swift 5 or Kotlin 3 client. Either is read.
   */
  readonly brainKey?: 'pythia' | 'v3' | undefined;
  /** Name keys in messages by SHA-256. All users of an application must agree on it. */
  readonly useSha256Identifiers?: boolean | undefined;
  readonly accessTokenProvider?: AccessTokenProvider | undefined;
  /** Time limit of one request, 15,000 unless given. */
  readonly timeoutMs?: number | undefined;
  /** How long `findUsers` may answer from what was seen without asking; 0 unless given. */
  readonly cardMaxAgeSeconds?: number | undefined;
  /** Refuse to encrypt for a user whose key was replaced until `acceptKey(card)`. */
  readonly strict?: boolean | undefined;
  /** Cards of further readers of all that this user encrypts, such as a compliance officer. */
  readonly alsoFor?: readonly Card[] | undefined;
  /** Called when a user is found with another card than before. */
  readonly onKeyChanged?: ((change: KeyChange) => void) | undefined;
  /**
   * Starts the worker that encrypts and decrypts large files of a page, which runs `@sotto/e3kit/worker`; the client starts it by itself
   * unless this is given. False: the page does the work, in slices.
   */
  readonly fileWorker?: (() => FileWorker) | false | undefined;
  /** Milliseconds since 1970. For tests and devices that know better. */
  readonly clock?: Clock | undefined;
  readonly http?: Http | undefined;
  /** What computes; Node's crypto or Web Crypto unless given, JavaScript where there is neither. */
  readonly cryptoProvider?: CryptoProvider | undefined;
}

/** What a runtime brings along. */
export interface Platform {
  readonly openProvider: () => Promise<CryptoProvider>;
  readonly http: Http;
  readonly clock: Clock;
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly openKeyStore: (options: EThreeOptions) => Promise<KeyStore>;
  /** The storage of the official client by its name. */
  readonly openOfficialStorage: (storageName: string) => OfficialStorage;
  readonly openCardCache: (options: EThreeOptions) => Promise<CardCache>;
  readonly openGroupStore: (storageName: string) => Promise<GroupStore>;
  /** The type in which bytes are handed out: Buffer on Node. */
  readonly toBytes: (bytes: Uint8Array) => Uint8Array;
}

export interface OpenedSession {
  readonly session: Session;
  readonly keyStore: KeyStore;
  readonly keyEntryStorage: KeyStore | KeyEntryStorage;
  readonly cardManager: CardManager;
  readonly accessTokenProvider: AccessTokenProvider;
  readonly toBytes: Platform['toBytes'];
}

const DEFAULT_API_URL = 'http://localhost:8080';
const DEFAULT_GROUP_STORAGE_NAME = '.virgil-group-storage';
const DEFAULT_TIMEOUT_MS = 15_000;

/**
 * Gets a token, which says who the user is, opens the stores, and settles what an earlier start left pending.
 * @throws ArgumentError, `usage/*`, `token/*`, `storage/*`
 */
export async function openSession(
  getToken: unknown,
  options: EThreeOptions,
  platform: Platform,
): Promise<OpenedSession> {
  const clock = options.clock ?? platform.clock;
  const given = options.servicePublicKey === undefined ? undefined : parseServicePublicKey(options.servicePublicKey);
  const tokens = createAccessTokens(toFetchToken(getToken, options.accessTokenProvider), clock);
  const service = createServiceClient({
    apiUrl: parseApiUrl(options.apiUrl ?? DEFAULT_API_URL),
    http: options.http ?? platform.http,
    tokens,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    wait: platform.wait,
  });
  const [{ identity, appId }, provider] = await Promise.all([
    tokens.get(),
    options.cryptoProvider ?? platform.openProvider(),
  ]);
  const [keyStore, cache] = await Promise.all([
    options.keyStore ?? openKeyStore(options, platform),
    options.cardCache ?? platform.openCardCache(options),
  ]);
  const pin = createServiceKeyPin({ provider, service, cache, given });
  const directory = createDirectory({ provider, service, pin });
  const user = { appId, identity };
  const verifiedPeers = createVerifiedPeers({ provider, store: keyStore, user });
  const scope = [service.apiUrl, appId, identity];
  let groupStore = options.groupStore && Promise.resolve(options.groupStore);
  const session: Session = {
    ...user,
    provider,
    clock,
    keys: createLocalKeys({
      provider,
      store: keyStore,
      user,
      official: openOfficialStorage(options, platform),
    }),
    service,
    directory,
    deriveBrainKey: async (...question) => {
      // Loaded when a backup is made or restored: it brings formats that nothing else needs.
      const { createBrainKeys } = await import('./later.ts');
      return createBrainKeys({ provider, service, wait: platform.wait })(...question);
    },
    brainKeyKind: options.brainKey ?? 'pythia',
    knownUsers: createKnownUsers({ provider, cache, pin, clock, verifiedPeers, scope }),
    verifiedPeers,
    documentRevisions: createDocumentRevisions(cache, scope),
    keyStore,
    openGroupStore: () =>
      (groupStore ??= platform.openGroupStore(options.groupStorageName ?? DEFAULT_GROUP_STORAGE_NAME)),
    keyPairType: options.keyPairType ?? 'ED25519',
    identifiers: options.useSha256Identifiers ? 'sha256' : 'sha512',
    cardMaxAgeSeconds: options.cardMaxAgeSeconds ?? 0,
    isStrict: options.strict ?? false,
    alsoFor: (options.alsoFor ?? []).map(requireReader) as Card[],
    onKeyChanged: options.onKeyChanged ?? (() => {}),
    fileWorker: options.fileWorker,
  };
  await settle(session);
  const accessTokenProvider: AccessTokenProvider = {
    getToken: async ({ forceReload }) => {
      const token = await tokens.get();
      const { text } = forceReload ? await tokens.renew(token) : token;
      return { toString: () => text };
    },
  };
  const cardManager = createCardManager({ directory, provider, clock, identity });
  const keyEntryStorage = options.keyEntryStorage ?? keyStore;
  return { session, keyStore, keyEntryStorage, cardManager, accessTokenProvider, toBytes: platform.toBytes };
}

async function openKeyStore(options: EThreeOptions, platform: Platform): Promise<KeyStore> {
  const { keyEntryStorage } = options;
  return keyEntryStorage ? createKeyStoreOver(keyEntryStorage) : platform.openKeyStore(options);
}

function openOfficialStorage(options: EThreeOptions, platform: Platform): OfficialStorage | undefined {
  const { keyStore, keyEntryStorage, storageName } = options;
  if (keyEntryStorage) return toOfficialStorage(keyEntryStorage);
  if (keyStore && storageName === undefined) return undefined;
  return platform.openOfficialStorage(storageName ?? DEFAULT_STORAGE_NAME);
}

/**
 * Without the service a pending key stays pending, and a key of the official client where it is: a later start settles them. A key
 * ring that cannot be read is for the call that needs it to tell, so that `cleanup()` and a restore remain possible.
 */
async function settle(session: Session): Promise<void> {
  try {
    await takeOverOfficialKey(session);
    await settlePending(session);
  } catch (error) {
    if (!isOutage(error) && !isDamagedKeyRing(error)) throw error;
  }
}

function toFetchToken(
  getToken: unknown,
  accessTokenProvider: AccessTokenProvider | undefined,
): (forceReload: boolean) => Promise<unknown> {
  if (accessTokenProvider) {
    return async (forceReload) => accessTokenProvider.getToken({ service: 'cards', operation: 'any', forceReload });
  }
  if (typeof getToken !== 'function')
    throw new ArgumentError('Pass a function that fetches a token from your backend.');
  return async () => (getToken as () => unknown)();
}

/** Without final slashes. */
function parseApiUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isUsable = url && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '' && url.username === '';
  if (!isUsable) throw clientError('usage/api-url');
  return text.replace(/\/+$/, '');
}
