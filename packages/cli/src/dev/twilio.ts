/** The emulator over a data folder, and how other programs are told of it. */
import { join } from 'node:path';
import { type TwilioAccount, twilioAccountToEnv } from '@sotto/auth';
import { startTwilioEmulator, type TwilioEmulator } from '@sotto/twilio-emulator';
import { pino } from 'pino';
import { explainPortInUse } from '../errors.ts';

/** What a terminal program remembers of what came in, for who asks the control. */
const MAX_SEEN_BYTES = 16 * 1024 * 1024;

export interface TwilioOptions {
  readonly dataDir: string;
  readonly account: TwilioAccount;
  readonly host: string;
  readonly port: number;
  /** Whether others than this machine may reach it. */
  readonly allowRemote: boolean;
  /** To name when the port is in use. */
  readonly otherPort: string;
}

/** The emulator on a port, with what it had at the last start. */
export async function serveTwilio(options: TwilioOptions): Promise<TwilioEmulator> {
  const { dataDir, account, host, port, allowRemote, otherPort } = options;
  return startTwilioEmulator({
    accounts: [account],
    host,
    port,
    allowRemote,
    file: join(dataDir, 'twilio.jsonl'),
    maxSeenBytes: MAX_SEEN_BYTES,
    logger: pino({ level: 'error' }, process.stderr),
  }).catch(explainPortInUse(port, otherPort));
}

/** Lines of a `.env`: where it is, and what it takes. The socket is `ws://` at the same address, path `/v3/wsconnect`. */
export function emulatorToEnv({ url, accounts, controlToken }: TwilioEmulator): Record<string, string> {
  const [account] = accounts as [TwilioEmulator['accounts'][number]];
  return {
    ...twilioAccountToEnv(account),
    TWILIO_AUTH_TOKEN: account.authToken,
    TWILIO_EMULATOR_URL: url,
    TWILIO_EMULATOR_TOKEN: controlToken,
  };
}
