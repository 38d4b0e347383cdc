// An operator with two machines, a server and one of their own, who types what the guides say. Here the second is a folder of the first.
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/command.js';
import { readBlocks } from './guide.js';
import { runInside } from './inside.js';

/** Between the two. */
const SCP = `#!/bin/bash
set -- "\${@/#server:\\///}"
exec cp -- "\${@/#server:/$HOME/}"
`;

/** A user who may become root, as on many servers, and in the home folder what was brought. */
export async function prepareMachine(machine, { archive, port }) {
  await runInside(machine, { command: ['useradd', '--create-home', '--shell', '/bin/bash', 'dave'] });
  writeFileSync(join(machine, 'etc/sudoers.d/dave'), 'dave ALL=(ALL) NOPASSWD: ALL\n', { mode: 0o440 });
  writeFileSync(join(machine, 'usr/local/bin/scp'), SCP, { mode: 0o755 });
  copyFileSync(archive, join(machine, 'home/dave/sotto-0.1.0-linux-x64.tgz'));
  // Settings that are there stay, so this is the only difference to a new machine.
  mkdirSync(join(machine, 'etc/sotto'));
  const settings = readFileSync(join(root, 'deploy/sotto.env.example'), 'utf8');
  writeFileSync(join(machine, 'etc/sotto/sotto.env'), settings.replace('SOTTO_PORT=8080', `SOTTO_PORT=${port}`));
}

/** Shells of that user, in the home folder and in the one that stands for the operator's own machine. */
export function openShells(machine, folder) {
  const memory = join(folder, 'memory');
  mkdirSync(memory);
  chmodSync(memory, 0o1777);
  const become = ['setpriv', '--reuid=dave', '--regid=dave', '--init-groups', '--reset-env'];
  const openShell = (place) => (text) =>
    runInside(machine, {
      command: [...become, 'bash', '-euo', 'pipefail', '-c', `mkdir -p ${place} && cd ${place}\n${text}`],
      binds: { '/dev/shm': memory },
    });
  return { server: openShell('~'), desk: openShell('~/desk') };
}

/** The same shell, for commands that read the line `input`. */
export function withInput(shell, input) {
  return (text) => shell(`{\n${text}\n} <<<'${input}'`);
}

/** `type` has a shell run a block of a page, and `untyped` lists those for which nobody has. `names` stand in for what a page has. */
export function createTypist(names) {
  const blocks = ['operating.md', 'backups.md'].flatMap((page) =>
    readBlocks(readFileSync(join(root, 'docs/guides', page), 'utf8')).map((block) => ({ page, ...block })),
  );
  const typed = new Set();
  return {
    async type(shell, page, heading, index = 0) {
      const block = blocks.filter((it) => it.page === page && it.heading === heading)[index];
      if (block === undefined) throw new Error(`${page} has no block ${index} under "${heading}".`);
      typed.add(block);
      return shell(Object.entries(names).reduce((text, [from, to]) => text.replaceAll(from, to), block.text));
    },
    untyped: () =>
      blocks
        .filter((block) => !typed.has(block))
        .map(({ page, heading, text }) => `${page}, ${heading}: ${/^[^|#\n]*[^|#\s]/.exec(text)[0]}`),
  };
}
