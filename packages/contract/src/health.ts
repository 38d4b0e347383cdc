/** For the operator's machinery, which asks from where no browser does: without CORS. */

export const HEALTH_PATHS = {
  /** 200 while the process lives. */
  live: '/healthz',
  /** 200 while the store answers and the service is not about to stop. */
  ready: '/readyz',
} as const;

export interface HealthResponse {
  status: 'ok';
}
