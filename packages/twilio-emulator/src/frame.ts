/**
 * Frames of the socket, one to a binary message: `TWILSOCK V3.0 <bytes of header> CRLF <header JSON> CRLF <payload>`. Behind
 * a payload the service puts one more CRLF, which `payload_size` does not count; clients put none.
 */

const MAX_HEADER_BYTES = 64 * 1024;
const CRLF = '\r\n';

export interface Frame {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Uint8Array;
}

/** Bytes that are no frame. */
export class FrameError extends Error {}

export function encodeFrame(header: Readonly<Record<string, unknown>>, payload?: unknown): Uint8Array {
  const body = payload === undefined ? '' : JSON.stringify(payload);
  const size = Buffer.byteLength(body);
  const described = JSON.stringify({
    ...header,
    payload_size: size,
    ...(size > 0 && { payload_type: 'application/json' }),
  });
  const start = `TWILSOCK V3.0 ${Buffer.byteLength(described)}${CRLF}${described}${CRLF}`;
  return Buffer.from(size > 0 ? `${start}${body}${CRLF}` : start);
}

/** @throws FrameError */
export function parseFrame(bytes: Uint8Array): Frame {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = /^TWILSOCK V3\.0 (\d{1,6})\r\n/.exec(data.subarray(0, 32).toString('latin1'));
  if (!start) throw new FrameError('no start line');
  const headerStart = start[0].length;
  const headerEnd = headerStart + Number(start[1]);
  if (headerEnd - headerStart > MAX_HEADER_BYTES) throw new FrameError('header too long');
  if (data.toString('latin1', headerEnd, headerEnd + 2) !== CRLF) throw new FrameError('header cut short');
  const header = parseHeader(data.subarray(headerStart, headerEnd));
  const rest = data.subarray(headerEnd + 2);
  const { payload_size: size = 0 } = header;
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > rest.length) {
    throw new FrameError('payload_size does not fit');
  }
  if (!['', CRLF].includes(rest.toString('latin1', size))) throw new FrameError('bytes behind the payload');
  return { header, payload: rest.subarray(0, size) };
}

function parseHeader(bytes: Buffer): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) return { ...header };
  } catch (cause) {
    throw new FrameError('header is no JSON', { cause });
  }
  throw new FrameError('header is no object');
}
