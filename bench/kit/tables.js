/** Results as tables: a head and rows of text, for a terminal and for a page. */
import { aimsFor } from './aims.js';
import { compareRounds, summarize } from './statistics.js';
import { SUITES } from './suites.js';
import { compareRevisions, judgeAim } from './verdict.js';

/** Medians with quartiles, ratios with their intervals, and the aims beside them. */
export function resultTable({ suite, jobs }) {
  const { columns, comparisons } = SUITES[suite];
  const hasSide = (name) => jobs.some(({ sides }) => name in sides);
  const sides = Object.keys(columns).filter((name) => name !== 'before' && hasSide(name));
  const shown = comparisons.filter(({ of, by }) => hasSide(of) && hasSide(by));
  const rows = jobs.map((job) => [
    job.name,
    ...sides.map((name) => (name in job.sides ? formatSpread(job.sides[name]) : '')),
    ...shown.map(({ of, by }) => (of in job.sides && by in job.sides ? formatRatio(job.sides[of], job.sides[by]) : '')),
    aimsFor({ suite, job: job.name })
      .map((aim) => formatAim(aim, job.sides))
      .join('; '),
  ]);
  return { head: ['', ...sides.map((name) => columns[name]), ...shown.map(({ head }) => head), 'aim'], rows };
}

/** What a client of the service sees; undefined for a suite that measures no load. */
export function loadTable({ suite, jobs }) {
  const { columns, loads = [] } = SUITES[suite];
  const rows = jobs.flatMap(({ name, load = {} }) =>
    Object.entries(load)
      .filter(([side]) => loads.includes(side))
      .map(([side, { p50, p95, p99, perSecond }]) => [
        name,
        columns[side],
        ...[p50, p95, p99].map(formatTime),
        perSecond.toFixed(0),
      ]),
  );
  if (rows.length === 0) return undefined;
  return { head: ['', 'holds', 'half within', '95 % within', '99 % within', 'requests per second'], rows };
}

/** What a process of the service takes; undefined for a suite that looks at none. */
export function processTable({ suite, processes }) {
  if (processes === undefined) return undefined;
  const toMiB = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  const rows = processes.map(({ side, startMilliseconds, now, peak }) => [
    SUITES[suite].columns[side],
    formatTime(startMilliseconds),
    toMiB(now),
    toMiB(peak),
  ]);
  return { head: ['', 'start', 'memory at the end', 'at most'], rows };
}

/** What changed since another revision. */
export function revisionTable({ jobs }) {
  const rows = jobs
    .filter(({ sides }) => 'before' in sides)
    .map(({ name, sides, processes }) => {
      const { ratio, low, high, verdict } = compareRevisions({ sides, processes });
      return [
        name,
        formatSpread(sides.before),
        formatSpread(sides.ours),
        formatInterval({ ratio, low, high }),
        verdict,
      ];
    });
  return { head: ['', 'before', 'now', 'now ÷ before', 'verdict'], rows };
}

export function toTerminal({ head, rows }) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const toLine = (row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd();
  return [head, ...rows].map(toLine).join('\n');
}

export function toMarkdown({ head, rows }) {
  const toLine = (row) => `| ${row.join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '--:'));
  return [toLine(head), toLine(rule), ...rows.map(toLine)].join('\n');
}

/** Milliseconds, in the unit that fits. */
export function formatTime(milliseconds) {
  const { unit, factor } = unitOf(milliseconds);
  return `${formatDigits(milliseconds * factor)} ${unit}`;
}

function formatSpread(samples) {
  const { median, low, high } = summarize(samples);
  const { factor } = unitOf(median);
  return `${formatTime(median)} (${formatDigits(low * factor)}–${formatDigits(high * factor)})`;
}

function unitOf(milliseconds) {
  return milliseconds < 1 ? { unit: 'µs', factor: 1000 } : { unit: 'ms', factor: 1 };
}

/** Three digits, or all of those before the point. */
function formatDigits(value) {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

function formatRatio(a, b) {
  return formatInterval(compareRounds(a, b));
}

function formatInterval({ ratio, low, high }) {
  return `${ratio.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

function formatAim(aim, sides) {
  if (![aim.side, aim.of ?? aim.side].every((name) => name in sides)) return '';
  return `${aim.text}: ${judgeAim(aim, sides).verdict}`;
}
