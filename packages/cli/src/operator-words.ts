/** The words of the operator's commands: what looks after an installation that others use. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { BackupOptions } from './commands/backup.ts';
import type { DoctorOptions } from './commands/doctor.ts';
import type { MigrateDatabaseOptions } from './commands/migrate-database.ts';
import type { RestoreOptions } from './commands/restore.ts';
import type { ServiceKeyOptions } from './commands/service-key.ts';
import type { StatusOptions } from './commands/status.ts';
import { dataOption, example, exitCodesAndExample, listOption } from './options.ts';
import { stopOnSignals } from './stop.ts';
import type { StreamContext } from './streams/context.ts';
import { EXIT, type Terminal } from './terminal.ts';

export function addOperation(program: Command, terminal: Terminal): void {
  const context = (): StreamContext => ({ terminal, signal: stopOnSignals('SIGHUP'), streams: process });
  addBackup(program, context);
  addRestore(program, context);
  addMigrateDatabase(program, context);
  addServiceKey(program, terminal);
  addDoctor(program, terminal);
  addStatus(program, terminal);
}

function addServiceKey(program: Command, terminal: Terminal): void {
  const serviceKey = program
    .command('service-key')
    .summary('replace the key that signs cards')
    .description('Replace the key that signs cards, while the service runs: announce the next one, then activate it.')
    .helpCommand(false)
    .addHelpText('after', example('sotto service-key announce'));
  const addCommand = (name: string, description: string, run: keyof typeof import('./commands/service-key.ts')) => {
    serviceKey
      .command(name)
      .description(description)
      .addOption(dataOption())
      .addHelpText('after', example(`sotto service-key ${name}`))
      .action(async (options: ServiceKeyOptions) => {
        const commands = await import('./commands/service-key.ts');
        await commands[run](options, terminal);
      });
  };
  addCommand('show', 'Print the service key, the next one, and which nodes hold it.', 'showServiceKey');
  addCommand(
    'announce',
    'Make the next service key, in the folder of the secrets. It does not sign yet.',
    'announceKey',
  );
  addCommand('activate', 'Sign with the next service key from now on, on all nodes.', 'activateKey');
}

type MakeContext = () => StreamContext;

function addBackup(program: Command, context: MakeContext): void {
  program
    .command('backup')
    .summary('back up database and secrets, encrypted')
    .description('Write database and secrets to one encrypted file, also while the service runs.')
    .argument('<file>', 'what to write (mode 0600)')
    .addOption(listOption('--for <file>', 'public key that can open it'))
    .addOption(passphraseOption('passphrase that can open it, in a file'))
    .addOption(dataOption())
    .addOption(quietOption())
    .addHelpText('after', exitCodesAndExample('sotto backup sotto.backup --for operator.pub'))
    .action(async (file: string, options: BackupOptions) => {
      const made = context();
      const { backup } = await import('./commands/backup.ts');
      await explained(backup(file, options, made));
    });
}

function addRestore(program: Command, context: MakeContext): void {
  program
    .command('restore')
    .summary('restore a backup, or check one')
    .description('Restore a backup where nothing is yet. All of it is checked first.')
    .argument('<file>', 'what sotto backup wrote')
    .addOption(listOption('--key <file>', 'private key that opens it'))
    .addOption(passphraseOption('passphrase that opens it, in a file'))
    .option('--from <file>', 'public key of the service that made it')
    .option('--verify', 'check it, and restore nothing')
    .addOption(dataOption())
    .addOption(new Option('--database-url <url>', 'PostgreSQL (default: SOTTO_DATABASE_URL)'))
    .addOption(quietOption())
    .addHelpText('after', exitCodesAndExample('sotto restore sotto.backup --key operator.key --data ./new'))
    .action(async (file: string, options: RestoreOptions) => {
      const made = context();
      const { restore } = await import('./commands/restore.ts');
      await explained(restore(file, options, made));
    });
}

function addMigrateDatabase(program: Command, context: MakeContext): void {
  program
    .command('migrate-database')
    .summary('move from SQLite to PostgreSQL, or back')
    .description('Copy a database into an empty one, and compare. Stop the service first.')
    .option('--from <place>', 'folder, file or postgres:// (default: that of SOTTO_*)')
    .option('--to <place>', 'the same (default: that of SOTTO_*)')
    .addOption(quietOption())
    .addHelpText('after', exitCodesAndExample('sotto migrate-database --from ./sotto-data'))
    .action(async (options: MigrateDatabaseOptions) => {
      const made = context();
      const { migrateDatabase } = await import('./commands/migrate-database.ts');
      await explained(migrateDatabase(options, made));
    });
}

function addDoctor(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .summary('find out what is wrong')
    .description('Check database, secrets, clocks, TLS, CORS and tokens. No secret is printed.')
    .addOption(new Option('--url <url>', 'address that clients use').argParser(parseUrl))
    // Not --env-file, which Node 20 takes for its own wherever it stands.
    .option('--backend-env <file>', '.env of the backend, to try a token')
    .addOption(dataOption())
    .option('--json', 'for programs')
    .addHelpText('after', '\nExit code: 0 no problem, 1 problems, 2 wrong usage.\n')
    .addHelpText('after', example('sotto doctor --url https://sotto.example.com --backend-env .env').trimStart())
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('./commands/doctor.ts');
      if (!(await doctor(options, terminal))) process.exitCode = EXIT.refused;
    });
}

function addStatus(program: Command, terminal: Terminal): void {
  program
    .command('status')
    .summary('say what an installation holds')
    .description('Print release, database and counts, also while the service runs.')
    .addOption(dataOption())
    .option('--json', 'for programs')
    .addHelpText('after', example('sotto status --data /var/lib/sotto'))
    .action(async (options: StatusOptions) => {
      const { status } = await import('./commands/status.ts');
      await explained(status(options, terminal));
    });
}

/** What a database says, in words of ours. */
async function explained(task: Promise<void>): Promise<void> {
  const { explainStoreErrors } = await import('@sotto/service');
  await explainStoreErrors(task);
}

function passphraseOption(description: string): Option {
  return new Option('--passphrase-file <file>', description);
}

function quietOption(): Option {
  return new Option('--quiet', 'no progress and no good news on stderr');
}

function parseUrl(text: string): URL {
  if (URL.canParse(text)) {
    const url = new URL(text);
    if (/^https?:$/.test(url.protocol)) return url;
  }
  throw new InvalidArgumentError('It is an address such as https://sotto.example.com.');
}
