/** What a document with encrypted fields shows to everybody, unverified. */
import { bytesToHex } from '../encoding/text.ts';
import { parseMessageInfo } from '../envelope/header.ts';
import { listFields, readHead } from './document.ts';
import { fieldError } from './errors.ts';
import { isPlainObject } from './json.ts';

export interface FieldsInspection {
  readonly revision: number;
  readonly expiresAt?: string | undefined;
  readonly fields: readonly {
    readonly pointer: string;
    /** Index into `readers`. */
    readonly readers: number;
    /** Of the ciphertext: the value has at most 48 fewer and at least 17 fewer. */
    readonly bytes: number;
  }[];
  /** Key identifiers in hex of the readers of each set. */
  readonly readers: readonly (readonly string[])[];
}

/** @throws `field/not-an-object`, `field/malformed`, `field/other-version`, `field/too-many`, `json/too-deep` */
export function inspectFields(document: unknown): FieldsInspection {
  if (!isPlainObject(document)) throw fieldError('field/not-an-object');
  const { revision, expiresAt, sets } = readHead(document);
  return {
    revision,
    expiresAt,
    fields: listFields(document).map(({ pointer, set, ciphertext }) => ({
      pointer,
      readers: set,
      bytes: ciphertext.length,
    })),
    readers: sets.map(({ envelopes }) => envelopes.flatMap(readersOf)),
  };
}

function readersOf(envelope: Uint8Array): string[] {
  try {
    return parseMessageInfo(envelope).info.recipients.map(({ identifier }) => bytesToHex(identifier));
  } catch (cause) {
    throw fieldError('field/malformed', { details: { reason: 'an envelope' }, cause });
  }
}
