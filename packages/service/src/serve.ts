import { pino } from 'pino';
import { readConfig } from './config.ts';
import { startService } from './service.ts';

/** Runs a service as the environment says, until the process is told to stop. @throws the errors of `start-error.ts` */
export async function serve(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  const { logLevel, ...config } = readConfig(environment);
  const logger = pino({ level: logLevel });
  const stopped = stopSignal();
  const service = await startService({ ...config, logger });
  logger.info({ signal: await stopped }, 'stopping');
  await service.close();
}

/** A second signal finds no listener any more, and so ends the process at once. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
}
