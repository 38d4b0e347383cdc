import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from './program.ts';
import { runSotto } from './test-kit.ts';

const program = createProgram({ result: () => {}, say: () => {} });
const commands = (function* walk(command: Command, name: string): Generator<[string, Command]> {
  yield [name, command];
  for (const child of command.commands) yield* walk(child, `${name} ${child.name()}`);
})(program, 'sotto');

/** What `--help` prints, added text included. */
function readHelp(command: Command): string {
  let text = '';
  command.configureOutput({ ...command.configureOutput(), writeOut: (chunk) => void (text += chunk) });
  command.outputHelp();
  return text;
}

describe('--help', () => {
  it.each([...commands])('of %s fits a screen and ends in an example', (_, command) => {
    const lines = readHelp(command).trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(command.parent === null ? 36 : 24);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(lines.at(-2)).toBe('Example:');
    expect(lines.at(-1)).toMatch(/^ {2}sotto /);
  });
});

describe('the command line', () => {
  it('refuses what it does not know, in one line with the way out', async () => {
    expect(await runSotto(['devv'])).toEqual({
      code: 2,
      stdout: '',
      stderr: "sotto: unknown command 'devv'\n(Did you mean dev?)\nSee --help.\n",
    });
    const { code, stderr } = await runSotto(['dev', '--port', '70000']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^sotto: option '--port <n>' argument '70000' is invalid/);
  });

  it('knows its version', async () => {
    expect((await runSotto(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
