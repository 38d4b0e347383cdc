import { describe, expect, it } from 'vitest';
import { parseArguments, SUITE_NAMES, USAGE } from './arguments.js';
import { SUITES } from './suites.js';

describe('the arguments', () => {
  it('mean all suites where none is named', () => {
    expect(parseArguments([])).toEqual({ suites: SUITE_NAMES, quick: false, write: false, help: false });
  });

  it('name suites in any order, which run in ours', () => {
    expect(parseArguments(['service', 'messages', '--quick']).suites).toEqual(['messages', 'service']);
  });

  it('take a revision and a file', () => {
    const parsed = parseArguments(['messages', '--against', 'main~3', '--json', 'samples.json']);
    expect(parsed).toMatchObject({ against: 'main~3', json: 'samples.json' });
  });

  it.each([
    ['a suite that is not there', ['mesages'], 'no suite by the name of mesages'],
    ['an option that is not there', ['--fast'], '--fast'],
    ['writing down what was measured quickly', ['--quick', '--write'], 'too few rounds'],
    ['a revision left out', ['--against'], 'against'],
  ])('refuse %s', (_, args, message) => {
    expect(() => parseArguments(args)).toThrow(message);
  });

  it('are explained with every suite there is', () => {
    expect(Object.keys(SUITES)).toEqual(SUITE_NAMES);
    for (const name of SUITE_NAMES) expect(USAGE).toContain(name);
  });
});
