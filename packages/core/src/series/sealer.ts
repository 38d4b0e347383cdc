/**
 * Seals the readings of one device: at the price of a symmetric cipher and a signature each, or one signature per batch. Source:
 * docs/spec/series.md.
 */
import { concatBytes, joinBytes } from '../encoding/bytes.ts';
import { seal } from '../envelope/seal.ts';
import { coreError } from '../errors.ts';
import type { IdentifierKind, PrivateKey, PublicKey } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { seriesError } from './errors.ts';
import {
  type Checkpoint,
  encodeCheckpoint,
  encodeReadingHead,
  encodeStart,
  MAX_BATCH,
  MAX_READING,
  MAX_SEQUENCE,
} from './frame.ts';
import { deriveSession, digestReading, encodeStartStatement, type StartStatement } from './session.ts';

export interface SealerOptions {
  /** What the device calls this series, 1 to 256 characters. */
  readonly series: string;
  /** From 1, and higher than any that this series had. It has to be on disk before this call. */
  readonly session: number;
  /** Ed25519. */
  readonly signer: PrivateKey;
  /** Oneself is not added: the caller decides who reads. */
  readonly readers: readonly PublicKey[];
  /** `each`: every reading is signed. `batch`: `checkpoint()` signs those since the last one, at most 1,024. */
  readonly signatures: 'each' | 'batch';
  readonly heartbeatSeconds?: number | undefined;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly identifiers?: IdentifierKind | undefined;
}

/** Calls may overlap; frames are numbered in the order of the calls. */
export interface Sealer {
  /** The first frame, without which the others cannot be read. It may be sent again at any time. */
  readonly start: Uint8Array;
  readonly session: number;
  /** Readings so far. */
  readonly next: number;
  /** Readings that no checkpoint has signed yet; 0 where each is signed. */
  readonly unsigned: number;
  /** @throws `series/closed`, `series/too-long` */
  seal(reading: Uint8Array): Promise<Uint8Array>;
  /** Signs the batch, or without any new reading says that the device is there. @throws `series/closed` */
  checkpoint(): Promise<Uint8Array>;
  /** The last frame: nothing follows it. @throws `series/closed` */
  close(): Promise<Uint8Array>;
}

/** @throws `series/name`, `series/session-number`, `key/cannot-sign`, `envelope/no-recipients`, `key/unsupported` */
export async function createSealer(provider: CryptoProvider, options: SealerOptions): Promise<Sealer> {
  const { series, session, signer, readers, signatures, heartbeatSeconds, clock, identifiers } = options;
  const signing = signer.parts.signing;
  if (signing?.kind !== 'ed25519') throw coreError('key/cannot-sign');
  if (series.length < 1 || series.length > 256) throw seriesError('series/name');
  if (!Number.isSafeInteger(session) || session < 1) throw seriesError('series/session-number');
  const statement: StartStatement = {
    series,
    session,
    sessionKey: provider.randomBytes(32),
    startedAt: clock(),
    heartbeatSeconds,
  };
  const plaintext = encodeStartStatement(statement);
  const mode = 'signAndEncrypt';
  const start = encodeStart(
    await seal(provider, { mode, plaintext, recipients: readers, signer, identifiers, padding: true }),
  );
  const keys = await deriveSession(provider, plaintext, statement.sessionKey);
  statement.sessionKey.fill(0);
  const kind = signatures === 'each' ? 'signedReading' : 'reading';

  let next = 0;
  let isClosed = false;
  let batch: Promise<Uint8Array>[] = [];

  const sign = async (purpose: 'READING' | 'CHECKPOINT', frame: Uint8Array): Promise<Uint8Array> =>
    concatBytes(frame, await provider.signPure(signing, keys.signedBytes(purpose, frame)));

  const signCheckpoint = async (kindOfFrame: 'checkpoint' | 'close'): Promise<Uint8Array> => {
    const [at, count, digests] = [clock(), next, batch];
    batch = [];
    const checkpoint: Checkpoint = { next: count, at, digests: await Promise.all(digests) };
    return sign('CHECKPOINT', encodeCheckpoint(kindOfFrame, keys.tag, checkpoint));
  };

  const requireOpen = (): void => {
    if (isClosed) throw seriesError('series/closed');
  };

  return {
    start,
    session,
    get next() {
      return next;
    },
    get unsigned() {
      return batch.length;
    },

    async seal(reading) {
      requireOpen();
      if (next > MAX_SEQUENCE || reading.length > MAX_READING) throw seriesError('series/too-long');
      if (batch.length === MAX_BATCH) throw seriesError('series/too-long', { details: { unsigned: batch.length } });
      const sequence = next++;
      const head = encodeReadingHead(kind, keys.tag, sequence);
      const body = provider.encryptBody(keys.bodyOptions(sequence, head), [reading]);
      const frame = body.then((pieces) => joinBytes([head, ...pieces]));
      if (signatures === 'each') return sign('READING', await frame);
      batch.push(frame.then((bytes) => digestReading(provider, bytes)));
      return frame;
    },

    async checkpoint() {
      requireOpen();
      return signCheckpoint('checkpoint');
    },

    async close() {
      requireOpen();
      isClosed = true;
      return signCheckpoint('close');
    },
  };
}
