import { Hono, type Context } from 'hono';
import { serviceError } from '../domain/errors.ts';
import type { Metrics } from '../metrics.ts';
import { isSameSecret } from '../same-secret.ts';
import { isForwarded, isLoopback, peerAddress } from './client-address.ts';
import type { Env } from './env.ts';
import { refuseOtherMethods } from './middleware/errors.ts';

export const METRICS_PATH = '/metrics';

export interface MetricsAccess {
  readonly metrics: Metrics;
  /** Who shows it may read the metrics from anywhere, and nobody else may. */
  readonly metricsToken?: string | undefined;
}

/** For the operator's Prometheus. To others there is no such path. */
export function metricsRoutes({ metrics, metricsToken }: MetricsAccess): Hono<Env> {
  const mayRead = (c: Context<Env>): boolean => {
    if (metricsToken === undefined) return isFromHere(c);
    const given = /^Bearer +(\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1];
    return given !== undefined && isSameSecret(given, metricsToken);
  };
  const routes = new Hono<Env>();
  routes.use(METRICS_PATH, async (c: Context<Env>, next) => {
    if (!mayRead(c)) throw serviceError('route/unknown');
    await next();
  });
  routes.get(METRICS_PATH, async (c) => {
    const { contentType, text } = await metrics.read();
    return c.body(text, 200, { 'Content-Type': contentType });
  });
  routes.all(METRICS_PATH, refuseOtherMethods('GET', 'HEAD'));
  return routes;
}

/** From the same machine, and neither through a proxy on it nor through a page in a browser, which names another host. */
function isFromHere(c: Context<Env>): boolean {
  const peer = peerAddress(c);
  return peer !== undefined && isLoopback(peer) && !isForwarded(c) && isLoopbackHost(new URL(c.req.url).hostname);
}

function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || isLoopback(host);
}
