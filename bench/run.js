// node bench/run.js [suites] [--quick] [--write] [--against <revision>] [--json <file>]: how fast Sotto is, on this machine.
// Installs and builds what is missing. Not a test: it says what is, and fails only where something does not run.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endInterrupted, onStopSignal, root } from '../tools/command.js';
import { build } from '../tools/prepare.js';
import { installIn } from '../tools/suite.js';
import { parseArguments, USAGE } from './kit/arguments.js';

// Many short samples rather than few long ones: what disturbs comes in bursts.
const THOROUGH = { rounds: 60, processes: 5, sampleMilliseconds: 6, warmUpMilliseconds: 1000 };
const QUICK = { rounds: 12, processes: 2, sampleMilliseconds: 3, warmUpMilliseconds: 100 };

onStopSignal(endInterrupted);

try {
  await main(parseArguments(process.argv.slice(2)));
} catch (error) {
  say(error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' ? `${error.message}\n\n${USAGE}` : (error.stack ?? error.message));
  process.exitCode = 1;
}

async function main({ help, suites, quick, write, against, json }) {
  if (help) {
    console.log(USAGE);
    return;
  }
  await build();
  if (!(await installIn(import.meta.dirname))) throw new Error('the packages of bench/ could not be installed');
  // What they import is there only now.
  const { describeMachine } = await import('./kit/machine.js');
  const { SUITES } = await import('./kit/suites.js');
  const { loadTable, processTable, resultTable, revisionTable, toTerminal } = await import('./kit/tables.js');
  const { writeResult } = await import('./kit/document.js');

  const revisions = { ours: root };
  if (against !== undefined) {
    say(`building ${against}`);
    const { buildRevision } = await import('./kit/revision.js');
    revisions.before = await buildRevision(against);
  }
  const machine = describeMachine();
  const date = new Date().toISOString().slice(0, 10);
  const results = [];
  for (const suite of suites) {
    const result = await runSuite(suite);
    results.push(result);
    console.log(`\n${SUITES[suite].title}: median (quartiles), ratio (99 %)\n`);
    console.log(toTerminal(resultTable(result)));
    for (const table of [loadTable(result), processTable(result)]) if (table) console.log(`\n${toTerminal(table)}`);
    if (against !== undefined) console.log(`\nSince ${against}\n\n${toTerminal(revisionTable(result))}`);
    if (write) await writeResult({ docs: join(root, 'docs'), result, machine, date });
  }
  if (json !== undefined) writeFileSync(json, JSON.stringify({ date, machine, results }));

  async function runSuite(suite) {
    const run = await SUITES[suite].load();
    const jobs = [];
    const settings = quick ? QUICK : THOROUGH;
    const onJob = (job) => {
      jobs.push(job);
      say(`${suite}: ${job.name}`);
    };
    const details = await run({ ...settings, revisions, isQuick: quick, onJob, onProgress: say });
    return { suite, rounds: settings.rounds, ...details, jobs };
  }
}

function say(line) {
  process.stderr.write(`${line}\n`);
}
