/**
 * The words of the command line. What a command does is in `commands/` and loaded when it is called, so that help comes
 * at once and a signal finds its handler before anything heavy is read.
 */
import { createRequire } from 'node:module';
import { Command, Option } from 'commander';
import type { CreateKeyOptions } from './commands/app-key.ts';
import type { DevOptions } from './commands/dev.ts';
import type { KeygenOptions } from './commands/keygen.ts';
import type { ServeOptions } from './commands/serve.ts';
import type { TwilioEmulatorOptions } from './commands/twilio-emulator.ts';
import { addEncryption } from './encryption-words.ts';
import { addOperation } from './operator-words.ts';
import { dataOption, example, portOption } from './options.ts';
import { stopOnSignals } from './stop.ts';
import { EXIT, type Terminal } from './terminal.ts';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

const KEY_TYPES = ['ED25519', 'CURVE25519', 'CURVE25519_ED25519', 'SECP256R1', 'RSA_2048', 'RSA_3072', 'RSA_4096'];

interface DataOptions {
  readonly data?: string;
}

export function createProgram(terminal: Terminal): Command {
  const program = new Command('sotto')
    .description('End-to-end encryption that a team runs itself.')
    .version(version)
    .helpCommand(false)
    // Who reads help knows it.
    .addHelpOption(new Option('-h, --help').hideHelp())
    .showHelpAfterError('See --help.')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT.usage))
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'sotto: ')) })
    .addHelpText('after', example('sotto dev --demo'));
  program.commandsGroup('Run:');
  addDev(program, terminal);
  addServe(program);
  addTwilioEmulator(program, terminal);
  program.commandsGroup('Set up:');
  addApp(program, terminal);
  addAppKey(program, terminal);
  addSecrets(program, terminal);
  program.commandsGroup('Look after:');
  addOperation(program, terminal);
  program.commandsGroup('Encrypt:');
  addKeygen(program, terminal);
  addEncryption(program, terminal);
  return program;
}

function addDev(program: Command, terminal: Terminal): void {
  program
    .command('dev')
    .summary('run service, backend and emulator, ready to use')
    .description('Run the service, the sample backend and an emulator of Twilio, with an application ready to use.')
    .option('--data <dir>', 'data folder, made if absent', './sotto-data')
    .addOption(portOption('--port <n>', 'port of the service, 0 for a free one').default(8080))
    .addOption(portOption('--backend-port <n>', 'port of the backend, 0 for a free one').default(3000))
    .addOption(portOption('--twilio-port <n>', 'port of the emulator (default: 8090, or a free one with --port 0)'))
    .option('--host <address>', 'address that all listen on', '127.0.0.1')
    .option('--insecure-demo-login', 'allow any --host: the backend signs in anyone')
    .option('--demo', 'play the article once, and serve it as a page')
    .addHelpText('after', example('sotto dev --data ./sotto-data --port 0 --backend-port 0'))
    .action(async (options: DevOptions) => {
      const signal = stopOnSignals();
      const { dev } = await import('./commands/dev.ts');
      await dev(options, { terminal, signal, env: process.env });
    });
}

function addServe(program: Command): void {
  program
    .command('serve')
    .summary('run the service alone')
    .description('Run the service alone. SOTTO_* variables configure it; options win over them.')
    .addOption(dataOption())
    .addOption(portOption('--port <n>', 'port, 0 for a free one (default: SOTTO_PORT, or 8080)'))
    .option('--host <address>', 'address to listen on (default: SOTTO_HOST, or "127.0.0.1")')
    .addHelpText('after', example('sotto serve --data /var/lib/sotto'))
    .action(async (options: ServeOptions) => {
      // The service has handlers of its own; ours take a signal that comes before them, or twice.
      const signal = stopOnSignals();
      const { serve } = await import('./commands/serve.ts');
      if (!signal.aborted) await serve(options, process.env);
    });
}

function addTwilioEmulator(program: Command, terminal: Terminal): void {
  program
    .command('twilio-emulator')
    .summary('run a local Twilio Conversations, for development')
    .description(
      "Run a local Twilio Conversations that Twilio's clients connect to. For development, never production.",
    )
    .option('--data <dir>', 'data folder, made if absent', './sotto-data')
    .addOption(portOption('--port <n>', 'port, 0 for a free one').default(8090))
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--allow-remote', 'allow any --host')
    .option('--env <file>', 'write address and made-up account there (mode 0600)')
    .addHelpText('after', example('sotto twilio-emulator --env twilio.env'))
    .action(async (options: TwilioEmulatorOptions) => {
      const signal = stopOnSignals();
      const { twilioEmulator } = await import('./commands/twilio-emulator.ts');
      await twilioEmulator(options, { terminal, signal });
    });
}

function addApp(program: Command, terminal: Terminal): void {
  const app = program
    .command('app')
    .summary('manage applications')
    .description('Manage the applications of a data folder, also while the service runs.')
    .helpCommand(false)
    .addHelpText('after', example('sotto app create --name chat'));
  app
    .command('create')
    .description('Create an application and print its id.')
    .option('--name <name>', 'what people call it', 'app')
    .addOption(dataOption())
    .addHelpText('after', example('sotto app create --name chat'))
    .action(async (options: DataOptions & { name: string }) => {
      const { createApp } = await import('./commands/app.ts');
      await createApp(options, terminal);
    });
  app
    .command('list')
    .description('Print id and name of each application.')
    .addOption(dataOption())
    .addHelpText('after', example('sotto app list --data /var/lib/sotto'))
    .action(async (options: DataOptions) => {
      const { listApps } = await import('./commands/app.ts');
      await listApps(options, terminal);
    });
}

function addAppKey(program: Command, terminal: Terminal): void {
  const appKey = program
    .command('app-key')
    .summary('manage the keys that sign tokens')
    .description('Manage the keys that sign tokens, also while the service runs.')
    .helpCommand(false)
    .addHelpText('after', example('sotto app-key create >> .env'));
  appKey
    .command('create')
    .description('Make an App Key here, store its public half, and print the .env lines of a backend.')
    .addOption(appOption())
    .option('--name <name>', 'what people call the key', 'backend')
    .addOption(dataOption())
    .addHelpText('after', example('sotto app-key create >> .env'))
    .action(async (options: CreateKeyOptions) => {
      const { createKey } = await import('./commands/app-key.ts');
      await createKey(options, terminal);
    });
  appKey
    .command('list')
    .description('Print id and name of each App Key of an application.')
    .addOption(appOption())
    .addOption(dataOption())
    .addHelpText('after', example('sotto app-key list'))
    .action(async (options: DataOptions & { app?: string }) => {
      const { listKeys } = await import('./commands/app-key.ts');
      await listKeys(options, terminal);
    });
  appKey
    .command('revoke')
    .description('Refuse the tokens of an App Key from the next request on.')
    .argument('<app-key-id>', 'APP_KEY_ID of the backend')
    .addOption(dataOption())
    .addHelpText('after', example('sotto app-key revoke 3275fffc29261d7b8ae3fcf1f2ab06b7'))
    .action(async (appKeyId: string, options: DataOptions) => {
      const { revokeKey } = await import('./commands/app-key.ts');
      await revokeKey({ ...options, appKeyId }, terminal);
    });
}

function addSecrets(program: Command, terminal: Terminal): void {
  program
    .command('secrets')
    .summary('make the secrets that several nodes share')
    .description('Make the service key and the brain-key secret of nodes over one PostgreSQL. What is there stays.')
    .argument('<dir>', 'folder, made if absent')
    .addHelpText('after', example('sotto secrets /etc/sotto/secrets'))
    .action(async (folder: string) => {
      const { makeSecrets } = await import('./commands/secrets.ts');
      await makeSecrets(folder, terminal);
    });
}

function addKeygen(program: Command, terminal: Terminal): void {
  program
    .command('keygen')
    .summary('make a key pair')
    .description('Make a key pair. Prints the private and then the public key, each as a line of base64 (DER).')
    .addOption(new Option('--type <type>', 'kind of key').choices(KEY_TYPES).default('ED25519'))
    .option('--out <file>', 'write the private key there (mode 0600), print the public one')
    .option('--pem', 'PEM instead of base64')
    .addHelpText('after', example('sotto keygen --out app.key'))
    .action(async (options: KeygenOptions) => {
      const { keygen } = await import('./commands/keygen.ts');
      await keygen(options, terminal);
    });
}

function appOption(): Option {
  return new Option('--app <id>', 'application; not needed where there is only one');
}
