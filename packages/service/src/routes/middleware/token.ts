import { TOKEN_SCHEME } from '@sotto/contract';
import { isSdkError } from '@sotto/core';
import type { Context, MiddlewareHandler } from 'hono';
import { serviceError } from '../../domain/errors.ts';
import type { Dependencies, Env } from '../env.ts';

/** Lets a request pass whose token is good and whose user has not sent too many, before its body is looked at. */
export function requireToken({ authenticate, rateLimits, clock }: Dependencies): MiddlewareHandler<Env> {
  const identify = async (c: Context<Env>, token: string) => {
    try {
      return await authenticate(token, clock());
    } catch (error) {
      // One that has expired is good otherwise: a backend or a device is slow, and nobody tries anything.
      const address = c.get('clientAddress');
      if (isSdkError(error) && !isSdkError(error, 'token/expired') && address !== undefined) {
        await rateLimits.countRefusedToken(address);
      }
      throw error;
    }
  };
  return async (c, next) => {
    const caller = await identify(c, readTokenHeader(c.req.header('Authorization')));
    c.set('caller', caller);
    await rateLimits.countCaller(caller);
    await next();
  };
}

function readTokenHeader(header = ''): string {
  const [scheme = '', token = '', ...rest] = header.trim().split(/ +/);
  const isFit = scheme.toLowerCase() === TOKEN_SCHEME.toLowerCase() && token !== '' && rest.length === 0;
  if (!isFit) throw serviceError('token/missing');
  return token;
}
