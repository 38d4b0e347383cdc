/** `sotto doctor`: what is wrong with an installation, in lines that can go into a bug report as they are. */
import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { createTokenIssuer, readEnv } from '@sotto/auth';
import { isSdkError } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import {
  type AllSecrets,
  checkBelonging,
  checkDatabase,
  checkSecrets,
  type Finding,
  type FindingState,
  notChecked,
  ok,
  problem,
  readConfig,
  VERSION,
} from '@sotto/service';
import { checkCertificateFiles, checkShownCertificate } from '../doctor/check-certificate.ts';
import { checkCors, checkService, checkToken } from '../doctor/check-service.ts';
import { findInstallation, type InstallationOptions } from '../installation.ts';
import { explainUnreadable } from '../streams/input.ts';
import type { Terminal } from '../terminal.ts';

export interface DoctorOptions extends InstallationOptions {
  /** Where the service is reached; where it listens, unless given. */
  readonly url?: URL;
  /** The `.env` of the backend. */
  readonly backendEnv?: string;
  readonly json?: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether there is no problem. @throws `config/invalid`, `cli/unreadable-file` */
export async function doctor(options: DoctorOptions, terminal: Terminal): Promise<boolean> {
  const { database, secrets: location } = findInstallation(options, process.env);
  const { findings: ofSecrets, secrets } = await checkSecrets(location);
  const findings = [
    ok('program', `release ${VERSION}, Node ${process.versions.node}, ${process.platform} ${process.arch}`),
    ...(await checkDatabase(database, (opened) => checkBelonging(opened, secrets))),
    ...ofSecrets,
    ...(await checkFiles(process.env)),
    ...(await checkFromOutside(options, secrets)),
  ];
  const hasState = (state: FindingState) => findings.filter((finding) => finding.state === state).length;
  const [problems, warnings] = [hasState('problem'), hasState('warning')];
  if (options.json) terminal.result(JSON.stringify({ problems, warnings, findings }));
  else {
    for (const { check, state, says } of findings) {
      terminal.result(`${state.padEnd(11)}  ${check.padEnd(16)}  ${says}`);
    }
    terminal.say(`${plural(problems, 'problem')}, ${plural(warnings, 'warning')}`);
  }
  return problems === 0;
}

async function checkFiles(env: Environment): Promise<Finding[]> {
  const { tls } = readConfig(env);
  return tls === undefined ? [] : [await checkCertificateFiles(tls)];
}

async function checkFromOutside(options: DoctorOptions, secrets: AllSecrets | undefined): Promise<Finding[]> {
  const url = options.url ?? supposedUrl(process.env);
  const { isThere, findings } = await checkService({ url, isGiven: options.url !== undefined, secrets });
  const ofTls = url.protocol === 'https:' ? [await checkShownCertificate(url)] : [];
  if (!isThere) return [...findings, ...ofTls];
  return [...findings, ...ofTls, await checkCors(url), await checkBackend(url, options.backendEnv)];
}

async function checkBackend(url: URL, envFile: string | undefined): Promise<Finding> {
  const env = envFile === undefined ? process.env : parseEnv(await readEnvFile(envFile));
  if (envFile === undefined && !env['APP_KEY']) {
    return notChecked('token', 'name the .env of the backend with --backend-env to try one');
  }
  try {
    const { app } = await readEnv(nodeProvider, env);
    const issuer = createTokenIssuer({ provider: nodeProvider, ...app });
    return await checkToken(url, () => issuer.issue('sotto-doctor', { ttlSeconds: 60 }));
  } catch (error) {
    if (!isSdkError(error)) throw error;
    return problem('token', error.message);
  }
}

async function readEnvFile(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(explainUnreadable(path));
}

/** Where a service with this environment listens; one that listens everywhere does so here. */
function supposedUrl(env: Environment): URL {
  const { host, port, tls } = readConfig(env);
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return new URL(`${tls === undefined ? 'http' : 'https'}://${name.includes(':') ? `[${name}]` : name}:${port}`);
}

function plural(count: number, noun: string): string {
  return `${count === 0 ? 'no' : count} ${noun}${count === 1 ? '' : 's'}`;
}
