/** What stands in clear at the beginning of a backup: whose signature to expect, and how to try a passphrase. Source: docs/spec/service-backup.md §1. */

import {
  base64ToBytes,
  bytesToBase64,
  bytesToUtf8,
  concatBytes,
  equalBytes,
  importPublicKey,
  type PublicKey,
  utf8ToBytes,
} from '@sotto/core';
import type { PieceReader } from '@sotto/core/stream';
import { operatorError } from '../operator-errors.ts';
import { type PassphraseCost, isReasonableCost, SALT_LENGTH } from './passphrase.ts';

export interface BackupHead {
  /** The service key that was current. */
  readonly signer: PublicKey;
  readonly passphrase?: { readonly salt: Uint8Array; readonly cost: PassphraseCost } | undefined;
}

const MAGIC = utf8ToBytes('SOTTO-SERVICE-BACKUP');
const VERSION = 1;
const LENGTH_BYTES = 4;
const MAX_LENGTH = 4096;

export function encodeHead({ signer, passphrase }: BackupHead): Uint8Array {
  const content = {
    signer: bytesToBase64(signer.exportDer()),
    ...(passphrase && { passphrase: { salt: bytesToBase64(passphrase.salt), ...passphrase.cost } }),
  };
  return concatBytes(MAGIC, Uint8Array.of(VERSION), withLength(utf8ToBytes(JSON.stringify(content))));
}

/** @throws `service-backup/malformed`, `service-backup/unsupported` */
export async function readHead(reader: PieceReader): Promise<BackupHead> {
  const magic = await reader.take(MAGIC.length);
  const [version] = await reader.take(1);
  if (!equalBytes(magic, MAGIC) || version === undefined) throw operatorError('service-backup/malformed');
  if (version !== VERSION) throw operatorError('service-backup/unsupported');
  const content = await readLengthed(reader, MAX_LENGTH);
  try {
    return parseHead(JSON.parse(bytesToUtf8(content)));
  } catch (cause) {
    throw operatorError('service-backup/malformed', { cause });
  }
}

/** The length (BE32), and then the bytes. */
export function withLength(bytes: Uint8Array): Uint8Array {
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setUint32(0, bytes.length);
  return concatBytes(length, bytes);
}

/** The reverse. @throws `service-backup/malformed` if there are fewer, or more than `atMost` */
export async function readLengthed(reader: PieceReader, atMost: number): Promise<Uint8Array> {
  const prefix = await reader.take(LENGTH_BYTES);
  if (prefix.length < LENGTH_BYTES) throw operatorError('service-backup/malformed');
  const length = new DataView(prefix.buffer, prefix.byteOffset).getUint32(0);
  if (length > atMost) throw operatorError('service-backup/malformed');
  const bytes = await reader.take(length);
  if (bytes.length < length) throw operatorError('service-backup/malformed');
  return bytes;
}

function parseHead(value: unknown): BackupHead {
  const { signer, passphrase } = value as { signer: string; passphrase?: { salt: string } & PassphraseCost };
  const key = importPublicKey(base64ToBytes(signer));
  if (passphrase === undefined) return { signer: key };
  const { salt: text, memoryKiB, passes } = passphrase;
  const [salt, cost] = [base64ToBytes(text), { memoryKiB, passes }];
  if (salt.length !== SALT_LENGTH || !isReasonableCost(cost)) throw new RangeError('salt or cost');
  return { signer: key, passphrase: { salt, cost } };
}
