/**
 * `sotto twilio-emulator`: a local Twilio Conversations alone, for apps with a backend of their own. Takes the made-up account
 * of the data folder; runs until it is stopped.
 */
import { mkdir, rm } from 'node:fs/promises';
import type { TwilioEmulator } from '@sotto/twilio-emulator';
import { emulatorToEnv, serveTwilio } from '../dev/twilio.ts';
import { prepareTwilioAccount } from '../dev/twilio-account.ts';
import { formatEnv } from '../env-file.ts';
import { replacePrivateFile } from '../private-file.ts';
import { untilStopped } from '../stop.ts';
import type { Terminal } from '../terminal.ts';

export interface TwilioEmulatorOptions {
  readonly data: string;
  readonly port: number;
  readonly host: string;
  readonly allowRemote?: boolean;
  readonly env?: string;
}

export async function twilioEmulator(
  options: TwilioEmulatorOptions,
  { terminal, signal }: { readonly terminal: Terminal; readonly signal: AbortSignal },
): Promise<void> {
  const { data: dataDir, host, port, allowRemote = false, env } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  // Who waits for the file is to see this run's.
  if (env !== undefined) await rm(env, { force: true });
  const account = await prepareTwilioAccount(dataDir);
  const otherPort = 'sotto twilio-emulator --port 0';
  const emulator = await serveTwilio({ dataDir, account, host, port, allowRemote, otherPort });
  try {
    if (signal.aborted) return;
    if (env !== undefined) await replacePrivateFile(env, `${formatEnv(emulatorToEnv(emulator))}\n`);
    greet(terminal, emulator, env);
    await untilStopped(signal);
  } finally {
    await emulator.close();
  }
}

function greet(terminal: Terminal, emulator: TwilioEmulator, env: string | undefined): void {
  terminal.result(`twilio    ${emulator.url}  (an emulator: for development only, and not Twilio)`);
  terminal.result(`clients   new Client(token, { Twilsock: { uri: "${emulator.wsUrl}" } })`);
  terminal.result(`account   ${emulator.accounts[0]!.accountSid}  (made up)`);
  if (env === undefined) terminal.result('settings  --env FILE writes them, with the secret that signs tokens');
  else terminal.result(`settings  ${env}`);
  terminal.result('stop      Ctrl-C');
}
