/** PEM (RFC 7468), lax about the label as the original is: a key says by its own bytes what it is. */
import { coreError } from '../errors.ts';
import { base64ToBytes, bytesToBase64 } from './text.ts';

const BEGIN = '-----BEGIN ';
const BLOCK = /^-----BEGIN ([A-Z0-9 ]{0,64})-----\r?\n([A-Za-z0-9+/=\r\n]*)-----END \1-----\s*$/;
const MAX_LENGTH = 64 * 1024;

export function looksLikePem(bytes: Uint8Array): boolean {
  if (bytes.length < BEGIN.length) return false;
  for (let i = 0; i < BEGIN.length; i++) if (bytes[i] !== BEGIN.charCodeAt(i)) return false;
  return true;
}

/** Bytes of the only block. @throws `encoding/pem` */
export function pemToDer(bytes: Uint8Array): Uint8Array {
  if (bytes.length > MAX_LENGTH) throw coreError('encoding/pem');
  const match = BLOCK.exec(
    String.fromCharCode(...bytes.subarray(0, 0x8000)) + String.fromCharCode(...bytes.subarray(0x8000)),
  );
  if (!match) throw coreError('encoding/pem');
  try {
    return base64ToBytes(match[2]!.replaceAll(/[\r\n]/g, ''));
  } catch (cause) {
    throw coreError('encoding/pem', { cause });
  }
}

/** One block of 64 characters a line, with a final line break. */
export function derToPem(der: Uint8Array, label: 'PUBLIC KEY' | 'PRIVATE KEY' | 'EC PRIVATE KEY'): string {
  const lines = bytesToBase64(der).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
