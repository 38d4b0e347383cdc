import { TOKEN_SCHEME } from '@sotto/contract';
import type { MiddlewareHandler } from 'hono';
import { serviceError } from '../../domain/errors.ts';
import type { Dependencies, Env } from '../env.ts';

/** Lets a request pass whose token is good, and before its body is looked at. */
export function requireToken({ authenticate, clock }: Dependencies): MiddlewareHandler<Env> {
  return async (c, next) => {
    const token = readTokenHeader(c.req.header('Authorization'));
    c.set('caller', await authenticate(token, clock()));
    await next();
  };
}

function readTokenHeader(header = ''): string {
  const [scheme = '', token = '', ...rest] = header.trim().split(/ +/);
  const isFit = scheme.toLowerCase() === TOKEN_SCHEME.toLowerCase() && token !== '' && rest.length === 0;
  if (!isFit) throw serviceError('token/missing');
  return token;
}
