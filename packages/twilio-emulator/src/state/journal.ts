/**
 * Changes in a file, one transaction to a line of JSON, synced to disk before `append` returns. What a kill cut off in the
 * middle of a line was never acknowledged, and is dropped. A start writes the file anew, without what was overwritten.
 */
import { closeSync, fdatasyncSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { EmulatorError } from '../errors.ts';
import type { Change, TableName } from './rows.ts';

const FORMAT = 'sotto-twilio-emulator';
const VERSION = 1;

const TABLES: Readonly<Record<TableName, true>> = {
  settings: true,
  role: true,
  user: true,
  conversation: true,
  participant: true,
  message: true,
  media: true,
};

export interface Transaction {
  readonly serviceSid: string;
  readonly changes: readonly Change[];
}

export interface Journal {
  /** On disk when it returns. */
  append(transaction: Transaction): void;
  close(): void;
}

/** What a file that may not be there holds. @throws EmulatorError `emulator/damaged-file` */
export function readJournal(file: string): Transaction[] {
  try {
    return parseJournal(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** @throws EmulatorError `emulator/damaged-file` */
export function parseJournal(text: string): Transaction[] {
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  const [head, ...lines] = complete.split('\n').slice(0, -1);
  if (head === undefined) {
    // A kill may have left a part of the first line, and nothing of anybody else's.
    if (`${JSON.stringify({ format: FORMAT, version: VERSION })}\n`.startsWith(text)) return [];
    throw new EmulatorError('emulator/damaged-file');
  }
  const { format, version } = parseLine(head);
  if (format !== FORMAT || version !== VERSION) throw new EmulatorError('emulator/damaged-file');
  return lines.map((line) => toTransaction(parseLine(line)));
}

/** Replaces the file by these transactions, and keeps it open for more. */
export function openJournal(file: string, transactions: readonly Transaction[]): Journal {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const lines = [{ format: FORMAT, version: VERSION }, ...transactions].map((line) => `${JSON.stringify(line)}\n`);
  const temporary = `${file}.new`;
  const descriptor = openSync(temporary, 'w', 0o600);
  writeAll(descriptor, lines.join(''));
  fsyncSync(descriptor);
  renameSync(temporary, file);
  syncFolder(dirname(file));
  return {
    append(transaction) {
      writeAll(descriptor, `${JSON.stringify(transaction)}\n`);
      fdatasyncSync(descriptor);
    },
    close: () => closeSync(descriptor),
  };
}

function toTransaction({ serviceSid, changes }: Record<string, unknown>): Transaction {
  if (typeof serviceSid !== 'string' || !Array.isArray(changes) || !changes.every(isChange)) {
    throw new EmulatorError('emulator/damaged-file');
  }
  return { serviceSid, changes };
}

/** Only this file writes them, so that any other shape means damage, and the fields of a row need no second look. */
function isChange(value: unknown): value is Change {
  const { table, row } = (value ?? {}) as { table?: unknown; row?: { seq?: unknown } | null };
  return typeof table === 'string' && Object.hasOwn(TABLES, table) && Number.isSafeInteger(row?.seq);
}

function parseLine(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch (cause) {
    throw new EmulatorError('emulator/damaged-file', { cause });
  }
  throw new EmulatorError('emulator/damaged-file');
}

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
