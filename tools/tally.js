// Counts what passed, failed and was skipped, whichever way a suite reports it.
import { stripVTControlCharacters } from 'node:util';

/** The report of vitest's json reporter, undefined when there is none, and whether vitest ended well. */
export function tallyVitest({ report, ok }) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const passed = report.numPassedTests;
  // A file that does not load, or whose hooks fail, fails without failing any test.
  const failedFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  const failed = report.numFailedTests + failedFiles.length;
  return withOutcome({ passed, failed, skipped: report.numTotalTests - passed - report.numFailedTests }, ok);
}

/** The last line of the form `3 passed, 1 failed` or `3 passed, 1 failed, 2 skipped` in `output`. */
export function tallySummaryLine({ output, ok }) {
  const matches = [
    ...stripVTControlCharacters(output).matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$/gm),
  ];
  const [passed, failed, skipped] = (matches.at(-1)?.slice(1) ?? []).map((count) => Number(count ?? 0));
  return withOutcome({ passed: passed ?? 0, failed: failed ?? 0, skipped: skipped ?? 0 }, ok);
}

/** A check that says no more than whether it holds. */
export function tallyExit({ ok }) {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
}

export function addTallies(tallies) {
  const sum = (name) => tallies.reduce((total, tally) => total + tally[name], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

export function formatTally({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** A suite that ended badly without a failure, or that ran nothing, has failed all the same. */
function withOutcome(tally, ok) {
  const isSilent = tally.passed + tally.failed + tally.skipped === 0;
  return tally.failed === 0 && (!ok || isSilent) ? { ...tally, failed: 1 } : tally;
}
