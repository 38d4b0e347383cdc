/** `@sotto/e3kit/worker`: what a worker runs that encrypts and decrypts large files for a page. A page that has it started by itself needs it not. */
import { createWebBulk } from '@sotto/core/web-bulk';
import { serveBulk, type WorkerScope } from './file/worker-server.ts';

serveBulk(globalThis as unknown as WorkerScope, createWebBulk(globalThis.crypto));
