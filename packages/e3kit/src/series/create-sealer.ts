/** Sealing the readings of this device, with the user's key, for their readers. */
import type { Card } from '@sotto/core';
import { createSealer as create, type Sealer as CoreSealer } from '@sotto/core/series';
import { type Data, dataToBytes } from '../data.ts';
import { ArgumentError } from '../errors.ts';
import type { Session } from '../session.ts';
import { type Readers, resolveReaders } from '../use-cases/encrypt.ts';
import { takeSessionNumber } from './session-numbers.ts';

export interface SealerOptions {
  /** Oneself is always among them; absent: oneself alone. They are fixed for the session. */
  readonly to?: Readers | undefined;
  /** What this device calls the series, 1 to 256 characters, `default` unless given. Two devices with one key take two names. */
  readonly series?: string | undefined;
  /** `each`, unless given: every reading is signed. `batch`: `checkpoint()` signs those since the last one, at most 1,024. */
  readonly signatures?: 'each' | 'batch' | undefined;
  /** How often the app will send a reading's signature or a checkpoint, so that readers can miss it. */
  readonly heartbeatSeconds?: number | undefined;
  readonly alsoFor?: readonly Card[] | undefined;
}

/** As in core, for text too. */
export interface Sealer extends Omit<CoreSealer, 'seal'> {
  /** @throws `series/closed`, `series/too-long`, ArgumentError */
  seal(reading: Data): Promise<Uint8Array>;
}

/**
 * Begins a session. @throws MissingPrivateKeyError, ArgumentError, `users/key-not-accepted` (strict), `series/name`, `key/cannot-sign`,
 *   `storage/*`
 */
export async function createSealer(session: Session, options: SealerOptions, toBytes: ToBytes): Promise<Sealer> {
  const { to, series = 'default', signatures = 'each', heartbeatSeconds, alsoFor } = options;
  if (typeof series !== 'string' || (signatures !== 'each' && signatures !== 'batch'))
    throw new ArgumentError("series is a text, signatures is 'each' or 'batch'.");
  const { signer, recipients } = await resolveReaders(session, { readers: to, alsoFor });
  const sealer = await create(session.provider, {
    series,
    session: await takeSessionNumber(session, series),
    signer,
    readers: recipients,
    signatures,
    heartbeatSeconds,
    clock: session.clock,
    identifiers: session.identifiers,
  });
  return {
    start: toBytes(sealer.start),
    session: sealer.session,
    get next() {
      return sealer.next;
    },
    get unsigned() {
      return sealer.unsigned;
    },
    seal: async (reading) => toBytes(await sealer.seal(dataToBytes(reading, 'utf8'))),
    checkpoint: async () => toBytes(await sealer.checkpoint()),
    close: async () => toBytes(await sealer.close()),
  };
}

export type ToBytes = (bytes: Uint8Array) => Uint8Array;
