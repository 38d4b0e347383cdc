// What the guides for operators tell them to type and to set: each command, option, variable and file is there. That it works is tried by `npm run rehearse`.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../packages/cli/src/program.ts';
import { readBlocks } from './rehearsal/guide.js';

type Command = ReturnType<typeof createProgram>;

interface Typed {
  /** The commands of the program that it names, from the outermost. */
  readonly path: readonly Command[];
  readonly rest: readonly string[];
  readonly line: string;
}

const root = join(import.meta.dirname, '..');
const program = createProgram({ result: () => {}, say: () => {} });
/** `sotto` as a command: not the user, the service or a path of that name, nor the container before the command in it. */
const CALL = /(?<![\w/.:-])(?:\/usr\/local\/bin\/)?sotto (?!sotto\b)([a-z][^|;&>\n]*)/g;

/** In lines of shell, or in a piece of one. */
function readTyped(text: string): Typed[] {
  return [...text.replaceAll(/\$\([^)]*\)/g, 'X').matchAll(CALL)].map(([line, words = '']) => {
    const rest = words.replace(/ #.*/, '').trim().split(/\s+/);
    const path: Command[] = [program];
    for (let next = findNext(); next !== undefined; next = findNext()) path.push(next);
    return { path, rest, line };

    function findNext(): Command | undefined {
      const found = path.at(-1)!.commands.find((it) => it.name() === rest[0]);
      if (found !== undefined) rest.shift();
      return found as Command | undefined;
    }
  });
}

describe.each(['operating', 'backups'])('docs/guides/%s.md', (name) => {
  const guide = readFileSync(join(root, `docs/guides/${name}.md`), 'utf8');
  const blocks = readBlocks(guide) as { text: string }[];
  const spans = [...guide.replaceAll(/^ *```.*?^ *```$/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);
  const inBlocks = blocks.flatMap(({ text }) => readTyped(text));
  const typed = [...inBlocks, ...spans.flatMap(readTyped)];

  it('names commands', () => {
    expect(inBlocks.length).toBeGreaterThan(5);
    expect(typed.length).toBeGreaterThan(10);
  });

  it.each(typed)('has a command and options as in: $line', ({ path, rest }) => {
    const command = path.at(-1)!;
    expect(path.length).toBeGreaterThan(1);
    expect(command.commands.map((it) => it.name())).toEqual([]);
    const options = rest.filter((word) => word.startsWith('--'));
    expect(command.options.map(({ long }) => long)).toEqual(expect.arrayContaining(options));
  });

  it.each(inBlocks)('has all that the command needs in: $line', ({ path, rest }) => {
    const command = path.at(-1)!;
    const values = command.options.filter(({ long, required }) => required && rest.includes(long!)).length;
    const args = rest.filter((word) => word !== '' && !word.startsWith('--')).length - values;
    expect(args).toBe(command.registeredArguments.filter(({ required }) => required).length);
  });

  it('names variables that the service reads', () => {
    const read = readFileSync(join(root, 'packages/service/src/config.ts'), 'utf8');
    const unknown = (guide.match(/SOTTO_[A-Z_]*[A-Z]/g) ?? []).filter((it) => !read.includes(`'${it}'`));
    expect(unknown).toEqual([]);
  });

  it('names files of deploy/ that are there', () => {
    const files =
      guide.match(/(?<=`)[\w.-]+\.(?:conf|cfg|service|sh|example)(?=`)|(?<=`)(?:Caddyfile|Containerfile)(?=`)/g) ?? [];
    expect(files.filter((it) => !existsSync(join(import.meta.dirname, it)))).toEqual([]);
  });
});
