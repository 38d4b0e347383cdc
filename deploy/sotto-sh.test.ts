// sotto.sh, the command on a server, with paths of this test and the user who runs it. That root becomes the service's user is tried by `npm run rehearse`.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const here = import.meta.dirname;
const program = join(here, '../packages/cli/bin/sotto.js');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sotto-sh-'));
  const script = readFileSync(join(here, 'sotto.sh'), 'utf8')
    .replace('/usr/bin/node', process.execPath)
    .replace('user=sotto', `user=${userInfo().username}`)
    .replace('/etc/sotto/sotto.env', join(folder, 'sotto.env'))
    .replaceAll('/var/lib/sotto', join(folder, 'default'))
    .replace('/opt/sotto/current/bin/sotto', program);
  writeFileSync(join(folder, 'sotto'), script);
  chmodSync(join(folder, 'sotto'), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Which data folder `sotto app list` complains of, in an environment with `env`. */
function findDataFolder(env: Record<string, string> = {}, args: readonly string[] = []): string | undefined {
  const { PATH } = process.env;
  const { stderr } = spawnSync(join(folder, 'sotto'), ['app', 'list', ...args], {
    encoding: 'utf8',
    env: { ...(PATH === undefined ? {} : { PATH }), ...env },
  });
  return /^sotto: (.+) holds no Sotto data/.exec(stderr)?.[1];
}

it("works on the service's data without settings", () => {
  expect(findDataFolder()).toBe(join(folder, 'default'));
});

it('takes the settings of the service', () => {
  writeFileSync(join(folder, 'sotto.env'), '# Its own "disk".\nSOTTO_PORT=8080\nSOTTO_DATA_DIR=/srv/no sotto\n');
  expect(findDataFolder()).toBe('/srv/no sotto');
});

it('works on the same data with settings that name none', () => {
  writeFileSync(join(folder, 'sotto.env'), '#SOTTO_DATA_DIR=/srv/sotto\nSOTTO_PORT=8080\n');
  expect(findDataFolder()).toBe(join(folder, 'default'));
});

it('does not override what is set or said', () => {
  writeFileSync(join(folder, 'sotto.env'), 'SOTTO_DATA_DIR=/srv/sotto\n');
  expect(findDataFolder({ SOTTO_DATA_DIR: '/srv/other' })).toBe('/srv/other');
  expect(findDataFolder({}, ['--data', '/srv/third'])).toBe('/srv/third');
  rmSync(join(folder, 'sotto.env'));
  expect(findDataFolder({ SOTTO_DATA_DIR: '/srv/other' })).toBe('/srv/other');
});

it('takes settings as they are, and runs nothing that stands in them', () => {
  const proof = join(folder, 'proof');
  writeFileSync(join(folder, 'sotto.env'), `SOTTO_DATA_DIR=/srv/$(touch ${proof})\n`);
  expect(findDataFolder()).toBe(`/srv/$(touch ${proof})`);
  expect(existsSync(proof)).toBe(false);
});

it('ends as the command does', () => {
  expect(spawnSync(join(folder, 'sotto'), ['no-such-command']).status).toBe(2);
});
