/** A new process on Node from its import of the library to its first sealed message, keys made on the way. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { interleave } from '../kit/interleave.js';

const run = promisify(execFile);
const programs = join(import.meta.dirname, '../cold-start');

export async function runColdStart({ revisions, rounds, onJob }) {
  const programOf = (name) => (name in revisions ? 'ours' : name);
  const steps = {};
  const sample = async (name) => {
    const program = join(programs, `${programOf(name)}.js`);
    const { stdout } = await run(process.execPath, [program, revisions[name] ?? revisions.ours]);
    const { load, seal } = JSON.parse(stdout);
    (steps[name] ??= []).push({ load, seal });
    return load + seal;
  };
  const names = [...Object.keys(revisions), 'official', 'floor'];
  // The first processes read the files from disk.
  for (const name of names) await sample(name);
  for (const name of names) steps[name] = [];
  const sides = await interleave({ names, sample, rounds });
  onJob({ name: 'from the import to the first message', sides });
  for (const [step, title] of [
    ['load', 'the import alone'],
    ['seal', 'the first keys and message'],
  ]) {
    const values = names.map((name) => [name, steps[name].map((result) => result[step])]);
    onJob({ name: title, sides: Object.fromEntries(values) });
  }
}
