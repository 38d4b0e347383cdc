/** The sample backend's own sign-in: an authToken (JWT, HS256) that only says who asked for it. */
import { errors, jwtVerify, SignJWT } from 'jose';
import { authError } from './errors.ts';
import { parseIdentity } from './identity.ts';

const TTL_SECONDS = 24 * 60 * 60;

/** Keeps these tokens apart from any other JWT that might be signed with the same secret. */
const AUDIENCE = 'sotto-sample-backend';

export interface Sessions {
  /** An authToken for `identity`, good for a day. */
  open(identity: string): Promise<string>;
  /**
   * Whose authToken an `Authorization` header carries.
   * @throws `auth/missing-token`, `auth/bad-token`, `auth/expired-token`
   */
  identify(authorization: string | undefined): Promise<string>;
}

/** `secret`: 32 random bytes. `now` in milliseconds. */
export function createSessions(options: { readonly secret: Uint8Array; readonly now: () => number }): Sessions {
  const { secret, now } = options;
  return {
    async open(identity) {
      const issuedAt = Math.floor(now() / 1000);
      return new SignJWT()
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setAudience(AUDIENCE)
        .setSubject(identity)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + TTL_SECONDS)
        .sign(secret);
    },

    async identify(authorization) {
      const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) throw authError('auth/missing-token');
      try {
        const { payload } = await jwtVerify(token, secret, {
          algorithms: ['HS256'],
          audience: AUDIENCE,
          requiredClaims: ['sub', 'exp'],
          currentDate: new Date(now()),
        });
        return parseIdentity(payload.sub);
      } catch (cause) {
        if (cause instanceof errors.JWTExpired) throw authError('auth/expired-token', { cause });
        throw authError('auth/bad-token', { cause });
      }
    },
  };
}
