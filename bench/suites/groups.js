/**
 * Messages of groups on Node: our client beside the official library and the primitives alone. In several processes one after the other, as
 * in `messages.js`. Nothing is sent while it is measured; the service is there to make the groups.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** @param {Parameters<typeof import('./messages.js').runMessages>[0]} options */
export async function runGroups({ revisions, rounds, processes, onJob, onProgress, ...timing }) {
  const merged = new Map();
  for (let number = 1; number <= processes; number++) {
    onProgress(`process ${number} of ${processes}`);
    for (const { name, sides } of await measure({ ...timing, revisions, rounds: rounds / processes })) {
      const before = merged.get(name);
      const joined = Object.entries(sides).map(([side, samples]) => [side, [...(before?.[side] ?? []), ...samples]]);
      merged.set(name, Object.fromEntries(joined));
    }
  }
  for (const [name, sides] of merged) onJob({ name, sides, processes });
}

async function measure(request) {
  const child = fork(join(import.meta.dirname, 'groups-process.js'));
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const jobs = [];
  child.on('message', (job) => jobs.push(job));
  child.send(request);
  const [code] = await once(child, 'exit');
  process.off('exit', kill);
  if (code !== 0) throw new Error('a process that measured groups failed; the lines above say why');
  return jobs;
}
