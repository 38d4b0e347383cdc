/** The one place where our errors become answers. Whatever is not in the contract's table is our fault, and says nothing. */

import { SERVICE_ERRORS, isServiceErrorName, type ErrorResponse } from '@sotto/contract';
import { isSdkError } from '@sotto/core';
import type { Context, ErrorHandler, MiddlewareHandler, NotFoundHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';
import { serviceError } from '../../domain/errors.ts';
import type { Env } from '../env.ts';

export interface ErrorAnswer {
  readonly status: number;
  readonly body: ErrorResponse;
}

export function errorToAnswer(error: unknown): ErrorAnswer {
  if (!isSdkError(error) || !isServiceErrorName(error.code)) return errorToAnswer(serviceError('internal'));
  // Core throws some of these by the same name. The words are those of the table, which fit a caller of the service.
  const { code, status, message } = SERVICE_ERRORS[error.code];
  const { hint } = error.details;
  return { status, body: { code, message: typeof hint === 'string' ? `${message} (${hint})` : message } };
}

export function handleError(logger: Logger): ErrorHandler<Env> {
  return (error, c) => {
    const answer = errorToAnswer(error);
    if (answer.status >= 500) logger.error({ requestId: c.get('requestId'), err: error }, 'request failed');
    return answerError(c, answer);
  };
}

export const handleUnknownRoute: NotFoundHandler<Env> = (c) =>
  answerError(c, errorToAnswer(serviceError('route/unknown')));

/** For `all`, after the handlers of the methods that a path does take. */
export function refuseOtherMethods(...allowed: readonly string[]): MiddlewareHandler<Env> {
  return async (c) => {
    c.header('Allow', allowed.join(', '));
    throw serviceError('route/method-not-allowed');
  };
}

/** Hono answers HEAD where it answers GET; the clients' API has no HEAD. */
export const refuseHead: MiddlewareHandler<Env> = async (c, next) => {
  if (c.req.method === 'HEAD') {
    c.header('Allow', 'GET');
    throw serviceError('route/method-not-allowed');
  }
  await next();
};

function answerError(c: Context<Env>, { status, body }: ErrorAnswer): Response {
  return c.json(body, status as ContentfulStatusCode);
}
