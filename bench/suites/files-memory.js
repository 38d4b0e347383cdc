// One of the processes of suites/files.js: seals and opens so many bytes as it is told to, and prints what it took at most, in bytes.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , revision, bytes] = process.argv;
const load = (path) => import(pathToFileURL(join(revision, 'packages/core/dist', path)).href);
const { generateKeyPair } = await load('index.js');
const { openStreamUnverified, signAndEncryptStream } = await load('envelope/stream.js');
const { nodeProvider } = await load('provider/node.js');

const size = Number(bytes);
const { publicKey, privateKey } = await generateKeyPair(nodeProvider);

async function* source() {
  for (let left = size; left > 0; left -= 262_144) yield new Uint8Array(Math.min(left, 262_144));
}

const options = { source: source(), size, recipients: [publicKey], signer: privateKey, padding: true };
const sealed = signAndEncryptStream(nodeProvider, options);
const access = { keys: [privateKey], signers: [publicKey], mode: 'signAndEncrypt' };
let [length, peakBytes] = [0, 0];
for await (const piece of openStreamUnverified(nodeProvider, { source: sealed, ...access })) {
  length += piece.length;
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss()); // maxRSS would count what the parent had when it forked
}
if (length !== size) throw new Error('what came back is not what went in');
console.log(peakBytes);
