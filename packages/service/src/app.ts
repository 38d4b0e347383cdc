/** The service as a function from request to answer, over a given store and secrets. It opens nothing. */

import { HEALTH_PATHS } from '@sotto/contract';
import { nodeProvider } from '@sotto/core/node';
import { Hono } from 'hono';
import { getPath } from 'hono/utils/url';
import type { Logger } from 'pino';
import type { BrainKeyComputer } from './domain/brain-key.ts';
import type { GuessLimits } from './domain/guesses.ts';
import type { Quotas } from './domain/quotas.ts';
import type { RateLimits } from './domain/request-rates.ts';
import type { ServiceKeys } from './domain/service-key.ts';
import { createAuthenticator } from './domain/tokens.ts';
import type { Metrics } from './metrics.ts';
import { brainKeyRoutes } from './routes/brain-key.ts';
import { cardRoutes } from './routes/cards.ts';
import { createAddressReader } from './routes/client-address.ts';
import type { Clock, Env } from './routes/env.ts';
import { healthRoutes } from './routes/health.ts';
import { keyknoxRoutes } from './routes/keyknox.ts';
import { METRICS_PATH, metricsRoutes } from './routes/metrics.ts';
import { allowOrigins } from './routes/middleware/cors.ts';
import { countRequests } from './routes/middleware/count-requests.ts';
import { limitHandling } from './routes/middleware/deadline.ts';
import { handleError, handleUnknownRoute } from './routes/middleware/errors.ts';
import { observeRequests, type OnRequest } from './routes/middleware/observe.ts';
import { limitByAddress } from './routes/middleware/rates.ts';
import { logRequests } from './routes/middleware/request-log.ts';
import { OPENAPI_PATH, openApiRoutes } from './routes/openapi.ts';
import { ratchetKeyRoutes } from './routes/ratchet-keys.ts';
import { wellKnownRoutes } from './routes/well-known.ts';
import type { Store } from './store/store.ts';

export interface AppOptions {
  readonly store: Store;
  readonly serviceKeys: ServiceKeys;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly brainKeys: BrainKeyComputer;
  readonly guessLimits: GuessLimits;
  readonly quotas: Quotas;
  readonly rateLimits: RateLimits;
  /** Addresses and networks of the proxies in front. */
  readonly trustedProxies: readonly string[];
  readonly metrics: Metrics;
  /** Who shows it may read the metrics from elsewhere than this machine. */
  readonly metricsToken?: string | undefined;
  /** Whether the service is about to stop, so that it should be asked no more. */
  readonly isStopping: () => boolean;
  /** Shows each request, with token and body, to a demo or a test. */
  readonly onRequest?: OnRequest | undefined;
}

export type App = Hono<Env>;

/** Longer than a request may take to arrive, so that a slow client is not told that we are slow. */
const HANDLING_MILLISECONDS = 90_000;

export function createApp({ onRequest, ...options }: AppOptions): App {
  const dependencies = {
    ...options,
    provider: nodeProvider,
    authenticate: createAuthenticator({ db: options.store.reader, provider: nodeProvider }),
  };
  const { logger, metrics, rateLimits, trustedProxies } = options;
  const app = new Hono<Env>({ getPath: readPath });
  app.use(logRequests(logger));
  app.use(countRequests(metrics));
  app.use(allowOrigins({ closedPaths: [...Object.values(HEALTH_PATHS), METRICS_PATH, OPENAPI_PATH] }));
  app.use(limitByAddress({ rateLimits, readClientAddress: createAddressReader({ trustedProxies, logger }) }));
  app.use(limitHandling({ milliseconds: HANDLING_MILLISECONDS }));
  if (onRequest !== undefined) app.use(observeRequests(onRequest));
  app.route('/', cardRoutes(dependencies));
  app.route('/', keyknoxRoutes(dependencies));
  app.route('/', brainKeyRoutes(dependencies));
  app.route('/', ratchetKeyRoutes(dependencies));
  app.route('/', wellKnownRoutes(options));
  app.route('/', healthRoutes(options));
  app.route('/', metricsRoutes(options));
  app.route('/', openApiRoutes());
  app.notFound(handleUnknownRoute);
  app.onError(handleError({ logger, onRefusal: (name) => metrics.countRefusal(name) }));
  return app;
}

/** JavaScript clients write `//card/v5` when their URL ends in a slash, the JVM publishes to `/card/v5/`. */
function readPath(request: Request): string {
  return getPath(request)
    .replace(/\/{2,}/g, '/')
    .replace(/(.)\/$/, '$1');
}
