/**
 * What a backup holds: entries by name, in JSON as the official JavaScript client writes it. Read are that form and the single entry that
 * the official clients in Swift and Kotlin store under a name. Source: docs/spec/backup.md.
 */
import { bytesToUtf8, utf8ToBytes } from '../encoding/bytes.ts';
import { isSdkError } from '../errors.ts';
import { backupError } from './errors.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_ENTRIES = 1000;
const SECONDS_TO_2001 = 978_307_200;
/** As seconds since 2001 some thousand years from now, as milliseconds since 1970 the year 1973. */
const FIRST_MILLISECONDS = 1e11;

export interface BackupEntry {
  readonly name: string;
  /** For a key, base64 of the private key. */
  readonly data: string;
  /** Milliseconds since 1970, as the next. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly meta?: Readonly<Record<string, string>> | undefined;
}

/** By name, in the order in which they are stored. */
export type BackupEntries = ReadonlyMap<string, BackupEntry>;

/** ASCII, since the official clients do not agree on an encoding of anything else. @throws `backup/too-large` */
export function encodeBackup(entries: BackupEntries): Uint8Array {
  const members = [...entries].map(([name, { data, meta, createdAt, modifiedAt }]) => [
    name,
    { data, ...(meta && { meta }), creation_date: createdAt, name, modification_date: modifiedAt },
  ]);
  // `fromEntries` makes a member even of the name `__proto__`.
  const bytes = utf8ToBytes(escapeNonAscii(JSON.stringify(Object.fromEntries(members))));
  if (entries.size > MAX_ENTRIES || bytes.length > MAX_BYTES) throw backupError('backup/too-large');
  return bytes;
}

/** The entries of a backup of either form. @throws `backup/malformed` */
export function parseBackup(bytes: Uint8Array): BackupEntries {
  const value = bytes.length <= MAX_BYTES ? parseJson(bytes) : undefined;
  if (!isRecord(value)) throw backupError('backup/malformed');
  if (typeof value.data === 'string') {
    const entry = parseEntry(value, value.name, singleDate);
    return new Map([[entry.name, entry]]);
  }
  const members = Object.entries(value);
  if (members.length > MAX_ENTRIES) throw backupError('backup/malformed');
  return new Map(members.map(([name, member]) => [name, parseEntry(member, name, Number)]));
}

function parseEntry(value: unknown, name: unknown, toMilliseconds: (date: number) => number): BackupEntry {
  if (!isRecord(value)) throw backupError('backup/malformed');
  const { data } = value;
  const meta = value.meta ?? undefined;
  if (typeof name !== 'string' || typeof data !== 'string' || !isMeta(meta)) throw backupError('backup/malformed');
  const [createdAt, modifiedAt] = [value.creation_date, value.modification_date].map((date) => {
    const milliseconds = typeof date === 'number' ? Math.round(toMilliseconds(date)) : Number.NaN;
    if (!Number.isSafeInteger(milliseconds)) throw backupError('backup/malformed');
    return milliseconds;
  }) as [number, number];
  return { name, data, createdAt, modifiedAt, ...(meta && { meta }) };
}

/** In a single entry Kotlin writes milliseconds since 1970, and Swift seconds since 2001. */
function singleDate(date: number): number {
  return Math.abs(date) < FIRST_MILLISECONDS ? (date + SECONDS_TO_2001) * 1000 : date;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeText(bytes));
  } catch {
    // Without the cause: its message quotes the text, and the text holds keys.
    throw backupError('backup/malformed');
  }
}

/** UTF-8, or else Latin-1, which the official JavaScript client writes. */
function decodeText(bytes: Uint8Array): string {
  try {
    return bytesToUtf8(bytes);
  } catch (error) {
    if (!isSdkError(error, 'encoding/utf8')) throw error;
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  }
}

function escapeNonAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMeta(value: unknown): value is Record<string, string> | undefined {
  return value === undefined || (isRecord(value) && Object.values(value).every((field) => typeof field === 'string'));
}
