/**
 * `sotto dev`: the service, an application with an App Key, the sample backend, and an emulator of Twilio, all of it from
 * nothing. Ready once `dev.env` is in the data folder; runs until it is stopped.
 */
import { mkdir } from 'node:fs/promises';
import {
  checkDemoHost,
  type Env,
  isLoopback,
  isMadeUpTwilioSid,
  readTwilioAccount,
  type TwilioAccount,
} from '@sotto/auth';
import { type OnRequest, type RunningService, startService } from '@sotto/service';
import type { TwilioEmulator } from '@sotto/twilio-emulator';
import { pino } from 'pino';
import { type App, type RunningBackend, startBackend } from '../dev/backend.ts';
import { type ChatDemo, createChatDemo } from '../dev/chat/chat-demo.ts';
import { prepareCredentials } from '../dev/credentials.ts';
import { type DemoParts, playDemo } from '../dev/demo.ts';
import { announceDevEnv, devEnvPath, retractDevEnv } from '../dev/dev-env.ts';
import { createDevBackend } from '../dev/dev-backend.ts';
import { serveTwilio } from '../dev/twilio.ts';
import { createWitness } from '../dev/witness.ts';
import { explainPortInUse } from '../errors.ts';
import { untilStopped } from '../stop.ts';
import { describeError, type Terminal } from '../terminal.ts';

const TWILIO_PORT = 8090;

export interface DevOptions {
  readonly data: string;
  readonly port: number;
  readonly backendPort: number;
  /** By default 8090, or a free one where `port` is 0. */
  readonly twilioPort?: number;
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
  const running: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(server: T): T => {
    running.unshift(server);
    return server;
  };
  try {
    const service = keep(await serveService(options, witness?.note));
    const prepared = await prepareCredentials(dataDir, service.store);
    const credentials = { ...prepared, twilio: realTwilio ?? prepared.twilio };
    const emulator = realTwilio ? undefined : keep(await serveEmulator(options, prepared.twilio));
    const app = await createDevBackend({ credentials, service, emulator });
    const chat =
      options.demo && isLoopback(host)
        ? keep(await prepareChat(app, { dataDir, service, emulator, ...context }))
        : undefined;
    const backend = keep(await serveBackend(options, chat?.app ?? app));
    if (context.signal.aborted) return;
    await announceDevEnv(dataDir, { ...credentials, service, backend, emulator });
    const { twilio } = credentials;
    greet(context.terminal, { dataDir, service, backend, twilio, emulator, hasPage: chat !== undefined });
    const played = witness && startDemo({ dataDir, service, twilio, witness, ...context });
    // The article tells what the service saw of it, and of nothing else.
    chat?.start(played);
    await untilStopped(context.signal);
  } finally {
    for (const server of running) await server.close();
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

async function serveEmulator(options: DevOptions, account: TwilioAccount): Promise<TwilioEmulator> {
  const { data: dataDir, host, insecureDemoLogin = false } = options;
  const port = options.twilioPort ?? (options.port === 0 ? 0 : TWILIO_PORT);
  const otherPort = 'sotto dev --twilio-port 0';
  return serveTwilio({ dataDir, account, host, port, allowRemote: insecureDemoLogin, otherPort });
}

/** The chat, in which things may go wrong while the servers stay up. */
function prepareChat(
  backend: App,
  parts: Pick<DemoParts, 'dataDir' | 'service' | 'terminal' | 'signal'> & {
    readonly emulator: TwilioEmulator | undefined;
  },
): Promise<ChatDemo> {
  const { terminal, ...rest } = parts;
  const onTrouble = (error: unknown) =>
    terminal.say(`${describeError(error)}\nThat was bob, of the chat; service and backend stay up.`);
  return createChatDemo({ ...rest, backend, onTrouble });
}

async function serveBackend({ host, backendPort: port }: DevOptions, app: App): Promise<RunningBackend> {
  return startBackend({ app, host, port }).catch(explainPortInUse(port, 'sotto dev --backend-port 0'));
}

function greet(
  terminal: Terminal,
  parts: {
    dataDir: string;
    service: RunningService;
    backend: RunningBackend;
    twilio: TwilioAccount;
    emulator: TwilioEmulator | undefined;
    hasPage: boolean;
  },
): void {
  const { dataDir, service, backend, twilio, emulator, hasPage } = parts;
  terminal.result(`service   ${service.url}`);
  terminal.result(`backend   ${backend.url}  (signs in anyone: for development only)`);
  if (hasPage) terminal.result(`page      ${backend.url}/  (a chat, and somebody to talk to: open it in a browser)`);
  terminal.result(`twilio    ${emulator ? `${emulator.url}  (an emulator, and not Twilio)` : twilio.accountSid}`);
  terminal.result(`settings  ${devEnvPath(dataDir)}`);
  terminal.result(`try       curl -s ${backend.url}/authenticate -d '{"identity":"alice"}'`);
  terminal.result('stop      Ctrl-C');
}

/** Plays beside the servers, which stay up whatever becomes of it. */
async function startDemo(parts: DemoParts): Promise<void> {
  const { terminal, signal, witness } = parts;
  try {
    await playDemo(parts);
  } catch (error) {
    witness.conclude();
    if (signal.aborted) return;
    terminal.say(
      `${describeError(error)}\nThe demo ends here; service and backend stay up. A new --data folder starts it afresh.`,
    );
  }
}
