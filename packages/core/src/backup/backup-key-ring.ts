/**
 * A key ring in a backup: the current private key under the name that the official clients look for, and former ones in entries of their
 * own, which those clients leave alone. Source: docs/spec/backup.md §3.
 */
import { base64ToBytes, bytesToBase64, bytesToHex } from '../encoding/text.ts';
import { isSdkError } from '../errors.ts';
import { importPrivateKey } from '../keys/import-private.ts';
import type { PrivateKey } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';
import type { BackupEntries, BackupEntry } from './backup-entries.ts';
import { backupError } from './errors.ts';

const FORMER_PREFIX = 'sotto-former-key:';

export interface KeyRing {
  readonly current: PrivateKey;
  readonly former: readonly PrivateKey[];
}

export interface BackUpOptions {
  /** The user's identity, or the name of a named backup. */
  readonly name: string;
  readonly keyRing: KeyRing;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * The entries with this key ring among them. The current key comes first, since official clients take the first entry of a named backup.
 * Whatever else is there stays, former keys that are not in this ring included.
 */
export function putKeyRing(entries: BackupEntries, { name, keyRing, now }: BackUpOptions): BackupEntries {
  const written = new Map<string, BackupEntry>();
  const put = (entryName: string, key: PrivateKey): void => {
    written.set(entryName, toEntry({ name: entryName, key, now, previous: entries.get(entryName) }));
  };
  put(name, keyRing.current);
  for (const key of keyRing.former) put(FORMER_PREFIX + bytesToHex(key.identifier), key);
  // A replacement stores the new key among the former ones before its card is published; from then on it is the current one.
  const formerCurrent = FORMER_PREFIX + bytesToHex(keyRing.current.identifier);
  for (const [entryName, entry] of entries) {
    if (!written.has(entryName) && entryName !== formerCurrent) written.set(entryName, entry);
  }
  return written;
}

/**
 * The key ring in the entries; undefined without a current key. `name` is the identity. Without it, as a named backup is read, the
 * first entry that is no former key is the current one, since its name depends on the client that wrote it.
 * @throws `backup/malformed`, and as `importPrivateKey`
 */
export async function takeKeyRing(
  provider: CryptoProvider,
  entries: BackupEntries,
  name?: string,
): Promise<KeyRing | undefined> {
  const all = [...entries.values()];
  const current = name === undefined ? all.find((entry) => !isFormer(entry)) : entries.get(name);
  if (!current) return undefined;
  const former = all.filter((entry) => isFormer(entry) && entry !== current);
  return {
    current: await toKey(provider, current),
    former: await Promise.all(former.map((entry) => toKey(provider, entry))),
  };
}

/** The entries without the current key under `name` and without former keys. */
export function removeKeyRing(entries: BackupEntries, name: string): BackupEntries {
  return new Map([...entries].filter(([entryName, entry]) => entryName !== name && !isFormer(entry)));
}

function isFormer({ name }: BackupEntry): boolean {
  return name.startsWith(FORMER_PREFIX);
}

function toEntry(options: {
  readonly name: string;
  readonly key: PrivateKey;
  readonly now: number;
  readonly previous: BackupEntry | undefined;
}): BackupEntry {
  const { name, key, now, previous } = options;
  const data = bytesToBase64(key.exportDer());
  if (previous?.data === data) return previous;
  return { ...previous, name, data, createdAt: previous?.createdAt ?? now, modifiedAt: now };
}

async function toKey(provider: CryptoProvider, { data }: BackupEntry): Promise<PrivateKey> {
  try {
    return await importPrivateKey(provider, base64ToBytes(data));
  } catch (error) {
    throw isSdkError(error, 'encoding/base64') ? backupError('backup/malformed', { cause: error }) : error;
  }
}
