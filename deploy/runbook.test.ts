// What docs/guides/operating.md tells an operator to type and to set: each command, option and variable is there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../packages/cli/src/program.ts';

const root = join(import.meta.dirname, '..');
const guide = readFileSync(join(root, 'docs/guides/operating.md'), 'utf8');
const commands = [...guide.matchAll(/(?<![\w/.-])sotto ((?:app |app-key )?[a-z][a-z-]+)((?: [^`\n|;&]+)?)/g)]
  .map(([, words = '', rest = '']) => ({ words, options: rest.match(/--[a-z-]+/g) ?? [] }))
  .filter(({ words }) => !/^(sotto|node)\b/.test(words));

type Command = ReturnType<typeof createProgram>;

function findCommand(words: string): Command | undefined {
  return words
    .split(' ')
    .reduce<Command | undefined>(
      (command, word) => command?.commands.find((it) => it.name() === word) as Command | undefined,
      createProgram({ result: () => {}, say: () => {} }),
    );
}

describe('the runbook', () => {
  it('names commands', () => expect(commands.length).toBeGreaterThan(10));

  it.each(commands)('has a command "sotto $words" with $options', ({ words, options }) => {
    const known = findCommand(words)?.options.map(({ long }) => long);
    expect(known).toBeDefined();
    expect(known).toEqual(expect.arrayContaining(options));
  });

  it('names variables that the service reads', () => {
    const read = readFileSync(join(root, 'packages/service/src/config.ts'), 'utf8');
    const unknown = (guide.match(/SOTTO_[A-Z_]+/g) ?? []).filter((name) => !read.includes(`'${name}'`));
    expect(unknown).toEqual([]);
  });

  it('names files of deploy/ that are there', () => {
    const files =
      guide.match(/(?<=`)[\w.-]+\.(?:conf|cfg|service|sh|example)(?=`)|(?<=`)(?:Caddyfile|Containerfile)(?=`)/g) ?? [];
    expect(files.filter((name) => !existsSync(join(import.meta.dirname, name)))).toEqual([]);
  });
});
