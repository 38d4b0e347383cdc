/** The level of the log, which an operator changes while the service runs: by a file, read again at SIGHUP. */

import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { readLogLevel, type LogLevel } from './config.ts';
import { startError } from './start-error.ts';

export interface LogLevelSource {
  readonly logLevel: LogLevel;
  /** Goes before the other while it is there. */
  readonly logLevelFile?: string | undefined;
}

/** The level as it is set now. @throws `config/invalid` for a file that holds none or cannot be read */
export function findLogLevel({ logLevel, logLevelFile }: LogLevelSource): LogLevel {
  const text = logLevelFile === undefined ? '' : readIfPresent(logLevelFile).trim();
  return text === '' ? logLevel : readLogLevel('SOTTO_LOG_LEVEL_FILE', text);
}

/** Says so, whichever the levels are; what is no level changes nothing. */
export function updateLogLevel(logger: Logger, source: LogLevelSource): void {
  const before = logger.level;
  try {
    const level = findLogLevel(source);
    if (level === before) return;
    logger.level = 'info';
    logger.info({ level, before }, 'the level of the log was changed');
    logger.level = level;
  } catch (error) {
    logger.error({ err: error }, 'the level of the log stays as it was');
  }
}

function readIfPresent(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw startError('config/invalid', 'SOTTO_LOG_LEVEL_FILE cannot be used: the file cannot be read.', error);
  }
}
