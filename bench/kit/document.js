/** Writes results into docs/performance.md, between the marks of their suite, and beside it as JSON and as a plot. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawPlot } from './plot.js';
import { compareRounds, summarize } from './statistics.js';
import { SUITES } from './suites.js';
import { loadTable, processTable, resultTable, toMarkdown } from './tables.js';
import { runCommand } from '../../tools/command.js';

const PAGE = 'performance.md';

/** @param {{ docs: string, result: object, machine: object, date: string }} options */
export async function writeResult({ docs, result, machine, date }) {
  const folder = join(docs, 'performance');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, `${result.suite}.json`),
    `${JSON.stringify(toSummary({ result, machine, date }), null, 2)}\n`,
  );
  writeFileSync(join(folder, `${result.suite}.svg`), `${await drawPlot(result)}\n`);
  const page = join(docs, PAGE);
  writeFileSync(page, replaceSection(readFileSync(page, 'utf8'), result.suite, toSection({ result, machine, date })));
  await runCommand({ command: 'biome', args: ['format', '--write', page, folder] });
}

/** The page with what is between `<!-- bench:<suite> -->` and the next `<!-- /bench -->` replaced. @throws Error where the marks are missing */
export function replaceSection(page, suite, section) {
  const open = `<!-- bench:${suite} -->`;
  const begin = page.indexOf(open);
  const end = page.indexOf('<!-- /bench -->', begin);
  if (begin < 0 || end < 0)
    throw new Error(`${PAGE} has no place for ${suite}: add the lines ${open} and <!-- /bench -->`);
  return `${page.slice(0, begin + open.length)}\n\n${section}\n\n${page.slice(end)}`;
}

function toSection({ result, machine, date }) {
  const { title, plot } = SUITES[result.suite];
  const load = loadTable(result);
  const processes = processTable(result);
  const { chromium } = result;
  return [
    `![${title}: ${plot}](performance/${result.suite}.svg)`,
    toMarkdown(resultTable(result)),
    ...(load ? [toMarkdown(load)] : []),
    ...(processes ? [toMarkdown(processes)] : []),
    `${date}, ${machine.cpu}, ${machine.memory}, load of others ${machine.load}; ${machine.system}, Node ${machine.node} with OpenSSL ` +
      `${machine.openssl}${chromium ? `, Chromium ${chromium}` : ''}; ${result.rounds} rounds. ` +
      `Numbers: [${result.suite}.json](performance/${result.suite}.json).`,
  ].join('\n\n');
}

/** What is kept of a run: no single samples. */
function toSummary({ result, machine, date }) {
  const jobs = result.jobs.map(({ name, sides, load }) => ({
    name,
    milliseconds: Object.fromEntries(Object.entries(sides).map(([side, samples]) => [side, summarize(samples)])),
    oursDividedBy: Object.fromEntries(
      Object.entries(sides)
        .filter(([side]) => side !== 'ours' && 'ours' in sides)
        .map(([side, samples]) => [side, compareRounds(sides.ours, samples)]),
    ),
    ...(load ? { load } : {}),
  }));
  return {
    suite: result.suite,
    date,
    rounds: result.rounds,
    chromium: result.chromium,
    processes: result.processes,
    machine,
    jobs,
  };
}
