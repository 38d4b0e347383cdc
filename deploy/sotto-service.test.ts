// The unit of systemd, and what is set beside it. systemd itself reads it; that the service works so locked in is tried by `npm run rehearse`.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BRAIN_KEY_FILE } from '../packages/service/src/brain-key-secret.ts';
import { readConfig } from '../packages/service/src/config.ts';
import { serviceKeyFiles } from '../packages/service/src/secrets.ts';
import { readUnit } from './rehearsal/unit.js';

const here = import.meta.dirname;
const unit = readUnit(join(here, 'sotto.service')) as Record<string, string[]>;
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
const skipped = hasSystemd ? '' : ' (skipped, there is no systemd-analyze)';

describe.runIf(hasSystemd)(`systemd${skipped}`, () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sotto-unit-'));
    file = join(folder, 'sotto.service');
    // The programs that it names must be there: Node is where it is on this machine.
    const text = readFileSync(join(here, 'sotto.service'), 'utf8').replace('/usr/bin/node', process.execPath);
    writeFileSync(file, text);
    chmodSync(file, 0o644);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const analyze = (...args: string[]): string => execFileSync('systemd-analyze', [...args, file], { encoding: 'utf8' });
  const verify = () => spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });

  it('finds no fault in the unit', () => {
    expect(verify()).toMatchObject({ status: 0, stderr: '' });
  });

  it('gives it an exposure of 1.2 at most, of 10', () => {
    const report = analyze('security', '--offline=true', '--no-pager', '--threshold=12');
    expect(report).toMatch(/Overall exposure level for sotto\.service: (0\.\d|1\.[0-2]) /);
  });
});

describe('the unit', () => {
  it('has the paths that install.sh makes', () => {
    const script = readFileSync(join(here, 'install.sh'), 'utf8');
    expect(unit['ExecStart']).toEqual(['/usr/bin/node /opt/sotto/current/bin/sotto serve']);
    expect(script).toContain('s|^ExecStart=/usr/bin/node |');
    expect(script).toContain('s|^node=/usr/bin/node$|');
    expect(readText('sotto.sh')).toMatch(/^node=\/usr\/bin\/node$/m);
    expect(script).toContain('mv -T /opt/sotto/.current /opt/sotto/current');
    expect(unit['EnvironmentFile']).toEqual(['-/etc/sotto/sotto.env']);
    expect(script).toContain('/etc/sotto/sotto.env');
  });

  it('waits for a stop longer than the drain and the requests in flight take', () => {
    const drainSeconds = Number(/^SOTTO_DRAIN_SECONDS=(\d+)$/m.exec(readText('sotto.env.example'))![1]);
    const graceSeconds = 10;
    expect(Number(unit['TimeoutStopSec']![0])).toBeGreaterThan(drainSeconds + graceSeconds);
  });
});

describe('the secrets of a node on PostgreSQL', () => {
  const settings = parseEnv(readText('sotto.env.example').replaceAll(/^#(?=SOTTO_)/gm, ''));
  const { secretsDir } = readConfig({ ...settings, SOTTO_DATABASE_URL: 'postgres://db1/sotto' });

  it('are all in one folder, that of a key which is announced while it runs too', () => {
    const files = [...Object.values(serviceKeyFiles({ secretsDir })), join(secretsDir!, BRAIN_KEY_FILE)];
    expect(files.map((file) => dirname(file))).toEqual(files.map(() => '/etc/sotto/secrets'));
    expect(dirname(settings['SOTTO_DATABASE_URL_FILE']!)).toBe('/etc/sotto/secrets');
  });

  it("are in a folder that install.sh makes for the unit's user and nobody else", () => {
    expect(unit['User']).toEqual(['sotto']);
    expect(readText('install.sh')).toMatch(/^install -d -o sotto -g sotto -m 0700 .*\/etc\/sotto\/secrets\b/m);
  });

  it('are seen by the unit where they are, since a copy made at its start would not have what comes later', () => {
    const others = Object.keys(unit).filter((name) =>
      /Credential|InaccessiblePaths|Bind|Root|TemporaryFile/.test(name),
    );
    expect(others).toEqual([]);
  });
});

describe('what is set in deploy/', () => {
  const page = readFileSync(join(here, '../docs/reference/configuration.md'), 'utf8');
  const variablesIn = (name: string): string[] => readText(name).match(/\bSOTTO_[A-Z_]+/g) ?? [];
  const files = readdirSync(here).filter((name) => /\.(service|conf|example|yaml|sh)$|^Containerfile$/.test(name));

  it.each(files.filter((name) => variablesIn(name).length > 0))('%s is explained in configuration.md', (name) => {
    const unknown = variablesIn(name).filter((variable) => !page.includes(`\`${variable}\``));
    expect(unknown).toEqual([]);
  });
});

function readText(name: string): string {
  return readFileSync(join(here, name), 'utf8');
}
