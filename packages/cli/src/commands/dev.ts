/**
 * `sotto dev`: the service, an application with an App Key, and the sample backend, all of it from nothing. Ready once
 * `dev.env` is in the data folder; runs until it is stopped.
 */
import { mkdir } from 'node:fs/promises';
import {
  checkDemoHost,
  createSampleBackend,
  createTokenIssuer,
  type Env,
  isLoopback,
  isMadeUpTwilioSid,
  readTwilioAccount,
  type TwilioAccount,
} from '@sotto/auth';
import { base64ToBytes, importPrivateKey } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { type OnRequest, type RunningService, startService } from '@sotto/service';
import { pino } from 'pino';
import { type RunningBackend, startBackend } from '../dev/backend.ts';
import { type DevCredentials, prepareCredentials } from '../dev/credentials.ts';
import { type DemoParts, playDemo } from '../dev/demo.ts';
import { announceDevEnv, devEnvPath, retractDevEnv } from '../dev/dev-env.ts';
import { withDemoPage } from '../dev/page/demo-page.ts';
import { createRequestRecord, type RequestRecord } from '../dev/page/request-record.ts';
import { createWitness } from '../dev/witness.ts';
import { explainPortInUse } from '../errors.ts';
import { untilStopped } from '../stop.ts';
import { describeError, type Terminal } from '../terminal.ts';

export interface DevOptions {
  readonly data: string;
  readonly port: number;
  readonly backendPort: number;
  readonly host: string;
  readonly insecureDemoLogin?: boolean;
  readonly demo?: boolean;
}

export interface DevContext {
  readonly terminal: Terminal;
  /** Ends it, however far it has come. */
  readonly signal: AbortSignal;
  readonly env: Env;
}

export async function dev(options: DevOptions, context: DevContext): Promise<void> {
  const { data: dataDir, host, insecureDemoLogin = false } = options;
  checkDemoHost(host, { insecureDemoLogin });
  const realTwilio = readRealTwilioAccount(context.env);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await retractDevEnv(dataDir);

  const witness = options.demo ? createWitness() : undefined;
  const record = options.demo && isLoopback(host) ? createRequestRecord() : undefined;
  const onRequest: OnRequest | undefined =
    witness &&
    ((request) => {
      witness.note(request);
      record?.note(request);
    });
  const service = await serveService(options, onRequest);
  try {
    const prepared = await prepareCredentials(dataDir, service.store);
    const credentials = { ...prepared, twilio: realTwilio ?? prepared.twilio };
    const backend = await serveBackend(options, credentials, service, record);
    try {
      if (context.signal.aborted) return;
      await announceDevEnv(dataDir, { ...credentials, service, backend });
      greet(context.terminal, { dataDir, service, backend, twilio: credentials.twilio, hasPage: record !== undefined });
      if (witness) startDemo({ dataDir, service, backend, witness, ...context });
      await untilStopped(context.signal);
    } finally {
      await backend.close();
    }
  } finally {
    await service.close();
  }
}

/** The account of the environment, unless it is a made-up one, as after sourcing the `dev.env` of another folder. */
function readRealTwilioAccount(env: Env): TwilioAccount | undefined {
  const account = readTwilioAccount(env);
  return account && !isMadeUpTwilioSid(account.accountSid) ? account : undefined;
}

async function serveService(options: DevOptions, onRequest: OnRequest | undefined): Promise<RunningService> {
  const { data: dataDir, host, port } = options;
  // A request that fails for a reason of ours must leave a trace; all others would drown what the terminal is for.
  const logger = pino({ level: 'error' }, process.stderr);
  return startService({ dataDir, host, port, logger, ...(onRequest && { onRequest }) }).catch(
    explainPortInUse(port, 'sotto dev --port 0'),
  );
}

async function serveBackend(
  options: DevOptions,
  credentials: DevCredentials,
  service: RunningService,
  record: RequestRecord | undefined,
): Promise<RunningBackend> {
  const { host, backendPort: port } = options;
  const { appId, appKeyId, sessionSecret, twilio } = credentials;
  const appKey = await importPrivateKey(nodeProvider, base64ToBytes(credentials.appKey));
  const backend = createSampleBackend({
    issuer: createTokenIssuer({ provider: nodeProvider, appId, appKeyId, appKey }),
    sessionSecret: base64ToBytes(sessionSecret),
    twilio,
    apiUrl: service.url,
    servicePublicKey: service.servicePublicKey,
  });
  const app = record ? withDemoPage(backend, { apiUrl: service.url, record }) : backend;
  return startBackend({ app, host, port }).catch(explainPortInUse(port, 'sotto dev --backend-port 0'));
}

function greet(
  terminal: Terminal,
  parts: {
    dataDir: string;
    service: RunningService;
    backend: RunningBackend;
    twilio: TwilioAccount;
    hasPage: boolean;
  },
): void {
  const { dataDir, service, backend, twilio, hasPage } = parts;
  const isMadeUp = isMadeUpTwilioSid(twilio.accountSid);
  terminal.result(`service   ${service.url}`);
  terminal.result(`backend   ${backend.url}  (signs in anyone: for development only)`);
  if (hasPage) terminal.result(`page      ${backend.url}/  (two people write to each other: open it in a browser)`);
  terminal.result(`twilio    ${isMadeUp ? 'made-up credentials, which only an emulator takes' : twilio.accountSid}`);
  terminal.result(`settings  ${devEnvPath(dataDir)}`);
  terminal.result(`try       curl -s ${backend.url}/authenticate -d '{"identity":"alice"}'`);
  terminal.result('stop      Ctrl-C');
}

/** Plays beside the servers, which stay up whatever becomes of it. */
function startDemo(parts: DemoParts): void {
  const { terminal, signal, witness } = parts;
  playDemo(parts).catch((error: unknown) => {
    witness.conclude();
    if (signal.aborted) return;
    terminal.say(
      `${describeError(error)}\nThe demo ends here; service and backend stay up. A new --data folder starts it afresh.`,
    );
  });
}
