// A process that seals one message: core. Its argument is the folder of the revision.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const began = performance.now();
const dist = join(process.argv[2], 'packages/core/dist');
const [core, { nodeProvider }] = await Promise.all([
  import(pathToFileURL(join(dist, 'index.js'))),
  import(pathToFileURL(join(dist, 'provider/node.js'))),
]);
const loaded = performance.now();
const { publicKey, privateKey } = await core.generateKeyPair(nodeProvider);
await core.seal(nodeProvider, {
  mode: 'signAndEncrypt',
  plaintext: Buffer.from('hello'),
  recipients: [publicKey],
  signer: privateKey,
  padding: true,
});
const sealed = performance.now();
console.log(JSON.stringify({ load: loaded - began, seal: sealed - loaded }));
