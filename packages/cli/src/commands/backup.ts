/** `sotto backup`: database and secrets of an installation in one encrypted file, also while the service runs. */
import { dirname, join } from 'node:path';
import { nodeProvider } from '@sotto/core/node';
import { createBackup, formatBytes, openAsIs, readAllSecrets } from '@sotto/service';
import { cliError } from '../errors.ts';
import { findInstallation, type InstallationOptions } from '../installation.ts';
import { readPassphraseFile, readPublicKeyFile } from '../key-files.ts';
import { movePrivateFile } from '../private-file.ts';
import { withPrivateFolder } from '../private-folder.ts';
import type { StreamContext } from '../streams/context.ts';
import { requireReplaceable, writeOutput } from '../streams/output.ts';
import { createProgress } from '../streams/progress.ts';
import { createRowProgress } from '../streams/row-progress.ts';

export interface BackupOptions extends InstallationOptions {
  /** Files of public keys. */
  readonly for?: readonly string[];
  readonly passphraseFile?: string;
  readonly quiet?: boolean;
}

export async function backup(path: string, options: BackupOptions, context: StreamContext): Promise<void> {
  const { for: readerFiles = [], passphraseFile, quiet = false } = options;
  const { terminal, signal, streams } = context;
  if (readerFiles.length === 0 && passphraseFile === undefined) {
    throw cliError(
      'cli/no-reader',
      'nobody could open the backup',
      'name a public key with --for, or --passphrase-file',
    );
  }
  const readers = await Promise.all(readerFiles.map(readPublicKeyFile));
  const passphrase = passphraseFile === undefined ? undefined : await readPassphraseFile(passphraseFile);
  await requireReplaceable(path);
  const installation = findInstallation(options, process.env);
  const secrets = await readAllSecrets(installation.secrets);
  const database = await openAsIs(installation.database);
  try {
    // Beside the file, where there has to be room anyhow.
    await withPrivateFolder(dirname(path), async (folder) => {
      const rows = createRowProgress({ stderr: streams.stderr, isQuiet: quiet, signal });
      const { onProgress } = rows;
      const now = Date.now();
      const made = await createBackup(nodeProvider, {
        database,
        secrets,
        folder,
        readers,
        passphrase,
        now,
        signal,
        onProgress,
      }).finally(rows.clear); // prettier-ignore
      const { size: total, pieces, manifest } = made;
      const bytes = createProgress({ label: 'encrypting', total, stderr: streams.stderr, isQuiet: quiet });
      // In the folder too, so that nothing is left of it by a process that is killed.
      const whole = join(folder, 'whole');
      await writeOutput(bytes.watch(pieces), { path: whole, stdout: streams.stdout, signal }).finally(bytes.clear);
      await movePrivateFile(whole, path);
      if (quiet) return;
      terminal.say(`backed up ${formatBytes(total)}, signed by service key ${manifest.serviceKeyId}`);
    });
  } finally {
    await database.close();
  }
}
