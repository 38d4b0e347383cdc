import type { MiddlewareHandler } from 'hono';
import { serviceError } from '../../domain/errors.ts';
import type { Env } from '../env.ts';

/**
 * Answers `service/too-slow` when a request is not done in time. What it began goes on: a write may still happen, which
 * the message says.
 */
export function limitHandling({ milliseconds }: { milliseconds: number }): MiddlewareHandler<Env> {
  return async (_, next) => {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(serviceError('service/too-slow')), milliseconds);
    });
    try {
      await Promise.race([next(), deadline]);
    } finally {
      clearTimeout(timer);
    }
  };
}
