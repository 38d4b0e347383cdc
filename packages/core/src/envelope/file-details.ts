/**
 * Name, type and date of a file, at the beginning of what is encrypted: `SEQ{ INTEGER 1, UTF8String name, UTF8String type, INTEGER
 * lastModified }`, then the content. The sender chose them, so they are cleaned on reading. Source: docs/spec/streams.md §5.
 */
import { bytesToUtf8, utf8ToBytes } from '../encoding/bytes.ts';
import { DerReader, der, derInteger, derSequence, TAG } from '../encoding/der.ts';
import { type PieceReader, readSequence } from './pieces.ts';
import { streamError } from './stream-errors.ts';

export interface FileDetails {
  /** A name without a path, never empty. */
  readonly name: string;
  /** The media type, or empty. */
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
}

const VERSION = 1;
const MAX_LENGTH = 4096;
const MAX_TIME = 2 ** 48 - 1;
const MAX_NAME_LENGTH = 200;
const MAX_ENDING_LENGTH = 20;

export function encodeFileDetails({ name, type, lastModified }: FileDetails): Uint8Array {
  const milliseconds = Math.min(Math.max(Math.floor(lastModified), 0), MAX_TIME) || 0; // 0 for what is no number
  return derSequence(
    derInteger(VERSION),
    der(TAG.utf8String, utf8ToBytes(cleanFileName(name))),
    der(TAG.utf8String, utf8ToBytes(cleanType(type))),
    derInteger(milliseconds),
  );
}

/** The details that the source begins with; its content is what the reader gives next. @throws `file/no-details` */
export async function readFileDetails(reader: PieceReader): Promise<FileDetails> {
  const element = await readSequence(reader, MAX_LENGTH);
  if (!element) throw streamError('file/no-details');
  try {
    const fields = new DerReader(element).enter(TAG.sequence);
    if (fields.integer() !== VERSION) throw streamError('file/no-details');
    const name = bytesToUtf8(fields.read(TAG.utf8String));
    const type = bytesToUtf8(fields.read(TAG.utf8String));
    const lastModified = fields.integer();
    fields.end();
    return { name: cleanFileName(name), type: cleanType(type), lastModified };
  } catch (cause) {
    throw streamError('file/no-details', cause);
  }
}

/**
 * A name that stays in its folder and looks as it is: what stands before the last slash or backslash goes, and so do control characters
 * and those that change the direction of text, which make `exe.jpg` out of `gpj.exe`. What Windows has no names with becomes `_`.
 */
export function cleanFileName(name: string): string {
  const last = name
    .slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/^\s+|[\s.]+$/g, '');
  const characters = Array.from(last === '' ? 'file' : last);
  if (characters.length <= MAX_NAME_LENGTH) return characters.join('');
  const start = characters.slice(0, MAX_NAME_LENGTH - MAX_ENDING_LENGTH);
  return [...start, ...characters.slice(-MAX_ENDING_LENGTH)].join('');
}

/** The type if it has the form of one, else none. */
function cleanType(type: string): string {
  return type.length <= 255 && /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(;[\x20-\x7e]*)?$/.test(type) ? type : '';
}
