import { describe, expect, it } from 'vitest';
import { MESSAGE_JOBS } from '../suites/message-jobs.js';
import { AIMS, aimsFor } from './aims.js';
import { SUITE_NAMES } from './arguments.js';
import { createRandom } from './statistics.js';
import { SUITES } from './suites.js';
import { compareRevisions, judgeAim } from './verdict.js';

const random = createRandom(5);
const around = (value: number, spread: number) =>
  Array.from({ length: 60 }, () => value * (1 + spread * (random() - 0.5)));

describe('an aim', () => {
  const aim = { side: 'ours', of: 'floor', atMost: 1.15 };

  it.each([
    ['met', 1.05],
    ['not met', 1.3],
  ])('is %s where the whole interval says so', (verdict, ratio) => {
    const sides = { ours: around(ratio, 0.02), floor: around(1, 0.02) };
    expect(judgeAim(aim, sides).verdict).toBe(verdict);
  });

  it('is open where the spread reaches across the bound', () => {
    expect(judgeAim(aim, { ours: around(1.15, 0.5), floor: around(1, 0.5) }).verdict).toBe('open');
  });

  it('can be a time of its own', () => {
    const inMilliseconds = { side: 'ours', atMost: 10 };
    expect(judgeAim(inMilliseconds, { ours: [8, 9, 30] })).toEqual({ value: 9, verdict: 'met' });
    expect(judgeAim(inMilliseconds, { ours: [8, 11, 30] })).toEqual({ value: 11, verdict: 'not met' });
  });

  it('is of a suite, of sides that it measures, and of a job of messages where it is of messages', () => {
    for (const { suite, job, side, of = side } of AIMS) {
      expect(SUITE_NAMES).toContain(suite);
      expect(Object.keys(SUITES[suite as keyof typeof SUITES].columns)).toEqual(expect.arrayContaining([side, of]));
      if (suite === 'messages') expect(MESSAGE_JOBS.map(({ name }) => name)).toContain(job);
    }
  });

  it('is found by its suite and job', () => {
    expect(aimsFor({ suite: 'service', job: 'publish' }).map(({ side, of }) => `${side}/${of}`)).toEqual([
      'ours/floor',
      'million/ours',
    ]);
    expect(aimsFor({ suite: 'messages', job: 'from the module to the first message' })).toEqual([]);
  });
});

describe('two revisions', () => {
  it.each([
    ['slower', 1.1, 0.05],
    ['faster', 0.9, 0.05],
    ['noise', 1, 0.05],
    ['noise', 1.02, 0.001],
    ['noise', 0.98, 0.001],
    ['noise', 1.1, 3],
  ])('are %s at %d times, with a spread of %d', (verdict, ratio, spread) => {
    const before = around(1, spread / 10);
    const ours = before.map((value) => value * ratio * (1 + spread * (random() - 0.5)));
    expect(compareRevisions({ sides: { ours, before } }).verdict).toBe(verdict);
  });

  it('are noise where one of the processes says otherwise', () => {
    const before = around(1, 0.001);
    const ours = before.map((value, round) => value * (round < 50 ? 1.1 : 0.99));
    expect(compareRevisions({ sides: { ours, before } }).verdict).toBe('slower');
    expect(compareRevisions({ sides: { ours, before }, processes: 6 }).verdict).toBe('noise');
  });
});
