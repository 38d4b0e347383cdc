/**
 * The made-up Twilio account of a data folder, which `sotto dev` and `sotto twilio-emulator` share: that of
 * `dev-credentials.json`, or of a file of its own where the emulator was first.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMadeUpTwilioAccount, type TwilioAccount, twilioAccountToEnv } from '@sotto/auth';
import { nodeProvider } from '@sotto/core/node';
import { cliError } from '../errors.ts';
import { replacePrivateFile } from '../private-file.ts';
import { isSystemError } from '../terminal.ts';

/** The account of the folder; made, and kept there, if there is none. */
export async function prepareTwilioAccount(dataDir: string): Promise<TwilioAccount> {
  const path = join(dataDir, 'twilio-credentials.json');
  const saved = (await readTwilio(join(dataDir, 'dev-credentials.json'))) ?? (await readTwilio(path));
  if (saved) return saved;
  const twilio = createMadeUpTwilioAccount(nodeProvider);
  await replacePrivateFile(path, `${JSON.stringify({ twilio }, null, 2)}\n`);
  return twilio;
}

async function readTwilio(path: string): Promise<TwilioAccount | undefined> {
  try {
    const { twilio } = JSON.parse(await readFile(path, 'utf8')) as { twilio: TwilioAccount };
    const values = Object.values(twilioAccountToEnv(twilio));
    if (!values.every((value) => typeof value === 'string' && value !== '')) throw new TypeError('a value is missing');
    return twilio;
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined;
    if (isSystemError(error)) throw error;
    throw cliError('cli/damaged-file', `${path} cannot be read`, 'remove it, and the next start makes new keys', error);
  }
}
