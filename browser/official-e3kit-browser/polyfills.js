// The official client expects these of Node, which its users' bundlers provide: its build for <script> comes without them.
import { Buffer } from 'buffer/';

globalThis.global = globalThis;
globalThis.Buffer = Buffer;
globalThis.process = { env: {}, nextTick: (task, ...args) => queueMicrotask(() => task(...args)) };
