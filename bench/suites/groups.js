/**
 * Messages of groups on Node: our client beside the official library and the primitives alone. Nothing is sent while it is measured;
 * the service is there to make the groups.
 */
import { join } from 'node:path';
import { measureInProcesses } from './in-processes.js';

/** @param {Parameters<typeof measureInProcesses>[1]} options */
export function runGroups(options) {
  return measureInProcesses(join(import.meta.dirname, 'groups-process.js'), options);
}
