/** Encrypted fields on Node: a document, beside a message for each of its fields and the primitives alone. */
import { join } from 'node:path';
import { measureInProcesses } from './in-processes.js';

export function runFields(options) {
  return measureInProcesses(join(import.meta.dirname, 'fields-process.js'), options);
}
