/**
 * Twilio access tokens with a chat grant, and credentials that are made up for the emulator.
 * Format: https://www.twilio.com/docs/iam/access-tokens
 */
import { bytesToHex, type CryptoProvider } from '@sotto/core';
import { SignJWT } from 'jose';

const TTL_SECONDS = 60 * 60;

/**
 * Made-up SIDs have eight zeros after their two letters. Twilio's are random, so that one in four thousand million
 * looks like this; and nothing secret hangs on the difference.
 */
const MADE_UP = '00000000';

export interface TwilioAccount {
  /** `AC…` */
  readonly accountSid: string;
  /** `SK…` */
  readonly apiKey: string;
  readonly apiSecret: string;
  /** `IS…`, the Conversations service. */
  readonly serviceSid: string;
}

/** Credentials of no account at all: they sign tokens that only the emulator takes. */
export function createMadeUpTwilioAccount(provider: CryptoProvider): TwilioAccount {
  const createSid = (prefix: string) => `${prefix}${MADE_UP}${bytesToHex(provider.randomBytes(12))}`;
  return {
    accountSid: createSid('AC'),
    apiKey: createSid('SK'),
    apiSecret: bytesToHex(provider.randomBytes(16)),
    serviceSid: createSid('IS'),
  };
}

/** Whether this SID (account, API key or service) was made up here; such credentials always mean the emulator. */
export function isMadeUpTwilioSid(sid: string): boolean {
  return sid.startsWith(MADE_UP, 2);
}

/** A Twilio access token for `identity`, good for an hour. `issuedAt` in seconds since 1970. */
export async function issueTwilioToken(
  account: TwilioAccount,
  options: { readonly identity: string; readonly issuedAt: number },
): Promise<string> {
  const { identity, issuedAt } = options;
  const grants = { identity, chat: { service_sid: account.serviceSid } };
  return new SignJWT({ grants })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', cty: 'twilio-fpa;v=1' })
    .setJti(`${account.apiKey}-${issuedAt}`)
    .setIssuer(account.apiKey)
    .setSubject(account.accountSid)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + TTL_SECONDS)
    .sign(new TextEncoder().encode(account.apiSecret));
}
