/** `dev.env`: how `sotto dev` tells other programs that it is ready, where, and with which credentials. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { twilioAccountToEnv } from '@sotto/auth';
import type { RunningService } from '@sotto/service';
import type { TwilioEmulator } from '@sotto/twilio-emulator';
import { formatEnv } from '../env-file.ts';
import { cliError } from '../errors.ts';
import { replacePrivateFile } from '../private-file.ts';
import type { RunningBackend } from './backend.ts';
import type { DevCredentials } from './credentials.ts';
import { emulatorToEnv } from './twilio.ts';

export function devEnvPath(dataDir: string): string {
  return join(dataDir, 'dev.env');
}

/** Writes the file for its owner alone; it is complete from the moment it is there. */
export async function announceDevEnv(
  dataDir: string,
  run: DevCredentials & {
    readonly service: RunningService;
    readonly backend: RunningBackend;
    /** Undefined where the account is a real one. */
    readonly emulator: TwilioEmulator | undefined;
  },
): Promise<void> {
  const lines = formatEnv({
    API_URL: run.service.url,
    SERVICE_PUBLIC_KEY: run.service.servicePublicKey,
    BACKEND_URL: run.backend.url,
    APP_ID: run.appId,
    APP_KEY_ID: run.appKeyId,
    APP_KEY: run.appKey,
    ...(run.emulator ? emulatorToEnv(run.emulator) : twilioAccountToEnv(run.twilio)),
  });
  await replacePrivateFile(devEnvPath(dataDir), `${lines}\n`);
}

/**
 * Removes what an earlier run left, so that who waits for the file sees this run's. Refuses to take it from a run that
 * is still there.
 */
export async function retractDevEnv(dataDir: string): Promise<void> {
  const path = devEnvPath(dataDir);
  const earlier = parseEnv(await readFile(path, 'utf8').catch(() => ''));
  if (await isServing(earlier)) {
    throw cliError(
      'cli/already-running',
      `port ${new URL(earlier.BACKEND_URL ?? '').port} is in use by a sotto dev with the same data folder`,
      'stop it, or give this one its own: sotto dev --data DIR --port 0 --backend-port 0',
    );
  }
  await rm(path, { force: true });
}

/** Whether a backend answers at that address which belongs to that service, and not a stranger on a port given anew. */
async function isServing({ BACKEND_URL = '', SERVICE_PUBLIC_KEY = '' }: NodeJS.Dict<string>): Promise<boolean> {
  try {
    const response = await fetch(`${BACKEND_URL}/config`, { signal: AbortSignal.timeout(1000) });
    const config = (await response.json()) as { servicePublicKey?: string };
    return config.servicePublicKey === SERVICE_PUBLIC_KEY;
  } catch {
    return false;
  }
}
