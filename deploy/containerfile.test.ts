// deploy/Containerfile and .dockerignore: what makes an image safe to run, and keeps secrets of a checkout out of it. That the image
// works is tried by `npm run rehearse`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import dockerignore from '@balena/dockerignore';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { parseContainerfile } from './rehearsal/containerfile.js';

interface Stage {
  readonly image: string;
  readonly steps: readonly { kind: string; command?: readonly string[] }[];
  readonly env: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly user?: string;
  readonly healthcheck: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

const root = join(import.meta.dirname, '..');
const text = readText('deploy/Containerfile');
const stages = parseContainerfile(text) as unknown as Stage[];
const last = stages.at(-1)!;
const commands = (stage: Stage): string[] => stage.steps.flatMap(({ command }) => command?.at(-1) ?? []);

describe('the image', () => {
  it('has a file without a fault that a builder would find', () => {
    expect(validate(text).map(({ message }) => message)).toEqual([]);
  });

  it('begins with a Node of a full version, new enough for us', () => {
    for (const { image } of stages) expect(image).toMatch(/^docker\.io\/library\/node:\d+\.\d+\.\d+-bookworm-slim$/);
    const [, major, minor] = /:(\d+)\.(\d+)/.exec(last.image)!.map(Number);
    const { engines } = JSON.parse(readText('package.json')) as { engines: { node: string } };
    const [, wantedMajor, wantedMinor] = /(\d+)\.(\d+)/.exec(engines.node)!.map(Number);
    expect([major! > wantedMajor!, major! === wantedMajor! && minor! >= wantedMinor!]).toContain(true);
  });

  it('installs what the lock file names, and runs no script of a package', () => {
    expect(commands(stages[0]!).filter((command) => command.includes('npm'))).toEqual(['npm ci --ignore-scripts']);
  });

  it('fetches and builds nothing where it runs', () => {
    expect(text).not.toMatch(/^ADD /m);
    expect(commands(last).join('\n')).not.toMatch(/\b(npm|npx|apt|apt-get|curl|wget|tsc)\b/);
  });

  it('runs as somebody who is not root, by number, so that Kubernetes can see it', () => {
    expect(last.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  it('makes Node the first process, so that a signal reaches it', () => {
    expect([...last.entrypoint, ...last.command]).toEqual(['node', '/opt/sotto/bin/sotto', 'serve']);
  });

  it('asks the service whether it is ready', () => {
    expect(last.healthcheck.join(' ')).toContain('/readyz');
  });

  it('keeps its data in a volume, and no secret in its environment', () => {
    expect(last.volumes).toEqual([last.env['SOTTO_DATA_DIR']]);
    expect(Object.keys(last.env).filter((name) => /KEY|SECRET|TOKEN|PASSWORD|URL/.test(name))).toEqual([]);
  });
});

describe('a build sees', () => {
  const ignore = dockerignore.default().add(readText('.dockerignore'));

  it.each([
    'packages/service/src/main.ts',
    'packages/cli/bin/sotto.js',
    'tools/pack-server.js',
    'deploy/sotto.service',
    'deploy/sotto.env.example',
    'tsconfig.base.json',
    'LICENSE',
    '.npmrc',
  ])('%s', (path) => expect(ignore.ignores(path)).toBe(false));

  it('the manifest of each workspace, without which npm ci refuses', () => {
    const { packages } = JSON.parse(readText('package-lock.json')) as { packages: Record<string, unknown> };
    const workspaces = Object.keys(packages).filter((path) => path !== '' && !path.includes('node_modules'));
    expect(workspaces.length).toBeGreaterThan(9);
    expect(workspaces.filter((path) => ignore.ignores(`${path}/package.json`))).toEqual([]);
  });

  it.each([
    '.git/config',
    '.env',
    '.env.local',
    'packages/service/.env',
    'deploy/sotto.env',
    'node_modules/zod/index.js',
    'packages/cli/node_modules/zod/index.js',
    'packages/core/dist/index.js',
    'sotto-data/secrets/brain-key-secret',
    'packages/service/sotto-data/sotto.db',
    'packages/service/service-key.pem',
    'deploy/app.key',
    'deploy/copy.db-wal',
    'backup-of-sotto.enc',
    'e2e/artefacts/chat.png',
  ])('nothing of %s', (path) => expect(ignore.ignores(path)).toBe(true));
});

function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
