/** The service as a library: the program in `main.ts` and the commands of `sotto` are built on it. */
export { createApp, type App, type AppOptions } from './app.ts';
export { readConfig, type Config, type LogLevel } from './config.ts';
export {
  createApplication,
  createAppKey,
  listApplications,
  listAppKeys,
  revokeAppKey,
  type Application,
  type AppKey,
} from './domain/applications.ts';
export { DEFAULT_GUESS_LIMITS, type GuessLimits } from './domain/guesses.ts';
export { DEFAULT_QUOTAS, type Quotas } from './domain/quotas.ts';
export type { ServiceKey } from './domain/service-key.ts';
export type { Clock } from './routes/env.ts';
export type { OnRequest, SeenRequest } from './routes/middleware/observe.ts';
export { openSecrets, rotateServiceKey, type OpenedSecrets, type SecretsLocation } from './secrets.ts';
export { serve } from './serve.ts';
export { createSecrets } from './create-secrets.ts';
export { databaseFile, openDatabase, startService, type RunningService, type ServiceOptions } from './service.ts';
export type { StartErrorCode } from './start-error.ts';
export { openStore, type DatabaseLocation, type Store } from './store/store.ts';
export { VERSION } from './version.ts';
