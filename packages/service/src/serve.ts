import { pino } from 'pino';
import { readConfig } from './config.ts';
import { findLogLevel, updateLogLevel } from './log-level.ts';
import { startService, type RunningService } from './service.ts';

/**
 * Runs a service as the environment says, until the process is told to stop. At SIGHUP it reads the level of its log and
 * its certificate again. `systemctl reload` sends that whether they have files or not, and so does a terminal that is
 * closed: there, with nothing to read, it ends the program as it would any other.
 * @throws the errors of `start-error.ts`
 */
export async function serve(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  const { logLevel, logLevelFile, drainMilliseconds, ...config } = readConfig(environment);
  const level = { logLevel, logLevelFile };
  const logger = pino({ level: findLogLevel(level) });
  const stopped = stopSignal();
  let service: RunningService | undefined = undefined;
  if (logLevelFile !== undefined || config.tls !== undefined || !process.stdin.isTTY) {
    process.on('SIGHUP', (signal) => {
      logger.info({ signal }, 'reading again');
      updateLogLevel(logger, level);
      service?.reload();
    });
  }
  service = await startService({ ...config, logger, processMetrics: true });
  logger.info({ signal: await stopped, drainMilliseconds }, 'stopping');
  await service.close({ drainMilliseconds });
}

/** The same signal once more finds no listener, and so ends the process at once. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
}
