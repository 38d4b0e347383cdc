// npm run verify: every check there is. `node tools/verify.js lint imports` runs the named ones alone.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { endInterrupted, onStopSignal, root, runCommand } from './command.js';
import { runVitest } from './suite.js';
import { addTallies, formatTally, tallyExit, tallySummaryLine } from './tally.js';

// `counts` is how a step reports: by its exit alone, by a last line `N passed, N failed`, or by vitest's json report.
// `needs` is a file without which the step is left out.
const steps = [
  { name: 'build', command: 'tsc', args: ['-b'], counts: 'exit' },
  { name: 'chat app', command: 'node', args: ['tools/build-chat-app.js'], counts: 'exit' },
  { name: 'typecheck', command: 'tsc', args: ['-p', 'tsconfig.tests.json'], counts: 'exit' },
  { name: 'typecheck of the chat app', command: 'tsc', args: ['-p', 'apps/chat'], counts: 'exit' },
  { name: 'format', command: 'biome', args: ['format', '.'], counts: 'exit' },
  { name: 'lint', command: 'eslint', args: ['.', '--max-warnings=0'], counts: 'exit' },
  { name: 'imports', command: 'depcruise', args: ['--config', '.dependency-cruiser.js', '.'], counts: 'exit' },
  { name: 'unit tests', command: 'vitest', args: ['run'], counts: 'vitest-json' },
  {
    name: 'examples',
    command: 'node',
    args: ['tools/run-examples.js'],
    counts: 'summary-line',
    needs: 'tools/run-examples.js',
  },
  { name: 'interop', command: 'node', args: ['interop/run.js'], counts: 'summary-line', needs: 'interop/run.js' },
  { name: 'browser', command: 'node', args: ['browser/run.js'], counts: 'summary-line', needs: 'browser/run.js' },
  { name: 'e2e', command: 'node', args: ['e2e/run.js'], counts: 'summary-line', needs: 'e2e/run.js' },
];

onStopSignal(endInterrupted);

const names = process.argv.slice(2);
const unknown = names.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(
    `no check by the name of ${unknown.join(', ')}; there are: ${steps.map(({ name }) => name).join(', ')}`,
  );
  process.exit(1);
}

const chosen = steps.filter(
  ({ name, needs }) =>
    (names.length === 0 || names.includes(name)) && (needs === undefined || existsSync(join(root, needs))),
);
const tallies = [];
let isBuilt = true;
for (const step of chosen) {
  // Without a build the rest would fail for that one reason, at length.
  tallies.push(isBuilt ? await runStep(step) : skipStep(step));
  if (step.name === 'build') isBuilt = tallies.at(-1).failed === 0;
}

const total = addTallies(tallies);
const ranTests = chosen.some(
  ({ counts }, index) => counts !== 'exit' && tallies[index].passed + tallies[index].failed > 0,
);
if (names.length === 0 && !ranTests && total.failed === 0) {
  console.log('FAILED no test ran');
  total.failed = 1;
}
console.log(formatTally(total));
process.exitCode = total.failed > 0 ? 1 : 0;

async function runStep(step) {
  const start = performance.now();
  const isVitest = step.counts === 'vitest-json';
  const { tally, output } = isVitest ? { tally: await runVitest(step), output: '' } : await runQuietly(step);
  // A suite that was left out says why.
  if ((tally.failed > 0 || tally.passed === 0) && output !== '') console.log(output);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${tally.failed > 0 ? 'FAILED' : 'ok'} ${step.name} ${seconds} s`);
  return tally;
}

async function runQuietly({ command, args, cwd, counts }) {
  const { ok, output } = await runCommand({ command, args, cwd });
  return { output, tally: counts === 'exit' ? tallyExit({ ok }) : tallySummaryLine({ output, ok }) };
}

function skipStep({ name }) {
  console.log(`FAILED ${name}: not run, for want of a build`);
  return tallyExit({ ok: false });
}
