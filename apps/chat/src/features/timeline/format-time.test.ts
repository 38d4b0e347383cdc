import { describe, expect, it } from 'vitest';
import { formatDay, formatSeconds, formatShort } from './format-time.ts';

const now = new Date(2026, 10, 28, 9, 30);

describe('days', () => {
  it.each([
    [new Date(2026, 10, 28, 0, 1), 'Today'],
    [new Date(2026, 10, 27, 23, 59), 'Yesterday'],
  ])('of %s are called %j', (date, words) => {
    expect(formatDay(date, now)).toBe(words);
  });

  it('are weekdays within a week, then dates, and have their year when it is another one', () => {
    expect(formatDay(new Date(2026, 10, 23, 12), now)).not.toMatch(/\d/);
    expect(formatDay(new Date(2026, 1, 3, 12), now)).toMatch(/3/);
    expect(formatDay(new Date(2024, 1, 3, 12), now)).toContain('2024');
  });

  it('are the time in the list of rooms while they last', () => {
    expect(formatShort(new Date(2026, 10, 28, 8, 5), now)).toMatch(/05/);
    expect(formatShort(new Date(2026, 10, 27, 8, 5), now)).toBe('Yesterday');
  });
});

describe('time limits', () => {
  it.each([
    [30, '30 seconds'],
    [60, '1 minute'],
    [3600, '1 hour'],
    [86_400, '1 day'],
    [604_800, '1 week'],
  ])('of %i seconds are %j', (seconds, words) => {
    expect(formatSeconds(seconds)).toBe(words);
  });
});
