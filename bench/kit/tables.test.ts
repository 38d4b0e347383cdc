import { describe, expect, it } from 'vitest';
import { replaceSection } from './document.js';
import { formatTime, loadTable, resultTable, revisionTable, toMarkdown, toTerminal } from './tables.js';

const result = {
  suite: 'messages',
  jobs: [
    {
      name: 'seal 1 KB',
      sides: { ours: [0.2, 0.2], official: [0.3, 0.3], floor: [0.16, 0.16], before: [0.1, 0.1], jose: [1, 1] },
    },
    { name: 'open 64 KB', sides: { ours: [2, 2], official: [1, 1], floor: [1, 1], before: [2, 2] } },
  ],
};

describe('a table of results', () => {
  it('has the sides that were measured, the ratios, and whether the aim is met, losses like gains', () => {
    expect(resultTable(result)).toEqual({
      head: ['', 'Sotto', 'official', 'floor', 'jose ¹', 'Sotto ÷ floor', 'official ÷ Sotto', 'aim'],
      rows: [
        [
          'seal 1 KB',
          '200 µs (200–200)',
          '300 µs (300–300)',
          '160 µs (160–160)',
          '1.00 ms (1.00–1.00)',
          '1.25 (1.25–1.25)',
          '1.50 (1.50–1.50)',
          '≤ 1.15 × floor: not met',
        ],
        [
          'open 64 KB',
          '2.00 ms (2.00–2.00)',
          '1.00 ms (1.00–1.00)',
          '1.00 ms (1.00–1.00)',
          '',
          '2.00 (2.00–2.00)',
          '0.50 (0.50–0.50)',
          '',
        ],
      ],
    });
  });

  it('says of each job what changed since a revision', () => {
    expect(revisionTable(result).rows.map((row) => [row[0], row.at(-1)])).toEqual([
      ['seal 1 KB', 'slower'],
      ['open 64 KB', 'noise'],
    ]);
  });

  it('has the load on a service where it was measured', () => {
    const load = {
      ours: { p50: 1, p95: 2.25, p99: 30, perSecond: 812.4 },
      floor: { p50: 0, p95: 0, p99: 0, perSecond: 1 },
    };
    const jobs = [{ name: 'get', sides: { ours: [1] }, load }];
    expect(loadTable({ suite: 'service', jobs })?.rows).toEqual([
      ['get', '1,000 cards', '1.00 ms', '2.25 ms', '30.0 ms', '812'],
    ]);
    expect(loadTable(result)).toBeUndefined();
  });

  it('is aligned on a terminal, and a table in Markdown', () => {
    const table = { head: ['', 'b'], rows: [['long', '1'], ['c', '22']] }; // biome-ignore format: a table
    expect(toTerminal(table)).toBe('      b\nlong  1\nc     22');
    expect(toMarkdown(table)).toBe('|  | b |\n| --- | --: |\n| long | 1 |\n| c | 22 |');
  });

  it('shows times in the unit that fits', () => {
    expect([0.00512, 0.211, 0.9996, 1, 13.15, 4123].map(formatTime)).toEqual([
      '5.12 µs',
      '211 µs',
      '1000 µs',
      '1.00 ms',
      '13.2 ms',
      '4123 ms',
    ]);
  });
});

describe('the page', () => {
  const page = 'a\n<!-- bench:messages -->\n\nold\n\n<!-- /bench -->\nb\n<!-- bench:service -->\n<!-- /bench -->\n';

  it('has one section replaced, and the same once more', () => {
    const once = replaceSection(page, 'messages', 'new');
    expect(once).toBe(page.replace('old', 'new'));
    expect(replaceSection(once, 'messages', 'new')).toBe(once);
    expect(replaceSection(page, 'service', 'x')).toContain('<!-- bench:service -->\n\nx\n\n<!-- /bench -->');
  });

  it('is refused where a suite has no place in it', () => {
    expect(() => replaceSection(page, 'browser', 'new')).toThrow('<!-- bench:browser -->');
  });
});
