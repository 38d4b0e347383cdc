/** Where an installation is that a command works on: what a service with this environment would take, unless an option says else. */
import { statSync } from 'node:fs';
import {
  databaseFile,
  type DatabaseLocation,
  type AllSecretsLocation,
  readConfig,
  secretsFolder,
} from '@sotto/service';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Installation {
  readonly database: DatabaseLocation;
  readonly secrets: AllSecretsLocation;
  /** The folder of the secrets. */
  readonly secretsDir: string;
}

export interface InstallationOptions {
  /** A data folder, which goes before the environment. */
  readonly data?: string | undefined;
  /** Of PostgreSQL, which does too. */
  readonly databaseUrl?: string | undefined;
}

/** @throws `config/invalid` */
export function findInstallation({ data, databaseUrl }: InstallationOptions, env: Environment): Installation {
  const config = readConfig(data === undefined ? env : withoutDatabase(env));
  const url = databaseUrl ?? config.databaseUrl;
  const dataDir = data ?? config.dataDir;
  const { secretsDir, serviceKeyFile, brainKeySecretFile } = config;
  const folder = secretsFolder({ dataDir, ...(secretsDir === undefined ? {} : { secretsDir }) });
  return {
    database: url === undefined ? { file: databaseFile(dataDir) } : { url },
    secrets: { secretsDir: folder, serviceKeyFile, brainKeySecretFile },
    secretsDir: folder,
  };
}

/** Of an argument: a URL of PostgreSQL, a file of SQLite, or a data folder. */
export function parsePlace(place: string): DatabaseLocation {
  if (/^postgres(ql)?:\/\//.test(place)) return { url: place };
  const isFile = statSync(place, { throwIfNoEntry: false })?.isFile() ?? place.endsWith('.db');
  return { file: isFile ? place : databaseFile(place) };
}

function withoutDatabase(env: Environment): Environment {
  return { ...env, SOTTO_DATABASE_URL: undefined, SOTTO_DATABASE_URL_FILE: undefined };
}
