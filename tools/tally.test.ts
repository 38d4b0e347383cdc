import { describe, expect, it } from 'vitest';
import { addTallies, formatTally, tallyExit, tallySummaryLine, tallyVitest } from './tally.js';

const passing = { status: 'passed', assertionResults: [{ status: 'passed' }] };
const report = { numTotalTests: 1, numPassedTests: 1, numFailedTests: 0, testResults: [passing] };

describe('the tally of a vitest report', () => {
  it('counts tests', () => {
    expect(tallyVitest({ report, ok: true })).toEqual({ passed: 1, failed: 0, skipped: 0 });
  });

  it('counts a failed test once, not again with its file', () => {
    const failing = { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] };
    const mixed = { numTotalTests: 4, numPassedTests: 2, numFailedTests: 1, testResults: [passing, failing] };
    expect(tallyVitest({ report: mixed, ok: false })).toEqual({ passed: 2, failed: 1, skipped: 1 });
  });

  it('counts a file that did not load', () => {
    const broken = { ...report, testResults: [passing, { status: 'failed', assertionResults: [] }] };
    expect(tallyVitest({ report: broken, ok: false })).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it('counts a file whose set-up failed, so that its tests were skipped', () => {
    const skipped = { status: 'failed', assertionResults: [{ status: 'skipped' }] };
    const broken = { ...report, numTotalTests: 2, testResults: [passing, skipped] };
    expect(tallyVitest({ report: broken, ok: false })).toEqual({ passed: 1, failed: 1, skipped: 1 });
  });

  it('fails when vitest ended badly though every test passed', () => {
    expect(tallyVitest({ report, ok: false })).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it('fails when there is no report, or no test in it', () => {
    const empty = { numTotalTests: 0, numPassedTests: 0, numFailedTests: 0, testResults: [] };
    expect(tallyVitest({ report: undefined, ok: false }).failed).toBe(1);
    expect(tallyVitest({ report: empty, ok: true }).failed).toBe(1);
  });
});

describe('the tally of a summary line', () => {
  it('reads the last one', () => {
    const output = '1 passed, 1 failed\nagain\n\u001b[32m3 passed, 0 failed, 2 skipped\u001b[39m\n';
    expect(tallySummaryLine({ output, ok: true })).toEqual({ passed: 3, failed: 0, skipped: 2 });
  });

  it('does not read one in the middle of a sentence', () => {
    expect(tallySummaryLine({ output: 'so 3 passed, 0 failed\n', ok: true })).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
    });
  });

  it('fails when the suite ended badly, or ran nothing', () => {
    expect(tallySummaryLine({ output: '3 passed, 0 failed', ok: false })).toEqual({ passed: 3, failed: 1, skipped: 0 });
    expect(tallySummaryLine({ output: '0 passed, 0 failed', ok: true }).failed).toBe(1);
  });
});

describe('a total', () => {
  it('adds up and names what was skipped only if something was', () => {
    const total = addTallies([tallyExit({ ok: true }), tallyExit({ ok: false }), { passed: 2, failed: 0, skipped: 0 }]);
    expect(formatTally(total)).toBe('3 passed, 1 failed');
    expect(formatTally({ ...total, skipped: 4 })).toBe('3 passed, 1 failed, 4 skipped');
  });
});
