/**
 * What a start gives to those who can open it: the session key and what follows from it. A session key is drawn at each start and never
 * stored, so no pair of key and nonce is ever used twice, whatever became of the device. Source: docs/spec/series.md §3.
 */
import { bytesToUtf8, concatBytes, utf8ToBytes } from '../encoding/bytes.ts';
import { base64ToBytes, bytesToBase64, bytesToBase64Url } from '../encoding/text.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { seriesError } from './errors.ts';
import { DIGEST_LENGTH, SESSION_TAG_LENGTH } from './frame.ts';

const CONTEXT = 'SOTTO-SERIES-1';

export interface StartStatement {
  /** Name of the series, such as that of the sensor. */
  readonly series: string;
  /** From 1, higher with each session of the series. */
  readonly session: number;
  readonly sessionKey: Uint8Array;
  /** By the clock of the device, milliseconds since 1970. */
  readonly startedAt: number;
  /** After how long without a reading the device says that it is there; a reader may then miss it. */
  readonly heartbeatSeconds?: number | undefined;
}

export interface SessionKeys {
  /** Base64url of the first 32 bytes of SHA-512 of the start statement: of a start, what its signature covers. */
  readonly id: string;
  readonly tag: Uint8Array;
  bodyOptions(sequence: number, head: Uint8Array): { key: Uint8Array; nonce: Uint8Array; aad: Uint8Array };
  /** What is signed of a frame: bound to this session and to the purpose. */
  signedBytes(purpose: 'READING' | 'CHECKPOINT', frame: Uint8Array): Uint8Array;
}

export function encodeStartStatement({ sessionKey, ...rest }: StartStatement): Uint8Array {
  return utf8ToBytes(JSON.stringify({ v: 1, ...rest, key: bytesToBase64(sessionKey) }));
}

/** @throws `series/malformed`, `series/other-version` */
export function parseStartStatement(plaintext: Uint8Array): StartStatement {
  const { v, series, session, key, startedAt, heartbeatSeconds } = parseObject(plaintext);
  if (v !== 1) throw seriesError(typeof v === 'number' ? 'series/other-version' : 'series/malformed');
  const isGood =
    typeof series === 'string' &&
    Number.isSafeInteger(session) &&
    (session as number) >= 1 &&
    Number.isSafeInteger(startedAt) &&
    typeof key === 'string' &&
    key.length === 44 &&
    (heartbeatSeconds === undefined || (typeof heartbeatSeconds === 'number' && heartbeatSeconds > 0));
  if (!isGood) throw seriesError('series/malformed');
  return {
    series,
    session: session as number,
    sessionKey: base64ToBytes(key),
    startedAt: startedAt as number,
    heartbeatSeconds,
  };
}

/** @param statement its bytes; a head of an envelope can be altered and says the same */
export async function deriveSession(
  provider: CryptoProvider,
  statement: Uint8Array,
  sessionKey: Uint8Array,
): Promise<SessionKeys> {
  const derived = await provider.hkdf(sessionKey, 48, { info: utf8ToBytes(CONTEXT) });
  const hash = (await provider.hash('SHA-512', statement)).slice(0, 32);
  const [key, iv] = [derived.subarray(0, 32), derived.subarray(32, 44)];
  return {
    id: bytesToBase64Url(hash),
    tag: derived.subarray(44, 44 + SESSION_TAG_LENGTH),
    bodyOptions: (sequence, head) => ({ key, nonce: nonceOf(iv, sequence), aad: head }),
    signedBytes: (purpose, frame) => concatBytes(utf8ToBytes(`${CONTEXT}-${purpose}`), hash, frame),
  };
}

/** What a checkpoint says of a reading. */
export async function digestReading(provider: CryptoProvider, frame: Uint8Array): Promise<Uint8Array> {
  return (await provider.hash('SHA-512', frame)).slice(0, DIGEST_LENGTH);
}

/** As in TLS 1.3 (RFC 8446 §5.3): the sequence number over the end of a random start. */
function nonceOf(iv: Uint8Array, sequence: number): Uint8Array {
  const nonce = iv.slice();
  const end = new DataView(nonce.buffer, nonce.byteOffset + 8);
  end.setUint32(0, end.getUint32(0) ^ sequence);
  return nonce;
}

function parseObject(plaintext: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytesToUtf8(plaintext));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Below, without the cause, which quotes a key.
  }
  throw seriesError('series/malformed');
}
