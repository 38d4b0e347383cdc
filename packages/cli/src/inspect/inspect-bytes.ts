/**
 * Says what bytes are, by how they begin, and reads what they show without a key. Text is taken for the base64 of bytes where it is
 * such. Source: docs/spec/README.md §4.
 */
import { base64ToBytes, bytesToHex, importPublicKey, isSdkError } from '@sotto/core';
import { parseGroupHeader, parseGroupMessage, parseTicket } from '@sotto/core/group';
import { cliError } from '../errors.ts';
import { withoutSpace } from '../streams/base64.ts';
import type { Finding, GroupMessage, SeriesFrame, Signature } from './finding.ts';
import { inspectJson } from './json.ts';
import type { NameKey } from './known-keys.ts';
import { inspectMessage } from './message.ts';

export interface Sample {
  /** All of the input, or its beginning. */
  readonly bytes: Uint8Array;
  /** Of the whole, where it is known. */
  readonly size?: number | undefined;
}

/** Of a DER element, in hex. */
const LENGTH = '(?:[0-7].|81..|82.{4}|83.{6}|84.{8})';
const MESSAGE = new RegExp(`^30${LENGTH}0201..30${LENGTH}06092a864886f70d010703`);
const SIGNATURE = new RegExp(`^30${LENGTH}30(?:0d|0b)06096086480165030402(01|02|03|04)(?:0500)?04${LENGTH}`);
/** PKCS#8 of either version, PKCS#1 and SEC 1. */
const PRIVATE_KEY = new RegExp(`^30${LENGTH}0201(?:00|01)(?:30|02|04)`);
/** PKCS#8 under a password: PBES2, or another scheme of PKCS#5 and #12. */
const ENCRYPTED_KEY = new RegExp(`^30${LENGTH}30${LENGTH}06(?:092a864886f70d0105|0a2a864886f70d010c01)`);
const PUBLIC_KEY = new RegExp(`^30${LENGTH}30${LENGTH}06`);
const HASHES: Readonly<Record<string, string>> = { '01': 'SHA-256', '02': 'SHA-384', '03': 'SHA-512', '04': 'SHA-224' };
const FRAMES: Readonly<Record<string, SeriesFrame['frame']>> = {
  '10': 'start',
  '11': 'reading',
  '12': 'signed reading',
  '13': 'checkpoint',
  '14': 'close',
};
/** The shortest frame of a series: first byte, session, number, tag. */
const MIN_FRAME = 22;

/** @throws `cli/unknown-format`, and as the parser of what it is */
export function inspectBytes(sample: Sample, nameKey: NameKey): Finding {
  const finding = inspectBinary(sample, nameKey) ?? inspectText(sample, nameKey) ?? inspectBase64(sample, nameKey);
  if (!finding) throw cliError('cli/unknown-format', 'of no format that sotto knows', 'check that it came whole');
  return finding;
}

function inspectBinary({ bytes, size }: Sample, nameKey: NameKey): Finding | undefined {
  const start = bytesToHex(bytes.subarray(0, 40));
  if (MESSAGE.test(start)) return inspectMessage(bytes, size, nameKey);
  const [, hash] = SIGNATURE.exec(start) ?? [];
  if (hash !== undefined) return describeSignature(bytes, hash);
  if (PRIVATE_KEY.test(start) || ENCRYPTED_KEY.test(start)) return { kind: 'private key' };
  if (PUBLIC_KEY.test(start)) return inspectPublicKey(bytes, nameKey);
  if (start.startsWith('534f54544f2d4b4559')) return { kind: 'key store entry' };
  return inspectFrame(bytes, nameKey) ?? inspectGroup(bytes);
}

function inspectText({ bytes, size }: Sample, nameKey: NameKey): Finding | undefined {
  const start = withoutSpace(bytes.subarray(0, 4096));
  if (start.startsWith('-----BEGIN')) {
    return /^-----BEGIN[A-Z0-9]*PRIVATEKEY-/.test(start) ? { kind: 'private key' } : inspectPublicKey(bytes, nameKey);
  }
  if (/^eyJ[\w-]*\.eyJ[\w-]*\./.test(start)) return { kind: 'token' };
  if (!start.startsWith('{')) return undefined;
  if (size === bytes.length) return inspectJson(bytes, nameKey);
  throw cliError('cli/too-large', 'the JSON is longer than sotto inspect reads', 'inspect one document alone');
}

/** Two lines, of which the first is a private key, is what `sotto keygen` prints. */
function inspectBase64({ bytes, size }: Sample, nameKey: NameKey): Finding | undefined {
  const firstLine = Buffer.from(bytes.subarray(0, 4096)).toString('latin1').trimStart().split(/\s/, 1)[0]!;
  const isWhole = size === bytes.length;
  const decoded = decode(withoutSpace(bytes), isWhole) ?? decode(firstLine, true);
  if (!decoded) return undefined;
  const sample = { bytes: decoded, size: isWhole ? decoded.length : undefined };
  return inspectBinary(sample, nameKey) ?? inspectText(sample, nameKey);
}

function decode(text: string, isWhole: boolean): Uint8Array | undefined {
  try {
    const bytes = base64ToBytes(isWhole ? text : text.slice(0, text.length - (text.length % 4)));
    return bytes.length > 0 ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function describeSignature(bytes: Uint8Array, hash: string): Signature {
  return { kind: 'signature', hash: HASHES[hash]!, bytes: bytes.length };
}

function inspectPublicKey(bytes: Uint8Array, nameKey: NameKey): Finding {
  const { identifier, type, canEncrypt, canSign } = importPublicKey(bytes);
  return { kind: 'public key', ...nameKey(identifier), type, canEncrypt, canSign };
}

function inspectFrame(bytes: Uint8Array, nameKey: NameKey): SeriesFrame | undefined {
  const frame = FRAMES[bytesToHex(bytes.subarray(0, 1))];
  if (!frame || bytes.length < MIN_FRAME) return undefined;
  const facts = { kind: 'series frame', frame, size: bytes.length } as const;
  if (frame !== 'start') return { ...facts, sessionTag: bytesToHex(bytes.subarray(1, 5)) };
  return { ...facts, readers: inspectMessage(bytes.subarray(1), bytes.length - 1, nameKey).readers };
}

function inspectGroup(bytes: Uint8Array): Finding | undefined {
  if (isGroup(parseTicket, bytes)) return { kind: 'group ticket' };
  if (!isGroup(parseGroupMessage, bytes)) return undefined;
  return describeGroupMessage(bytes);
}

function describeGroupMessage(bytes: Uint8Array): GroupMessage {
  const { sessionId, epoch } = parseGroupHeader(parseGroupMessage(bytes).header);
  const lacks = ['repeatable', 'epoch-key'] as const;
  return { kind: 'group message', sessionId: bytesToHex(sessionId), epoch, size: bytes.length, lacks };
}

function isGroup(parse: (bytes: Uint8Array) => unknown, bytes: Uint8Array): boolean {
  try {
    parse(bytes);
    return true;
  } catch (error) {
    if (isSdkError(error)) return false;
    throw error;
  }
}
