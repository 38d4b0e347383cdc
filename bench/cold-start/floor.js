// A process that does the primitives of one message: node:crypto.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const map = await import(pathToFileURL(join(process.argv[2], 'packages/core/dist/provider/curve25519.js')));

const began = performance.now();
const { createNodeFloor } = await import('../sides/floor-node.js');
const loaded = performance.now();
await createNodeFloor(map)({ data: Buffer.from('hello'), recipients: 1, count: 1 });
const sealed = performance.now();
console.log(JSON.stringify({ load: loaded - began, seal: sealed - loaded }));
