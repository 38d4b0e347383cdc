/** Reading the series of a device, by whichever key of the ring it was sealed for. */
import { createSeriesReader as create, type SeriesPosition, type SeriesReader } from '@sotto/core/series';
import { MissingPrivateKeyError } from '../errors.ts';
import { keysOf } from '../key-ring.ts';
import type { Session } from '../session.ts';
import { listSigners } from '../use-cases/decrypt.ts';
import type { Reader } from '../use-cases/encrypt.ts';

export interface SeriesReaderOptions {
  /** Whose device it is; absent: oneself. */
  readonly from?: Reader | undefined;
  /** When the session began: picks the card of that time. */
  readonly date?: Date | undefined;
  /** `default`, unless given. */
  readonly series?: string | undefined;
  /** Where an earlier reader stood, by its `position`. */
  readonly position?: SeriesPosition | undefined;
}

/** @throws MissingPrivateKeyError, ArgumentError, `card/unsupported-key` */
export async function createSeriesReader(
  session: Session,
  { from, date, series = 'default', position }: SeriesReaderOptions,
): Promise<SeriesReader> {
  const keys = keysOf(await session.keys.reload());
  if (keys.length === 0) throw new MissingPrivateKeyError();
  const signers = listSigners(keys, { sender: from, encryptedAt: date });
  return create(session.provider, { keys, signers, series, position });
}
