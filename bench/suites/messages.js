/** Messages on Node: our dist beside the official library, the primitives alone, and two other formats. */
import { join } from 'node:path';
import { measureInProcesses } from './in-processes.js';

/** @param {Parameters<typeof measureInProcesses>[1]} options */
export function runMessages(options) {
  return measureInProcesses(join(import.meta.dirname, 'messages-process.js'), options);
}
