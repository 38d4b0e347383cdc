/** The one place where our errors become answers. Whatever is not in the contract's table is our fault, and says nothing. */

import { SERVICE_ERRORS, isServiceErrorName, type ErrorResponse, type ServiceErrorName } from '@sotto/contract';
import { isSdkError } from '@sotto/core';
import type { Context, ErrorHandler, MiddlewareHandler, NotFoundHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';
import { serviceError } from '../../domain/errors.ts';
import { StoreBusyError, StoreConflictError, StoreFullError, StoreUnavailableError } from '../../store/errors.ts';
import type { Env } from '../env.ts';

export interface ErrorAnswer {
  readonly name: ServiceErrorName;
  readonly status: number;
  /** What `Retry-After` says. */
  readonly retryAfterSeconds?: number;
  readonly body: ErrorResponse;
}

export function errorToAnswer(error: unknown): ErrorAnswer {
  if (error instanceof StoreFullError) return errorToAnswer(serviceError('service/full'));
  if (error instanceof StoreUnavailableError) {
    return errorToAnswer(serviceError('service/not-ready', { retryAfterSeconds: 2 }));
  }
  if (error instanceof StoreBusyError || error instanceof StoreConflictError) {
    return errorToAnswer(serviceError('service/busy', { retryAfterSeconds: 2 }));
  }
  if (!isSdkError(error) || !isServiceErrorName(error.code)) return errorToAnswer(serviceError('internal'));
  // Core throws some of these by the same name. The words are those of the table, which fit a caller of the service.
  const { code, status, message } = SERVICE_ERRORS[error.code];
  const { hint, retryAfterSeconds } = error.details;
  return {
    name: error.code,
    status,
    ...(typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {}),
    body: { code, message: typeof hint === 'string' ? `${message} (${hint})` : message },
  };
}

export type OnRefusal = (name: ServiceErrorName) => void;

export interface ErrorObservers {
  readonly logger: Logger;
  /** Told of each answer that is an error. */
  readonly onRefusal: OnRefusal;
}

export function handleError({ logger, onRefusal }: ErrorObservers): ErrorHandler<Env> {
  return (error, c) => {
    const answer = errorToAnswer(error);
    onRefusal(answer.name);
    if (answer.status >= 500) logger.error({ requestId: c.get('requestId'), err: error }, 'request failed');
    return answerError(c, answer);
  };
}

export const handleUnknownRoute: NotFoundHandler<Env> = () => {
  throw serviceError('route/unknown');
};

/** For `all`, after the handlers of the methods that a path does take. */
export function refuseOtherMethods(...allowed: readonly string[]): MiddlewareHandler<Env> {
  return async (c) => {
    c.header('Allow', allowed.join(', '));
    throw serviceError('route/method-not-allowed');
  };
}

/** Before the handler of a GET, which Hono takes for HEAD too; the clients' API has no HEAD. */
export function refuseHead(...allowed: readonly string[]): MiddlewareHandler<Env> {
  const refuse = refuseOtherMethods(...allowed);
  return (c, next) => (c.req.method === 'HEAD' ? refuse(c, next) : next());
}

function answerError(c: Context<Env>, { status, retryAfterSeconds, body }: ErrorAnswer): Response {
  if (retryAfterSeconds !== undefined) c.header('Retry-After', String(retryAfterSeconds));
  return c.json(body, status as ContentfulStatusCode);
}
