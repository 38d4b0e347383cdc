/** The commands of docs/guides/command-line.md, as a reader would type them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, symlink } from 'node:fs/promises';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { newWorkplace } from './test-kit.ts';

const guide = await readFile(new URL('../../../docs/guides/command-line.md', import.meta.url), 'utf8');
const program = fileURLToPath(new URL('../bin/sotto.js', import.meta.url));

/** Identifiers of keys differ from run to run. */
const withoutIds = (text: string) => text.replace(/[0-9a-f]{16}/g, 'ID');

it('does what the guide says, and prints what it shows', async () => {
  const { folder, path } = await newWorkplace();
  await symlink(program, path('sotto'));
  const steps = [...guide.matchAll(/^```sh\n(.*?)^```(?:\n\n```text\n(.*?)^```)?/gms)];
  expect(steps.length).toBeGreaterThan(0);
  for (const [, commands, shown = ''] of steps) {
    const env = { PATH: [folder, dirname(process.execPath), process.env['PATH']].join(delimiter) };
    const shell = spawn('sh', ['-euc', `exec 2>&1\n${commands}`], { cwd: folder, env });
    let printed = '';
    shell.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
    const [code] = (await once(shell, 'close')) as [number];
    expect({ code, printed: withoutIds(printed) }).toEqual({ code: 0, printed: withoutIds(shown) });
  }
});
