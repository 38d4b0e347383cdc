import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseArguments, STORIES } from './arguments.js';

test('each story has a file, and each file is a story', () => {
  const files = readdirSync(new URL('../stories', import.meta.url)).map((file) => file.replace('.js', ''));
  expect(files.sort()).toEqual([...STORIES].sort());
});

test('without words all stories are told, over both databases, with a seed of their own', () => {
  const { names, database, isLong, minutes, seed } = parseArguments([]);
  expect({ names, database, isLong, minutes }).toEqual({
    names: STORIES,
    database: undefined,
    isLong: false,
    minutes: 1,
  });
  expect(seed).toBeTypeOf('number');
});

test('words choose stories, and options a database, a seed and how often', () => {
  const args = ['soak', 'kill-node', '--database', 'postgres', '--seed', '7', '--times', '3', '--long'];
  const expected = { names: ['kill-node', 'soak'], database: 'postgres', seed: 7, times: 3, isLong: true, minutes: 10 };
  expect(parseArguments(args)).toMatchObject(expected);
});

test.each([['earthquake'], ['--database', 'oracle'], ['--seed', 'x'], ['--minutes', '-1']])(
  'what cannot be done is refused by its name: %s %s',
  (...args) => {
    expect(() => parseArguments(args.filter(Boolean))).toThrow(/no fault|no database|must be a number|argument/);
  },
);
