/**
 * One backup of a key ring: where it lies, and the password that opens it. A value under another password is told from a
 * damaged one by the key that its head names. Nothing counts as written before it was read back and opened.
 */
import { equalBytes, isSdkError, type KeyPair, type SdkError } from '@sotto/core';
import {
  type BackupEntries,
  encodeBackup,
  type KeyRing as BackedUpKeyRing,
  openKeyknoxValue,
  parseBackup,
  putKeyRing,
  sealKeyknoxValue,
  takeKeyRing,
} from '@sotto/core/backup';
import type { BrainKeyKind } from '../brain-keys.ts';
import { WrongKeyknoxPasswordError, keyError } from '../key-errors.ts';
import { isSameKey } from '../key-ring.ts';
import { createNamedPlace, createUnnamedPlace, type KeyknoxPlace, type StoredValue } from '../keyknox.ts';
import { isUncertain } from '../service-client.ts';
import type { Session } from '../session.ts';
import type { Outcome, TaskOptions } from '../task.ts';

export interface BackupOptions extends TaskOptions {
  readonly password: Uint8Array;
  /** Name of a named backup; absent: the one that a user has without a name. */
  readonly keyName?: string | undefined;
  /** Whether what the password does not open counts as nothing, to be written over. */
  readonly overwrites?: boolean | undefined;
}

export interface OpenedBackup {
  readonly brainKey: KeyPair;
  /** None where nothing is stored. */
  readonly entries: BackupEntries;
  readonly hash: string;
}

/** A backup to be kept up to date while keys change. */
export interface BackupPlan {
  /** @throws WrongKeyknoxPasswordError, `backup/*`, and what the service throws */
  open(): Promise<OpenedBackup>;
  /** Into what was just opened, or is opened now. */
  write(keyRing: BackedUpKeyRing, opened?: OpenedBackup): Promise<Outcome>;
}

const NAMED = { root: 'e3kit', path: 'backup' } as const;

export function placeOf({ service, identity }: Session, keyName: string | undefined): KeyknoxPlace {
  if (keyName === undefined) return createUnnamedPlace(service);
  return createNamedPlace(service, { ...NAMED, key: keyName }, identity);
}

/** Opens once and remembers the brain key, as each one asked for counts as a guess. */
export function planBackup(session: Session, options: BackupOptions): BackupPlan {
  const { keyName, onProgress, signal } = options;
  let brainKey: KeyPair | undefined;
  const open = async (): Promise<OpenedBackup> => {
    onProgress?.('read');
    const stored = await placeOf(session, keyName).read(signal);
    const opened = await openStored(session, stored, { ...options, brainKey });
    brainKey = opened.brainKey;
    return opened;
  };
  return {
    open,
    async write(keyRing, given) {
      const opened = given ?? (await open());
      const stored = await keyRingIn(session, opened.entries, keyName);
      if (stored && isWithin(keyRing, stored)) return 'already-done';
      const name = keyName ?? session.identity;
      const entries = putKeyRing(opened.entries, { name, keyRing, now: session.clock() });
      await writeEntries(session, { ...opened, entries }, options);
      return 'done';
    },
  };
}

/** The key ring of a backup. Under a name the entry may be called anything: every client has its own way. */
export async function keyRingIn(
  { provider, identity }: Session,
  entries: BackupEntries,
  keyName: string | undefined,
): Promise<BackedUpKeyRing | undefined> {
  return takeKeyRing(provider, entries, keyName === undefined ? identity : undefined);
}

/**
 * Opens what is stored. Which brain key it is under cannot be seen, so the kind that this client writes is tried first.
 * @throws WrongKeyknoxPasswordError, `backup/damaged`, `backup/malformed`, `brain-key/*`, and what the service throws
 */
export async function openStored(
  session: Session,
  stored: StoredValue,
  options: BackupOptions & { readonly brainKey?: KeyPair | undefined },
): Promise<OpenedBackup> {
  for (const derive of waysToTry(session, stored, options)) {
    const brainKey = await derive();
    const entries = await tryOpen(session, stored, brainKey);
    if (entries) return { brainKey, entries, hash: stored.hash };
    if (options.overwrites) return { brainKey, entries: new Map(), hash: stored.hash };
  }
  throw new WrongKeyknoxPasswordError();
}

/** Seals, stores, reads back and opens. @throws `keyknox/changed`, `backup/not-stored`, and what the service throws */
export async function writeEntries(
  session: Session,
  { brainKey, entries, hash }: OpenedBackup,
  { keyName, signal, onProgress }: Pick<BackupOptions, 'keyName' | 'signal' | 'onProgress'>,
): Promise<void> {
  const plaintext = encodeBackup(entries);
  const { privateKey: signer, publicKey } = brainKey;
  const value = await sealKeyknoxValue(session.provider, { plaintext, signer, recipients: [publicKey] });
  const place = placeOf(session, keyName);
  onProgress?.('write');
  let failure: SdkError | undefined;
  try {
    await place.write(value, hash, signal);
  } catch (error) {
    // It may be there all the same: the answer was lost, or this is the second of two requests.
    if (!isSdkError(error, 'keyknox/changed') && !isUncertain(error)) throw error;
    failure = error;
  }
  onProgress?.('check');
  const stored = await place.read(failure === undefined ? signal : undefined);
  // By its bytes, since what is another's or was altered need not open at all.
  const isThere = equalBytes(stored.meta, value.meta) && equalBytes(stored.value, value.value);
  const readBack = isThere ? await tryOpen(session, stored, brainKey) : undefined;
  if (!readBack || !equalEntries(readBack, entries)) throw failure ?? keyError('backup/not-stored');
}

/** Whether anything is stored there. */
export async function hasBackup(session: Session, keyName?: string, signal?: AbortSignal): Promise<boolean> {
  return (await placeOf(session, keyName).read(signal)).meta.length > 0;
}

/** The brain key that is known already, or else each kind; where nothing is stored the first will do. */
function waysToTry(
  { brainKeyKind, deriveBrainKey }: Session,
  stored: StoredValue,
  { brainKey, password, signal, onProgress }: BackupOptions & { readonly brainKey?: KeyPair | undefined },
): (() => Promise<KeyPair>)[] {
  if (brainKey) return [async () => brainKey];
  const others: BrainKeyKind[] = [brainKeyKind === 'pythia' ? 'v3' : 'pythia', 'local'];
  return [brainKeyKind, ...(stored.meta.length === 0 ? [] : others)].map((kind) => async () => {
    if (kind !== 'local') onProgress?.('brain-key');
    return deriveBrainKey(kind, password, signal);
  });
}

/** The entries; undefined where the value is for another key. @throws `backup/damaged`, `backup/malformed` */
async function tryOpen(
  { provider }: Session,
  stored: StoredValue,
  { privateKey, publicKey }: KeyPair,
): Promise<BackupEntries | undefined> {
  try {
    const plaintext = await openKeyknoxValue(provider, stored, { keys: [privateKey], signers: [publicKey] });
    return plaintext ? parseBackup(plaintext) : new Map();
  } catch (error) {
    if (isSdkError(error, 'envelope/not-a-recipient')) return undefined;
    if (isSdkError(error, 'backup/malformed')) throw error;
    throw keyError('backup/damaged', { cause: error });
  }
}

/** Whether `stored` has the same current key and all the former ones. */
function isWithin(keyRing: BackedUpKeyRing, stored: BackedUpKeyRing): boolean {
  const kept = [stored.current, ...stored.former];
  return (
    isSameKey(keyRing.current, stored.current) &&
    keyRing.former.every((key) => kept.some((other) => isSameKey(other, key)))
  );
}

function equalEntries(a: BackupEntries, b: BackupEntries): boolean {
  return a.size === b.size && [...b].every(([name, { data }]) => a.get(name)?.data === data);
}
