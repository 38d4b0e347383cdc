/** What is measured about files, in Node and in a page alike: a stream that is signed and encrypted, in pieces, from memory to nowhere. */

const MB = 1024 * 1024;
const PIECE = 256 * 1024; // as the client reads files

/** `passes`: how often the stream is read. A file that becomes a stream is verified before it begins. */
export const FILE_JOBS = [
  { name: 'encrypt 4 MB', verb: 'encrypt', bytes: 4 * MB, passes: 1 },
  { name: 'encrypt 16 MB', verb: 'encrypt', bytes: 16 * MB, passes: 1 },
  { name: 'decrypt 16 MB', verb: 'decrypt', bytes: 16 * MB, passes: 1 },
  { name: 'verify, then decrypt 16 MB', verb: 'decrypt', bytes: 16 * MB, passes: 2 },
];

/**
 * The call of each side for one job.
 * @param {(typeof FILE_JOBS)[number]} job
 * @param {Readonly<Record<string, (pieces: readonly Uint8Array[]) => Promise<{ encrypt: () => any, decrypt: () => any }>>>} sides
 */
export async function prepareFileJob({ verb, bytes, passes }, sides) {
  const piece = Uint8Array.from({ length: PIECE }, (_, index) => index % 251);
  const pieces = Array.from({ length: bytes / PIECE }, () => piece);
  const calls = {};
  for (const [name, prepare] of Object.entries(sides)) {
    const call = (await prepare(pieces))[verb];
    calls[name] = async () => {
      for (let pass = 0; pass < passes; pass++) await call();
    };
  }
  return calls;
}
