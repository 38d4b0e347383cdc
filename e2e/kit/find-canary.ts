/** Looks for a text in bytes, however it is wrapped: as it is, escaped as in JSON or in an address, in hex, and in base64 in base64. */

/** The positions in `records` of those that hold it. */
export function findCanary(records: readonly Uint8Array[], canary: string | Uint8Array): readonly number[] {
  const bytes = Buffer.from(canary);
  const shapes = [bytes, Buffer.from(bytes.toString('hex')), ...(typeof canary === 'string' ? textShapes(canary) : [])];
  return records.flatMap((record, at) => (holds(Buffer.from(record), shapes) ? [at] : []));
}

function textShapes(text: string): readonly Buffer[] {
  const escaped = text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [
    ...[escaped, encodeURIComponent(text), text.replaceAll(' ', '+')].map((shape) => Buffer.from(shape)),
    Buffer.from(text, 'utf16le'),
  ];
}

function holds(bytes: Buffer, shapes: readonly Buffer[]): boolean {
  return layersOf(bytes).some((layer) => shapes.some((shape) => layer.includes(shape)));
}

/** The bytes, and what every run of base64 in them stands for. Ends, since each layer is shorter than its run. */
function layersOf(bytes: Buffer): readonly Buffer[] {
  const runs = bytes.toString('latin1').match(/[\w+/-]{16,}/g) ?? [];
  return [bytes, ...runs.flatMap((run) => layersOf(Buffer.from(run, 'base64')))];
}
