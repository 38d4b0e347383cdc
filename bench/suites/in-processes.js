/**
 * Runs a program in several processes one after the other, since how well a process has compiled a side is a matter of luck too, and puts
 * together what they have measured. A program is sent what to do, and sends jobs `{ name, sides }`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * @param {string} program
 * @param {object} options As `bench/run.js` gives them to a suite.
 * @param {Readonly<Record<string, string>>} options.revisions Folders by side: `ours`, and `before` where two are compared.
 * @param {number} options.rounds Of all processes together.
 * @param {number} options.processes
 * @param {number} options.sampleMilliseconds
 * @param {number} options.warmUpMilliseconds
 * @param {(job: object) => void} options.onJob
 * @param {(line: string) => void} options.onProgress
 */
export async function measureInProcesses(program, { revisions, rounds, processes, onJob, onProgress, ...timing }) {
  const samples = new Map();
  for (let number = 1; number <= processes; number++) {
    onProgress(`process ${number} of ${processes}`);
    for (const { name, sides } of await measure(program, { ...timing, revisions, rounds: rounds / processes })) {
      const before = samples.get(name) ?? {};
      const joined = Object.entries(sides).map(([side, more]) => [side, [...(before[side] ?? []), ...more]]);
      samples.set(name, Object.fromEntries(joined));
    }
  }
  for (const [name, sides] of samples) onJob({ name, sides, processes });
}

async function measure(program, request) {
  const child = fork(program);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const jobs = [];
  child.on('message', (job) => jobs.push(job));
  child.send(request);
  const [code] = await once(child, 'exit');
  process.off('exit', kill);
  if (code !== 0) throw new Error('a process that measured failed; the lines above say why');
  return jobs;
}
