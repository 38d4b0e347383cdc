// What a broker could keep of a fleet: for each frame when it came, from which device it is said to be, and the frame, as
// length (4 bytes) ‖ milliseconds since 1970 (8) ‖ length of the name (1) ‖ name ‖ frame. Nothing of it is secret, and nothing is trusted.
const HEAD = 13;

export function toRecord({ at, device, frame }) {
  const name = new TextEncoder().encode(device);
  const record = new Uint8Array(HEAD + name.length + frame.length);
  const view = new DataView(record.buffer);
  view.setUint32(0, record.length);
  view.setBigUint64(4, BigInt(at));
  view.setUint8(12, name.length);
  record.set(name, HEAD);
  record.set(frame, HEAD + name.length);
  return record;
}

/** The records of a stream, whose chunks begin and end anywhere. A record that was cut off at the end is left out. */
export async function* readRecords(stream) {
  let rest = new Uint8Array(0);
  for await (const chunk of stream) {
    rest = join(rest, chunk);
    for (let length = lengthOf(rest); length <= rest.length; length = lengthOf(rest)) {
      yield parseRecord(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  }
}

function parseRecord(record) {
  const view = new DataView(record.buffer, record.byteOffset);
  const end = HEAD + view.getUint8(12);
  return {
    at: Number(view.getBigUint64(4)),
    device: new TextDecoder().decode(record.subarray(HEAD, end)),
    frame: record.subarray(end),
  };
}

/** More than there is as long as it is not known. */
function lengthOf(bytes) {
  if (bytes.length < HEAD) return HEAD;
  return Math.max(HEAD, new DataView(bytes.buffer, bytes.byteOffset).getUint32(0));
}

function join(a, b) {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
