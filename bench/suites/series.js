/** Sealed series on Node: readings of a device, beside a message for each of them and the primitives alone. */
import { join } from 'node:path';
import { measureInProcesses } from './in-processes.js';

export function runSeries(options) {
  return measureInProcesses(join(import.meta.dirname, 'series-process.js'), options);
}
