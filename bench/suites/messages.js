/**
 * Messages on Node: our dist beside the official library, the primitives alone, and two other formats. In several processes one after
 * the other, since how well a process has compiled a side is a matter of luck too.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/**
 * @param {object} options
 * @param {Readonly<Record<string, string>>} options.revisions Folders by side: `ours`, and `before` where two are compared.
 * @param {number} options.rounds Of all processes together.
 * @param {number} options.processes
 * @param {number} options.sampleMilliseconds
 * @param {number} options.warmUpMilliseconds
 * @param {(job: object) => void} options.onJob
 * @param {(line: string) => void} options.onProgress
 */
export async function runMessages({ revisions, rounds, processes, onJob, onProgress, ...timing }) {
  const merged = new Map();
  for (let number = 1; number <= processes; number++) {
    onProgress(`process ${number} of ${processes}`);
    const jobs = await measure({ ...timing, revisions, rounds: rounds / processes });
    for (const { name, sides } of jobs) merged.set(name, joinSamples(merged.get(name), sides));
  }
  for (const [name, sides] of merged) onJob({ name, sides, processes });
}

async function measure(request) {
  const child = fork(join(import.meta.dirname, 'messages-process.js'));
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const jobs = [];
  child.on('message', (job) => jobs.push(job));
  child.send(request);
  const [code] = await once(child, 'exit');
  process.off('exit', kill);
  if (code !== 0) throw new Error('a process that measured messages failed; the lines above say why');
  return jobs;
}

function joinSamples(before, sides) {
  if (before === undefined) return sides;
  return Object.fromEntries(Object.entries(sides).map(([name, samples]) => [name, [...before[name], ...samples]]));
}
