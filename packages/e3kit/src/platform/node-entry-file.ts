/**
 * One entry of an encrypted key store as a file:
 *
 *     format   10 bytes   "SOTTO-KEY" and the version, 1
 *     nonce    12 bytes   random; a store writes far less than the 2^32 files that one key allows (SP 800-38D §8.3)
 *     body     AES-256-GCM of: length of the head (4 bytes, big-endian), head (JSON), value
 *     tag      16 bytes
 *
 * The file's own name, a keyed hash of the entry's name, is authenticated with it: a file that was moved to another
 * name is refused.
 */
import { createCipheriv, createDecipheriv, createHmac, type KeyObject, randomBytes } from 'node:crypto';
import type { KeyEntry } from '../ports.ts';
import { storageError } from '../storage-errors.ts';

export interface EntryKeys {
  /** Encrypts the files. */
  readonly content: KeyObject;
  /** Hashes names, so that the directory does not tell whose keys it holds. */
  readonly names: KeyObject;
}

const format = Buffer.from('SOTTO-KEY\x01', 'latin1');
const nonceLength = 12;
const tagLength = 16;
const overhead = format.length + nonceLength + tagLength;
const headLengthBytes = 4;

/**
 * 64 hex digits, the same for the same name only. Hashing takes care of what file systems do to names: fold case and
 * Unicode forms, reserve words, forbid signs, limit lengths. UTF-16, because UTF-8 has one form for all lone surrogates.
 */
export function hashName({ names }: EntryKeys, purpose: 'entry' | 'lock', name: string): string {
  return createHmac('sha256', names).update(`${purpose}\0`).update(Buffer.from(name, 'utf16le')).digest('hex');
}

export function isEntryFileName(fileName: string): boolean {
  return /^[0-9a-f]{64}$/.test(fileName);
}

export function encodeEntryFile(keys: EntryKeys, entry: KeyEntry): Uint8Array {
  const { value, ...fields } = entry;
  const head = Buffer.from(JSON.stringify(fields));
  const headLength = Buffer.alloc(headLengthBytes);
  headLength.writeUInt32BE(head.length);

  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', keys.content, nonce);
  cipher.setAAD(associatedData(hashName(keys, 'entry', entry.name)));
  const body = [headLength, head, value].map((part) => cipher.update(part));
  return Buffer.concat([format, nonce, ...body, cipher.final(), cipher.getAuthTag()]);
}

/** @throws `storage/damaged` unless `bytes` were written under `fileName` with these keys */
export function decodeEntryFile(keys: EntryKeys, fileName: string, bytes: Uint8Array): KeyEntry {
  const body = decrypt(keys, fileName, bytes);
  const valueStart = headLengthBytes + body.readUInt32BE();
  const head = body.subarray(headLengthBytes, valueStart).toString();
  // Authenticated, so it has the shape that encodeEntryFile gave it.
  const fields = JSON.parse(head) as Omit<KeyEntry, 'value'>;
  return { ...fields, value: Uint8Array.from(body.subarray(valueStart)) };
}

function decrypt(keys: EntryKeys, fileName: string, bytes: Uint8Array): Buffer {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < overhead || !file.subarray(0, format.length).equals(format)) throw damaged(fileName);
  const nonce = file.subarray(format.length, format.length + nonceLength);
  const decipher = createDecipheriv('aes-256-gcm', keys.content, nonce, { authTagLength: tagLength });
  decipher.setAAD(associatedData(fileName));
  decipher.setAuthTag(file.subarray(-tagLength));
  try {
    const body = decipher.update(file.subarray(format.length + nonceLength, -tagLength));
    decipher.final();
    return body;
  } catch (cause) {
    throw damaged(fileName, cause);
  }
}

function associatedData(fileName: string): Buffer {
  return Buffer.concat([format, Buffer.from(fileName)]);
}

function damaged(fileName: string, cause?: unknown) {
  return storageError('storage/damaged', { details: { file: fileName }, cause });
}
