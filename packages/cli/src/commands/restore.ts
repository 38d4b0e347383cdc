/** `sotto restore`: an installation from a backup, into an empty place; or what a backup is good for, without a place. */
import { mkdir, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { isSdkError } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { openBackup, type OpenedBackup, requireEmptyTarget, restoreBackup, type Restored } from '@sotto/service';
import { cliError } from '../errors.ts';
import { findInstallation, type Installation, type InstallationOptions } from '../installation.ts';
import { readPassphraseFile, readPrivateKeyFile, readPublicKeyFile } from '../key-files.ts';
import { withPrivateFolder } from '../private-folder.ts';
import type { StreamContext } from '../streams/context.ts';
import { withInput } from '../streams/input.ts';
import { createRowProgress } from '../streams/row-progress.ts';
import type { Terminal } from '../terminal.ts';

export interface RestoreOptions extends InstallationOptions {
  /** Files of private keys. */
  readonly key?: readonly string[];
  readonly passphraseFile?: string;
  /** File of the public service key. */
  readonly from?: string;
  /** Checks, and restores nothing. */
  readonly verify?: boolean;
  readonly quiet?: boolean;
}

export async function restore(path: string, options: RestoreOptions, context: StreamContext): Promise<void> {
  const { verify = false, quiet = false } = options;
  const { terminal, signal, streams } = context;
  const target = verify ? undefined : findInstallation(options, process.env);
  const access = await readAccess(options);
  if (target !== undefined) await requireEmptyTarget(target);
  const rows = createRowProgress({ stderr: streams.stderr, isQuiet: quiet, signal });
  const { onProgress } = rows;
  const work = async (folder: string) => {
    const opened = await withInput({ path, stdin: streams.stdin, signal }, ({ read }) =>
      openBackup(nodeProvider, { source: read(), ...access, folder, signal, onProgress }).catch(explainRefusal),
    );
    if (target === undefined) return sayVerified(opened, { terminal, isQuiet: quiet });
    signal.throwIfAborted();
    const restored = await restoreBackup(opened, { target, now: Date.now(), onProgress });
    rows.clear();
    sayRestored({ opened, restored, target }, terminal);
  };
  await withWorkFolder(target, work).finally(rows.clear);
}

/** What comes out of the file moves into a data folder at the end, so that it is put there at once. */
async function withWorkFolder(
  target: Installation | undefined,
  work: (folder: string) => Promise<void>,
): Promise<void> {
  if (target === undefined || 'url' in target.database) return withPrivateFolder(tmpdir(), work);
  const dataDir = dirname(target.database.file);
  const made = await mkdir(dataDir, { recursive: true, mode: 0o700 });
  try {
    await withPrivateFolder(dataDir, work);
  } catch (error) {
    if (made !== undefined) await rmdir(dataDir).catch(() => undefined);
    throw error;
  }
}

async function readAccess({ key = [], passphraseFile, from }: RestoreOptions) {
  if (key.length === 0 && passphraseFile === undefined) {
    throw cliError('cli/no-reader', 'a backup is encrypted', 'name your private key with --key, or --passphrase-file');
  }
  return {
    keys: await Promise.all(key.map(readPrivateKeyFile)),
    ...(passphraseFile === undefined ? {} : { passphrase: await readPassphraseFile(passphraseFile) }),
    ...(from === undefined ? {} : { signer: await readPublicKeyFile(from) }),
  };
}

/** In the words of this command; the others are those of a message. */
function explainRefusal(error: unknown): never {
  if (isSdkError(error, 'envelope/not-a-recipient')) {
    throw cliError(
      'cli/other-reader',
      'the backup is for another key or passphrase',
      'name the one it was made for',
      error,
    );
  }
  if (isSdkError(error, 'envelope/other-signer')) {
    const wayOut = 'do not restore it, unless the service key was replaced since; then name the one before with --from';
    throw cliError('cli/other-service', 'the backup was signed by another service than --from', wayOut, error);
  }
  throw error;
}

function sayVerified(
  { manifest }: OpenedBackup,
  { terminal, isQuiet }: { readonly terminal: Terminal; readonly isQuiet: boolean },
): void {
  for (const { table, rows } of manifest.tables) terminal.result(`${table.padEnd(20)} ${rows}`);
  if (isQuiet) return;
  terminal.say(`good backup of ${dateOf(manifest.createdAt)}, signed by service key ${manifest.serviceKeyId}`);
}

/** An older state is back, and with it what had been taken away since. */
function sayRestored(
  { opened: { manifest }, restored, target }: { opened: OpenedBackup; restored: Restored; target: Installation },
  terminal: Terminal,
): void {
  const { usedUpKeys, activeAppKeys, hasLaterKey, hasNextKey } = restored;
  terminal.say(`restored the state of ${dateOf(manifest.createdAt)}, signed by service key ${manifest.serviceKeyId}`);
  terminal.say(`secrets are in ${target.secretsDir}`);
  if (hasLaterKey) terminal.say('the service key there is a later one than that of the backup, and stays');
  if (hasNextKey) {
    terminal.say('a next service key was announced: if it was activated since the backup, sotto service-key activate');
  }
  for (const file of [target.secrets.serviceKeyFile, target.secrets.brainKeySecretFile]) {
    if (file !== undefined)
      terminal.say(`the service will read ${file}, which was not touched: put the restored one there`);
  }
  terminal.say(`App Keys that are accepted, also if revoked since: ${activeAppKeys}; see sotto app-key list`);
  terminal.say('cards and records are as they were: what was revoked, replaced or unshared since is back');
  terminal.say(`one-time keys that count as used now: ${usedUpKeys}; clients upload new ones`);
  terminal.say('the guesses of a day count as made for everyone who has guessed, and come back evenly');
}

function dateOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
