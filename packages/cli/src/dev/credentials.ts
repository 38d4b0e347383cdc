/**
 * What `sotto dev` signs with, kept in the data folder so that a second start is the same application with the same
 * Twilio credentials. `dev.env` tells others of it; this file is where it is remembered.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TwilioAccount, twilioAccountToEnv } from '@sotto/auth';
import { bytesToBase64, generateKeyPair } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { createApplication, createAppKey, listApplications, listAppKeys, type Store } from '@sotto/service';
import { cliError } from '../errors.ts';
import { replacePrivateFile } from '../private-file.ts';
import { isSystemError } from '../terminal.ts';
import { prepareTwilioAccount } from './twilio-account.ts';

/** Of the application and of its key, in the lists of both. */
const NAME = 'sotto dev';

export interface CredentialsOptions {
  /** Of another application. */
  readonly name?: string;
  /** One that there is already. */
  readonly twilio?: TwilioAccount;
}

export interface DevCredentials {
  readonly appId: string;
  readonly appKeyId: string;
  /** Base64 of PKCS#8 DER. */
  readonly appKey: string;
  /** Base64 of 32 bytes. Kept, so that a page stays signed in when the backend starts anew. */
  readonly sessionSecret: string;
  readonly twilio: TwilioAccount;
}

/**
 * The credentials of the data folder. What is missing is made: all of it at the first start, an App Key after the old one
 * was revoked. A start that was killed before the file was there leaves an application, which the next one takes up.
 */
export async function prepareCredentials(
  dataDir: string,
  store: Store,
  { name = NAME, twilio }: CredentialsOptions = {},
): Promise<DevCredentials> {
  const path = join(dataDir, 'dev-credentials.json');
  const saved = await readSaved(path);
  if (saved && (await isAccepted(store, saved))) return saved;

  const credentials = {
    sessionSecret: saved?.sessionSecret ?? bytesToBase64(nodeProvider.randomBytes(32)),
    twilio: saved?.twilio ?? twilio ?? (await prepareTwilioAccount(dataDir)),
    ...(await createKeyedApplication(store, { name, savedAppId: saved?.appId })),
  };
  await replacePrivateFile(path, `${JSON.stringify(credentials, null, 2)}\n`);
  return credentials;
}

/** Whether the service takes what this key signs: not after a revocation, and not where the database is a new one. */
async function isAccepted(store: Store, { appId, appKeyId }: DevCredentials): Promise<boolean> {
  const applications = await listApplications(store);
  if (!applications.some((application) => application.appId === appId)) return false;
  const keys = await listAppKeys(store, appId);
  return keys.some((key) => key.appKeyId === appKeyId && key.revokedAt === undefined);
}

/** A new App Key for the application that was saved, else for the one by our name, else for a new one. */
async function createKeyedApplication(
  store: Store,
  { name, savedAppId }: { readonly name: string; readonly savedAppId: string | undefined },
) {
  const applications = await listApplications(store);
  const { appId } =
    applications.find((application) => application.appId === savedAppId) ??
    applications.find((application) => application.name === name) ??
    (await createApplication(store, { name }));
  const { privateKey, publicKey } = await generateKeyPair(nodeProvider);
  const spki = bytesToBase64(publicKey.exportDer());
  const { appKeyId } = await createAppKey(store, { appId, name, publicKey: spki });
  return { appId, appKeyId, appKey: bytesToBase64(privateKey.exportDer()) };
}

async function readSaved(path: string): Promise<DevCredentials | undefined> {
  try {
    return parseCredentials(await readFile(path, 'utf8'));
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined;
    if (isSystemError(error)) throw error;
    throw cliError('cli/damaged-file', `${path} cannot be read`, 'remove it, and the next start makes new keys', error);
  }
}

/** Only this file writes it, so that any other shape means damage. @throws `TypeError`, `SyntaxError` */
function parseCredentials(text: string): DevCredentials {
  const { twilio, ...rest } = JSON.parse(text) as DevCredentials;
  const values = [
    rest.appId,
    rest.appKeyId,
    rest.appKey,
    rest.sessionSecret,
    ...Object.values(twilioAccountToEnv(twilio)),
  ];
  if (!values.every((value) => typeof value === 'string' && value !== '')) throw new TypeError('a value is missing');
  return { ...rest, twilio };
}
