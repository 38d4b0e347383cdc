/** Collections as JSON Lines: one document a line, in a text of any length, of which one line at a time is in memory. */
import { bytesToUtf8, joinBytes } from '../encoding/bytes.ts';
import { isSdkError, SdkError } from '../errors.ts';
import { fieldError } from './errors.ts';
import { isPlainObject } from './json.ts';
import { parseStrictJson } from './strict-json.ts';

/** Text, or its UTF-8, in pieces of any size. */
export type TextSource = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/** Bytes. */
const MAX_LINE = 16 * 1024 * 1024;
const NEWLINE = 10;

/**
 * Each document through `change`, in order, a line each; empty lines are left out. The error of a line has its number, from 1, in
 * `details.line`. @throws `json/malformed`, `json/duplicate-name`, `json/line-too-long`, `field/not-an-object`, and as `change`
 */
export async function* mapJsonLines(
  source: TextSource,
  change: (document: Record<string, unknown>) => Promise<unknown>,
): AsyncGenerator<string, void, undefined> {
  let number = 1;
  try {
    for await (const line of linesOf(source)) {
      if (line.trim() !== '') {
        const document = parseStrictJson(line);
        if (!isPlainObject(document)) throw fieldError('field/not-an-object');
        yield `${JSON.stringify(await change(document))}\n`;
      }
      number++;
    }
  } catch (error) {
    throw isSdkError(error) ? withLine(error, number) : error;
  }
}

function withLine({ code, family, message, name, details, cause }: SdkError, line: number): SdkError {
  return new SdkError({ code, family, message, name, details: { ...details, line }, cause });
}

async function* linesOf(source: TextSource): AsyncGenerator<string, void, undefined> {
  let rest: Uint8Array[] = [];
  let restLength = 0;
  const encoder = new TextEncoder();
  for await (const piece of source) {
    let bytes = typeof piece === 'string' ? encoder.encode(piece) : piece;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE)) {
      yield toLine([...rest, bytes.subarray(0, end)]);
      [rest, restLength] = [[], 0];
      bytes = bytes.subarray(end + 1);
    }
    rest.push(bytes);
    restLength += bytes.length;
    if (restLength > MAX_LINE) throw fieldError('json/line-too-long');
  }
  if (restLength > 0) yield toLine(rest);
}

/** Put together before it is decoded: a piece may end within a character. */
function toLine(pieces: readonly Uint8Array[]): string {
  return bytesToUtf8(joinBytes(pieces));
}
