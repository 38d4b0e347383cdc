/** The words of the commands that encrypt, sign and look into messages: no service takes part in any of them. */
import { type Command, Option } from 'commander';
import type { DecryptOptions } from './commands/decrypt.ts';
import type { EncryptOptions } from './commands/encrypt.ts';
import type { DecryptFieldsOptions, EncryptFieldsOptions } from './commands/fields.ts';
import type { InspectOptions } from './commands/inspect.ts';
import type { SignOptions } from './commands/sign.ts';
import type { VerifyOptions } from './commands/verify.ts';
import { countOption, dateOption, example, exitCodesAndExample, listOption, requiredListOption } from './options.ts';
import { stopOnSignals } from './stop.ts';
import type { StreamContext } from './streams/context.ts';
import type { Terminal } from './terminal.ts';

export function addEncryption(program: Command, terminal: Terminal): void {
  const context = (): StreamContext => ({ terminal, signal: stopOnSignals(), streams: process });
  addEncrypt(program, context);
  addDecrypt(program, context);
  addSign(program, context);
  addVerify(program, context);
  addFields(program, context);
  addInspect(program, context);
}

type MakeContext = () => StreamContext;

function addEncrypt(program: Command, context: MakeContext): void {
  program
    .command('encrypt')
    .summary('encrypt and sign a file or stdin')
    .description('Encrypt and sign for others and yourself, in the format of authEncrypt.')
    .addOption(ownKeyOption('your private key'))
    .addOption(requiredListOption('--to <file>', 'public key of a reader'))
    .addOption(inOption())
    .addOption(outOption())
    .option('--text', 'a line of base64 instead of bytes')
    .addOption(countOption('--size <n>', 'bytes to come through a pipe, if many'))
    .addOption(quietOption())
    .addHelpText('after', exitCodesAndExample('sotto encrypt --key me.key --to bob.pub --in a.pdf --out a.enc'))
    .action(async (options: EncryptOptions) => {
      const made = context();
      const { encrypt } = await import('./commands/encrypt.ts');
      await encrypt(options, made);
    });
}

function addDecrypt(program: Command, context: MakeContext): void {
  program
    .command('decrypt')
    .summary('decrypt what a sender signed')
    .description('Decrypt a message, as bytes or base64. Nothing comes out unless the sender\nsigned all of it.')
    .addOption(requiredListOption('--key <file>', 'your private key, or a former one'))
    .addOption(fromOption('public key of the sender'))
    .addOption(inOption())
    .addOption(outOption())
    .addOption(quietOption())
    .addHelpText('after', exitCodesAndExample('sotto decrypt --key me.key --from bob.pub --in a.enc --out a.pdf'))
    .action(async (options: DecryptOptions) => {
      const made = context();
      const { decrypt } = await import('./commands/decrypt.ts');
      await decrypt(options, made);
    });
}

function addSign(program: Command, context: MakeContext): void {
  program
    .command('sign')
    .summary('sign a file or stdin')
    .description('Print a signature, a line of base64, which travels apart from what it signs.')
    .addOption(ownKeyOption('your private key'))
    .addOption(inOption())
    .addHelpText('after', exitCodesAndExample('sotto sign --key me.key --in release.tgz > release.sig'))
    .action(async (options: SignOptions) => {
      const made = context();
      const { sign } = await import('./commands/sign.ts');
      await sign(options, made);
    });
}

function addVerify(program: Command, context: MakeContext): void {
  program
    .command('verify')
    .summary('check who signed a file or stdin')
    .description('Check a signature as sotto sign prints it. Ends with 0 only if it is good.')
    .addOption(fromOption('public key of the signer'))
    .requiredOption('--signature <file>', 'the signature')
    .addOption(inOption())
    .addOption(quietOption())
    .addHelpText('after', exitCodesAndExample('sotto verify --from bob.pub --signature release.sig --in release.tgz'))
    .action(async (options: VerifyOptions) => {
      const made = context();
      const { verify } = await import('./commands/verify.ts');
      await verify(options, made);
    });
}

function addFields(program: Command, context: MakeContext): void {
  const fields = program
    .command('fields')
    .summary('encrypt single fields of JSON')
    .description('Encrypt and decrypt single fields of JSON documents.')
    .helpCommand(false)
    .addHelpText('after', example('sotto fields decrypt --key me.key --from bob.pub --document-id 42'));
  fields
    .command('encrypt')
    .description('Encrypt fields for others and yourself, and sign the document.')
    .addOption(ownKeyOption('your private key'))
    .addOption(requiredListOption('--to <file>', 'public key of a reader'))
    .addOption(requiredListOption('--field <path>', 'such as visits[*].note'))
    .addOption(documentIdOption())
    .addOption(countOption('--revision <n>', 'higher with each change').default(1))
    .addOption(dateOption('--expires <date>', 'when readers refuse it'))
    .addOption(listOption('--cover-plain <path>', 'plain parts to sign, or none; all if absent'))
    .addOption(linesOption())
    .addOption(idFieldOption())
    .addOption(inOption())
    .addOption(outOption())
    .addHelpText(
      'after',
      exitCodesAndExample('sotto fields encrypt --key me.key --to bob.pub --document-id 42 --field note'),
    )
    .action(async (options: EncryptFieldsOptions) => {
      const made = context();
      const { encryptDocument } = await import('./commands/fields.ts');
      await encryptDocument(options, made);
    });
  fields
    .command('decrypt')
    .description('Check a document, and decrypt the fields that you may read.')
    .addOption(requiredListOption('--key <file>', 'your private key, or a former one'))
    .addOption(fromOption('public key of the author'))
    .addOption(documentIdOption())
    .addOption(linesOption())
    .addOption(idFieldOption())
    .addOption(inOption())
    .addOption(outOption())
    .addOption(quietOption())
    .addHelpText(
      'after',
      exitCodesAndExample('sotto fields decrypt --key me.key --from bob.pub --document-id 42 --in a.json'),
    )
    .action(async (options: DecryptFieldsOptions) => {
      const made = context();
      const { decryptDocument } = await import('./commands/fields.ts');
      await decryptDocument(options, made);
    });
}

function addInspect(program: Command, context: MakeContext): void {
  program
    .command('inspect')
    .summary('say what bytes are, and what they show')
    .description(
      'Say what a file or stdin is, for whom, by whom, and what its format lacks.\nIt takes no private key and decrypts nothing; secrets are not shown.',
    )
    .argument('[file]', 'bytes or base64 (default: stdin)')
    .addOption(listOption('--know <file>', 'public key that is called by its file'))
    .option('--json', 'for programs')
    .addHelpText('after', exitCodesAndExample('sotto inspect a.enc --know me.pub --know bob.pub'))
    .action(async (path: string | undefined, options: InspectOptions) => {
      const made = context();
      const { inspect } = await import('./commands/inspect.ts');
      await inspect({ ...options, path }, made);
    });
}

function ownKeyOption(description: string): Option {
  return new Option('--key <file>', description).makeOptionMandatory();
}

function fromOption(description: string): Option {
  return new Option('--from <file>', description).makeOptionMandatory();
}

function inOption(): Option {
  return new Option('--in <file>', 'what to read (default: stdin)');
}

function outOption(): Option {
  return new Option('--out <file>', 'what to write (mode 0600; default: stdout)');
}

function quietOption(): Option {
  return new Option('--quiet', 'no progress and no good news on stderr');
}

function documentIdOption(): Option {
  return new Option('--document-id <id>', 'what you call the document');
}

function linesOption(): Option {
  return new Option('--lines', 'one document a line');
}

function idFieldOption(): Option {
  return new Option('--id-field <path>', 'where documents have their id');
}
