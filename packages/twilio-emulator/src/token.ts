/**
 * Access tokens with a chat grant: JWT, HS256 under the API secret. Format: https://www.twilio.com/docs/iam/access-tokens;
 * the numbers of refusals are those of Twilio's error dictionary, 20101 to 20157.
 */
import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Account } from './accounts.ts';
import { TwilioRefusal } from './errors.ts';

const MAX_TTL_SECONDS = 24 * 60 * 60;
const MAX_TOKEN_CHARACTERS = 16 * 1024;

export interface Caller {
  readonly identity: string;
  readonly account: Account;
  readonly token: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

export interface TokenChecker {
  /** @throws TwilioRefusal 20101 to 20107, 20157 */
  check(token: unknown): Promise<Caller>;
  /** Counts as expired from now on. */
  expire(token: string): void;
}

/** `clock` in milliseconds. */
export function createTokenChecker(options: {
  readonly accounts: readonly Account[];
  readonly clock: () => number;
  readonly maxIdentityCharacters: number;
}): TokenChecker {
  const { accounts, clock, maxIdentityCharacters } = options;
  const expired = new Set<string>();
  return {
    async check(token) {
      if (typeof token !== 'string' || token.length > MAX_TOKEN_CHARACTERS) throw new TwilioRefusal(20101);
      checkHeader(token);
      const account = findIssuer(token, accounts);
      const claims = await verify(token, account, clock());
      if (expired.has(token)) throw new TwilioRefusal(20104);
      const { exp = 0, iat } = claims;
      if (exp - (iat ?? Math.floor(clock() / 1000)) > MAX_TTL_SECONDS) throw new TwilioRefusal(20157);
      const identity = readIdentity(claims, account);
      if (identity.length > maxIdentityCharacters) throw new TwilioRefusal(20106);
      return { identity, account, token, expiresAt: exp };
    },
    expire: (token) => void expired.add(token),
  };
}

function checkHeader(token: string): void {
  const header = orRefuse(20101, () => decodeProtectedHeader(token));
  const { alg, cty } = header;
  if (alg !== 'HS256' || typeof cty !== 'string' || !/^twilio-fpa;\s*v=1$/.test(cty)) throw new TwilioRefusal(20102);
}

function findIssuer(token: string, accounts: readonly Account[]): Account {
  const { iss, sub } = orRefuse(20101, () => decodeJwt(token));
  const account = accounts.find(({ apiKey, accountSid }) => apiKey === iss && accountSid === sub);
  if (!account) throw new TwilioRefusal(20103);
  return account;
}

async function verify(token: string, account: Account, now: number): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(account.apiSecret), {
      algorithms: ['HS256'],
      requiredClaims: ['exp'],
      currentDate: new Date(now),
    });
    return payload;
  } catch (error) {
    throw new TwilioRefusal(codeOf(error));
  }
}

function codeOf(error: unknown): 20101 | 20104 | 20105 | 20107 {
  if (error instanceof errors.JWSSignatureVerificationFailed) return 20107;
  if (error instanceof errors.JWTExpired) return 20104;
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 20101;
  return error.claim === 'nbf' ? 20105 : error.claim === 'exp' ? 20104 : 20101;
}

function readIdentity({ grants }: JWTPayload, account: Account): string {
  const { identity, chat } = (grants ?? {}) as { identity?: unknown; chat?: { service_sid?: unknown } };
  if (typeof identity !== 'string' || identity === '') throw new TwilioRefusal(20106);
  if (chat?.service_sid !== account.serviceSid) throw new TwilioRefusal(20106);
  return identity;
}

function orRefuse<T>(code: 20101, decode: () => T): T {
  try {
    return decode();
  } catch {
    throw new TwilioRefusal(code);
  }
}
