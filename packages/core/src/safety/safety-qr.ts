/**
 * What a QR code carries from one user's screen to the other's camera, so that nobody has to read a number out: a text of capitals
 * and digits, for which QR codes have a dense mode. Source: docs/spec/safety-number.md §3.
 */
import { concatBytes, equalBytes } from '../encoding/bytes.ts';
import { bytesToHex, hexToBytes } from '../encoding/text.ts';
import { safetyError } from './errors.ts';
import type { FingerprintPair } from './fingerprint.ts';

const VERSION = 1;
const PREFIX = 'SOTTO-SAFETY:';
const FORM = /^SOTTO-SAFETY:((?:[0-9A-F]{2})+)$/;
const FINGERPRINT_LENGTH = 32;
/** What a QR code holds. */
const MAX_TEXT_LENGTH = 4296;

/** The text of the QR code that this user shows to the peer. */
export function encodeSafetyQr({ own, peer }: FingerprintPair): string {
  return PREFIX + bytesToHex(concatBytes(Uint8Array.of(VERSION), own, peer)).toUpperCase();
}

/** The fingerprints in a text, as they are to the user who shows it. @throws `safety-qr/malformed`, `safety-qr/other-version` */
export function decodeSafetyQr(text: string): FingerprintPair {
  const digits = text.length <= MAX_TEXT_LENGTH ? FORM.exec(text)?.[1] : undefined;
  if (digits === undefined) throw safetyError('safety-qr/malformed');
  const bytes = hexToBytes(digits);
  if (bytes[0] !== VERSION) throw safetyError('safety-qr/other-version');
  if (bytes.length !== 1 + 2 * FINGERPRINT_LENGTH) throw safetyError('safety-qr/malformed');
  return { own: bytes.slice(1, 1 + FINGERPRINT_LENGTH), peer: bytes.slice(1 + FINGERPRINT_LENGTH) };
}

/**
 * That what was scanned from the peer's screen is this user's pair from the other side.
 * @throws `safety-qr/mismatch`, `safety-qr/own`, `safety-qr/malformed`, `safety-qr/other-version`
 */
export function checkSafetyQr({ own, peer }: FingerprintPair, scanned: string): void {
  const theirs = decodeSafetyQr(scanned);
  if (isSame(theirs, { own: peer, peer: own })) return;
  throw safetyError(isSame(theirs, { own, peer }) ? 'safety-qr/own' : 'safety-qr/mismatch');
}

function isSame(a: FingerprintPair, b: FingerprintPair): boolean {
  return equalBytes(concatBytes(a.own, a.peer), concatBytes(b.own, b.peer));
}
