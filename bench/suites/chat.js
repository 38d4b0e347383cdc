/**
 * Rooms of a chat on Node: what `@sotto/chat` adds to a message, beside the message alone and the primitives. The chat service is in memory, so
 * that nothing is sent; the users are of a service.
 */
import { join } from 'node:path';
import { measureInProcesses } from './in-processes.js';

/** @param {Parameters<typeof measureInProcesses>[1]} options */
export function runChat(options) {
  return measureInProcesses(join(import.meta.dirname, 'chat-process.js'), options);
}
