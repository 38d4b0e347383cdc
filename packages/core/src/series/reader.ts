/**
 * Reads the frames of a series in whatever order they come, and says what is missing, repeated, late or not yet vouched for. Source:
 * docs/spec/series.md §5.
 */
import { equalBytes } from '../encoding/bytes.ts';
import { open } from '../envelope/open.ts';
import { isSdkError } from '../errors.ts';
import type { PrivateKey, PublicKey } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { seriesError } from './errors.ts';
import { parseFrame, type Reading, type SignedCheckpoint } from './frame.ts';
import { deriveSession, digestReading, parseStartStatement, type SessionKeys, type StartStatement } from './session.ts';
import { createWindow, type Window } from './window.ts';

export interface SeriesReaderOptions {
  /** The key ring. */
  readonly keys: readonly PrivateKey[];
  /** Keys of the device that are accepted. */
  readonly signers: readonly PublicKey[];
  /** Name of the series; others are refused. */
  readonly series: string;
  /** What was read before this reader was made, from `position`. Older frames are refused as repeated. */
  readonly position?: SeriesPosition | undefined;
}

/** How far a series was read. Nothing of it is secret. */
export interface SeriesPosition {
  readonly session: number;
  readonly sessionId: string;
  /** Sequence number after the newest reading. */
  readonly next: number;
  /** Whether the device has closed the session. */
  readonly isClosed: boolean;
}

export type SeriesEvent =
  | {
      readonly kind: 'started';
      readonly session: number;
      readonly startedAt: Date;
      /** Sessions between the last one known and this one, of which nothing was read. */
      readonly lostSessions: number;
      /** The session before was not closed: its last readings may be missing. */
      readonly wasCut: boolean;
    }
  | {
      /** `unverifiedReading`: whoever reads the series could have made it, until `verified` names it. */
      readonly kind: 'reading' | 'unverifiedReading';
      readonly session: number;
      readonly sequence: number;
      readonly data: Uint8Array;
      /** After one with a higher number. */
      readonly isLate: boolean;
    }
  | { readonly kind: 'gap'; readonly session: number; readonly from: number; readonly to: number }
  | {
      /** The device has signed the readings from `from` to before `to`; those in `missing` were not read (yet). */
      readonly kind: 'verified';
      readonly session: number;
      readonly from: number;
      readonly to: number;
      readonly missing: readonly number[];
    }
  | { readonly kind: 'heartbeat'; readonly session: number; readonly next: number; readonly at: Date }
  | {
      readonly kind: 'closed';
      readonly session: number;
      readonly next: number;
      readonly at: Date;
      readonly lost: number;
    };

export interface SeriesReader {
  /** What a frame tells, in order. A frame that is refused changes nothing. @throws `series/*`, `envelope/*` */
  read(frame: Uint8Array): Promise<SeriesEvent[]>;
  readonly position: SeriesPosition | undefined;
  /** Readings of the current session that were not read, as far as is known. */
  readonly missing: number;
  /** Whether the device has promised a sign of life by now, or has not closed the session where it promises none. */
  isSilent(now: number): boolean;
  /** Closed by the device, or not begun. */
  readonly isClosed: boolean;
}

interface OpenSession {
  readonly statement: StartStatement;
  readonly keys: SessionKeys;
  readonly signer: PublicKey;
  readonly window: Window;
  /** Digests of unsigned readings that no checkpoint has named. */
  readonly unverified: Map<number, Uint8Array>;
  /** What checkpoints said of readings that were not read yet. */
  readonly promised: Map<number, Uint8Array>;
  isClosed: boolean;
  lastSignAt: number;
}

/** How many readings a session keeps digests of, in either direction. */
const MAX_KEPT = 8192;

/** Sessions whose late frames are still read. */
const MAX_SESSIONS = 4;

export function createSeriesReader(provider: CryptoProvider, options: SeriesReaderOptions): SeriesReader {
  const { keys, signers, series, position: before } = options;
  const recent: OpenSession[] = []; // the newest first
  let last: SeriesPosition | undefined = before;
  let queue: Promise<unknown> = Promise.resolve();

  const readStart = async (envelope: Uint8Array): Promise<SeriesEvent[]> => {
    const { plaintext, signer } = await open(provider, { message: envelope, keys, signers, mode: 'signAndEncrypt' });
    const statement = parseStartStatement(plaintext);
    if (statement.series !== series) throw seriesError('series/other-series');
    const sessionKeys = await deriveSession(provider, plaintext, statement.sessionKey);
    statement.sessionKey.fill(0);
    const { session, startedAt } = statement;
    if (recent.some((known) => known.keys.id === sessionKeys.id)) return []; // sent again
    if (last && session < last.session) throw seriesError('series/old-session');
    const isResumed = session === last?.session;
    if (isResumed && sessionKeys.id !== last?.sessionId) throw seriesError('series/forked-session');
    const { next, isClosed } = isResumed && last ? last : { next: 0, isClosed: false };
    const lostSessions = last && !isResumed ? session - last.session - 1 : 0;
    const wasCut = last !== undefined && !isResumed && !last.isClosed;
    recent.unshift({
      statement,
      keys: sessionKeys,
      signer,
      window: createWindow(next),
      unverified: new Map(),
      promised: new Map(),
      isClosed,
      lastSignAt: startedAt,
    });
    recent.splice(MAX_SESSIONS);
    takePosition(recent[0]!);
    return [{ kind: 'started', session, startedAt: new Date(startedAt), lostSessions, wasCut }];
  };

  const sessionOf = (tag: Uint8Array): OpenSession => {
    const session = recent.find(({ keys: { tag: known } }) => equalBytes(known, tag));
    if (!session) throw seriesError('series/unknown-session');
    return session;
  };

  const takePosition = (session: OpenSession): void => {
    if (session !== recent[0]) return;
    const { statement, keys: sessionKeys, window, isClosed } = session;
    last = { session: statement.session, sessionId: sessionKeys.id, next: window.next, isClosed };
  };

  const verify = async (
    { keys: sessionKeys, signer }: OpenSession,
    purpose: 'READING' | 'CHECKPOINT',
    signed: Uint8Array,
    signature: Uint8Array,
  ): Promise<void> => {
    const { signing } = signer.parts;
    const isGood = signing && (await provider.verifyPure(signing, sessionKeys.signedBytes(purpose, signed), signature));
    if (!isGood) throw seriesError('series/bad-signature');
  };

  const readReading = async (
    frame: Uint8Array,
    session: OpenSession,
    { sequence, head, ciphertext, signature }: Reading,
  ): Promise<SeriesEvent[]> => {
    const { window, keys: sessionKeys, promised, unverified, statement } = session;
    window.check(sequence);
    if (session.isClosed && sequence >= window.next) throw seriesError('series/contradiction');
    const data = await decrypt(provider, sessionKeys.bodyOptions(sequence, head), ciphertext);
    if (signature) await verify(session, 'READING', frame.subarray(0, -signature.length), signature);
    const digest = signature ? undefined : await digestReading(provider, frame);
    const expected = promised.get(sequence);
    if (expected && !(digest && equalBytes(expected, digest))) throw seriesError('series/contradiction');

    const gap = window.add(sequence);
    promised.delete(sequence);
    if (digest && !expected) keep(unverified, sequence, digest);
    takePosition(session);
    const isVerified = signature !== undefined || expected !== undefined;
    const events: SeriesEvent[] = gap ? [{ kind: 'gap', session: statement.session, ...gap }] : [];
    events.push({
      kind: isVerified ? 'reading' : 'unverifiedReading',
      session: statement.session,
      sequence,
      data,
      isLate: sequence + 1 < window.next,
    });
    return events;
  };

  const readCheckpoint = async (
    session: OpenSession,
    { next, at, digests, signed, signature, isLast }: SignedCheckpoint,
  ): Promise<SeriesEvent[]> => {
    await verify(session, 'CHECKPOINT', signed, signature);
    const { window, unverified, promised, statement } = session;
    const number = statement.session;
    const from = next - digests.length;
    for (const [index, digest] of digests.entries()) {
      const seen = unverified.get(from + index);
      if (seen && !equalBytes(seen, digest))
        throw seriesError('series/contradiction', { details: { sequence: from + index } });
    }

    const events: SeriesEvent[] = [];
    const gap = window.extend(next);
    if (gap) events.push({ kind: 'gap', session: number, ...gap });
    const missing: number[] = [];
    for (const [index, digest] of digests.entries()) {
      const sequence = from + index;
      if (unverified.delete(sequence)) continue;
      if (window.has(sequence)) continue; // vouched for before
      missing.push(sequence);
      keep(promised, sequence, digest);
    }
    if (digests.length > 0) events.push({ kind: 'verified', session: number, from, to: next, missing });
    session.lastSignAt = Math.max(session.lastSignAt, at);
    if (isLast) session.isClosed = true;
    takePosition(session);
    if (isLast) {
      events.push({ kind: 'closed', session: number, next, at: new Date(at), lost: window.missing });
    } else if (digests.length === 0) events.push({ kind: 'heartbeat', session: number, next, at: new Date(at) });
    return events;
  };

  const readFrame = async (frame: Uint8Array): Promise<SeriesEvent[]> => {
    const parsed = parseFrame(frame);
    if (parsed.kind === 'start') return readStart(parsed.envelope);
    const session = sessionOf(parsed.sessionTag);
    return parsed.kind === 'reading' ? readReading(frame, session, parsed) : readCheckpoint(session, parsed);
  };

  return {
    read(frame) {
      // One after the other: the window tells repeats by what was read before.
      const result = queue.then(() => readFrame(frame));
      queue = result.catch(() => {});
      return result;
    },
    get position() {
      return last;
    },
    get missing() {
      return recent[0]?.window.missing ?? 0;
    },
    get isClosed() {
      return last?.isClosed ?? true;
    },
    isSilent(now) {
      const [current] = recent;
      const seconds = current?.statement.heartbeatSeconds;
      if (!current || current.isClosed || seconds === undefined) return false;
      return now - current.lastSignAt > 2000 * seconds;
    },
  };
}

/** The newest of what is kept: a device may sign nothing for as long as it likes. */
function keep(map: Map<number, Uint8Array>, sequence: number, digest: Uint8Array): void {
  map.set(sequence, digest);
  if (map.size <= MAX_KEPT) return;
  const [oldest] = map.keys();
  map.delete(oldest!);
}

async function decrypt(
  provider: CryptoProvider,
  options: Parameters<CryptoProvider['decryptBody']>[0],
  ciphertext: Uint8Array,
): Promise<Uint8Array> {
  try {
    return await provider.decryptBody(options, ciphertext);
  } catch (error) {
    throw isSdkError(error, 'envelope/undecryptable') ? seriesError('series/undecryptable') : error;
  }
}
