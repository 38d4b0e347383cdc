/** `sotto serve`: the service as its own program runs it, with what the command line says put before the environment. */
import { readConfig, serve as serveFromEnvironment } from '@sotto/service';
import { explainPortInUse } from '../errors.ts';

export interface ServeOptions {
  readonly data?: string;
  readonly port?: number;
  readonly host?: string;
}

export async function serve(options: ServeOptions, env: NodeJS.ProcessEnv): Promise<void> {
  const { data, port, host } = options;
  const overrides = { SOTTO_DATA_DIR: data, SOTTO_PORT: port?.toString(), SOTTO_HOST: host };
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
  // A data folder that is named goes before a database of the environment.
  const noDatabase = data === undefined ? {} : { SOTTO_DATABASE_URL: undefined, SOTTO_DATABASE_URL_FILE: undefined };
  const environment = { ...env, ...noDatabase, ...Object.fromEntries(given) };
  const config = readConfig(environment);
  await serveFromEnvironment(environment).catch(explainPortInUse(config.port, 'sotto serve --port 0'));
}
