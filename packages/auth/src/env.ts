/** A backend's settings from the environment, under the names of Virgil's and Twilio's own samples. */
import { base64ToBytes, type CryptoProvider, importPrivateKey, type PrivateKey, utf8ToBytes } from '@sotto/core';
import { authError } from './errors.ts';
import type { AppKeySettings } from './issue.ts';
import { isMadeUpTwilioSid, type TwilioAccount } from './twilio.ts';

export type Env = Readonly<Record<string, string | undefined>>;

export interface BackendSettings {
  /** `APP_ID`, `APP_KEY_ID`, `APP_KEY`. */
  readonly app: AppKeySettings;
  /** `TWILIO_ACCOUNT_SID`, `TWILIO_API_KEY`, `TWILIO_API_SECRET`, `TWILIO_SERVICE_SID`: all of them or none. */
  readonly twilio?: TwilioAccount;
  /** `API_URL`: where the service is. */
  readonly apiUrl?: string;
  /** `SERVICE_PUBLIC_KEY`: base64 of SPKI DER, for clients to pin. */
  readonly servicePublicKey?: string;
}

/**
 * Reads what `createTokenIssuer` and `createSampleBackend` need. An empty value counts as absent.
 * @throws `auth/missing-setting` (details: `variables`), `auth/bad-setting` (details: `variable`)
 */
export async function readEnv(provider: CryptoProvider, env: Env): Promise<BackendSettings> {
  const [appId, appKeyId, appKey] = readAll(env, ['APP_ID', 'APP_KEY_ID', 'APP_KEY']);
  const twilio = readTwilioAccount(env);
  const apiUrl = read(env, 'API_URL');
  const servicePublicKey = read(env, 'SERVICE_PUBLIC_KEY');
  return {
    app: { appId, appKeyId, appKey: await parseAppKey(provider, appKey) },
    ...(twilio && { twilio }),
    ...(apiUrl && { apiUrl }),
    ...(servicePublicKey && { servicePublicKey }),
  };
}

const TWILIO_VARIABLES = ['TWILIO_ACCOUNT_SID', 'TWILIO_API_KEY', 'TWILIO_API_SECRET', 'TWILIO_SERVICE_SID'] as const;

/** The Twilio account of the environment, or undefined where none of its variables is set. @throws as `readEnv` */
export function readTwilioAccount(env: Env): TwilioAccount | undefined {
  if (TWILIO_VARIABLES.every((name) => read(env, name) === undefined)) return undefined;
  const [accountSid, apiKey, apiSecret, serviceSid] = readAll(env, TWILIO_VARIABLES);
  checkSid('TWILIO_ACCOUNT_SID', accountSid, 'AC');
  checkSid('TWILIO_API_KEY', apiKey, 'SK');
  checkSid('TWILIO_SERVICE_SID', serviceSid, 'IS');
  const isMadeUp = [accountSid, apiKey, serviceSid].map(isMadeUpTwilioSid);
  if (new Set(isMadeUp).size > 1) {
    throw badSetting('TWILIO_ACCOUNT_SID', 'and the other TWILIO_* mix a real account with made-up credentials');
  }
  return { accountSid, apiKey, apiSecret, serviceSid };
}

/** The other way: the variables that `readTwilioAccount` reads. */
export function twilioAccountToEnv(account: TwilioAccount): Record<(typeof TWILIO_VARIABLES)[number], string> {
  return {
    TWILIO_ACCOUNT_SID: account.accountSid,
    TWILIO_API_KEY: account.apiKey,
    TWILIO_API_SECRET: account.apiSecret,
    TWILIO_SERVICE_SID: account.serviceSid,
  };
}

function read(env: Env, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/** The values of all `names`, in their order, or one error that names every absent one. */
function readAll<const Names extends readonly string[]>(env: Env, names: Names): { [Index in keyof Names]: string } {
  const variables = names.filter((name) => read(env, name) === undefined);
  if (variables.length > 0) {
    throw authError('auth/missing-setting', {
      message: `Not set in the environment: ${variables.join(', ')}. A file can be read with node --env-file=FILE.`,
      details: { variables },
    });
  }
  return names.map((name) => read(env, name)) as { [Index in keyof Names]: string };
}

async function parseAppKey(provider: CryptoProvider, text: string): Promise<PrivateKey> {
  const key = await importKey(provider, text).catch((cause: unknown) => {
    throw badSetting('APP_KEY', 'is no private key (base64 of PKCS#8 DER, or PEM)', cause);
  });
  if (!key.publicKey.canSign) throw badSetting('APP_KEY', 'is a key that cannot sign');
  return key;
}

/** Base64 of DER as in Virgil's `.env`, or PEM, whose line ends many writers of `.env` files turn into `\n`. */
async function importKey(provider: CryptoProvider, text: string): Promise<PrivateKey> {
  const isPem = text.startsWith('-----BEGIN');
  return importPrivateKey(provider, isPem ? utf8ToBytes(text.replaceAll('\\n', '\n')) : base64ToBytes(text));
}

/** The letters tell the kinds of SID apart; swapping two of them is the usual mistake. */
function checkSid(variable: string, sid: string, prefix: string): void {
  if (!new RegExp(`^${prefix}[0-9A-Za-z]+$`).test(sid)) throw badSetting(variable, `must start with ${prefix}`);
}

function badSetting(variable: string, problem: string, cause?: unknown) {
  return authError('auth/bad-setting', { message: `${variable} ${problem}.`, details: { variable }, cause });
}
