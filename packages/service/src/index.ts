/** The service as a library: the program in `main.ts` and the commands of `sotto` are built on it. */
export { createApp, type App, type AppOptions } from './app.ts';
export { createBackup, type CreatedBackup, type CreateBackupOptions } from './backup/create-backup.ts';
export type { Manifest } from './backup/manifest.ts';
export { openBackup, type OpenBackupOptions, type OpenedBackup } from './backup/open-backup.ts';
export { requireEmptyTarget, restoreBackup, type Restored, type RestoreTarget } from './backup/restore-backup.ts';
export { readAllSecrets, type AllSecrets, type AllSecretsLocation } from './backup/secrets.ts';
export { readConfig, type Config, type LogLevel } from './config.ts';
export { checkDatabase, checkSkew } from './doctor/check-database.ts';
export { checkBelonging, checkSecrets } from './doctor/check-secrets.ts';
export {
  formatBytes,
  notChecked,
  ok,
  problem,
  warning,
  type Finding,
  type FindingState,
} from './doctor/finding.ts';
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
export { DEFAULT_REQUEST_RATES, type RequestRates } from './domain/request-rates.ts';
export type { ServiceKey } from './domain/service-key.ts';
export type { Clock } from './routes/env.ts';
export type { OnRequest, SeenRequest } from './routes/middleware/observe.ts';
export { openSecrets, secretsFolder, type OpenedSecrets, type SecretsLocation } from './secrets.ts';
export { OPERATOR_ERRORS, operatorError, type OperatorErrorCode } from './operator-errors.ts';
export {
  activateServiceKey,
  announceServiceKey,
  readServiceKeyState,
  type NodeKeys,
  type ServiceKeyState,
} from './rotate-service-key.ts';
export { serve } from './serve.ts';
export { createSecrets } from './create-secrets.ts';
export { databaseFile, openDatabase, startService, type RunningService, type ServiceOptions } from './service.ts';
export type { StartErrorCode } from './start-error.ts';
export { checkSqliteFile } from './store/check-sqlite-file.ts';
export { copyStore, type CopyOptions } from './store/copy.ts';
export type { OnProgress, TableDigest } from './store/digest.ts';
export { explainStoreErrors } from './store/explain-errors.ts';
export { requireUnused } from './store/in-use.ts';
export { openAsIs, type OpenDatabase } from './store/open-as-is.ts';
export { readOverview, sqliteBytes, type Counts, type Overview } from './store/overview.ts';
export { readPostgresFacts, type PostgresFacts } from './store/postgres-facts.ts';
export { openStore, type DatabaseLocation, type Store } from './store/store.ts';
export { VERSION } from './version.ts';
