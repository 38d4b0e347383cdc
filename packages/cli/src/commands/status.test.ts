import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { runSotto } from '../test-kit.ts';
import { newInstallation, newPlace } from './test-kit.ts';

const withoutSizes = (text: string) =>
  text
    .replace(/\d[\d.]* [kMGT]B/g, 'SIZE')
    .replace(/\d{4}-[a-z-]+/, 'NEWEST')
    .replace(hostname(), 'HERE')
    .replace(/\S+Z$/m, 'THEN');

it('says what an installation holds, while it runs', async () => {
  const { dataDir } = await newInstallation();
  const { code, stdout, stderr } = await runSotto(['status', '--data', dataDir]);
  expect({ code, stderr, stdout: withoutSizes(stdout) }).toEqual({
    code: 0,
    stderr: '',
    stdout: [
      'release          0.1.0',
      'database         SQLite, SIZE',
      'disk             SIZE free',
      'schema           NEWEST',
      'applications     1',
      'cards            0',
      'Keyknox records  0',
      'Keyknox values   0',
      'node             HERE, release 0.1.0, since THEN',
      '',
    ].join('\n'),
  });
});

it('says it to programs too', async () => {
  const { dataDir } = await newInstallation();
  const { stdout } = await runSotto(['status', '--data', dataDir, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    database: { kind: 'sqlite' },
    counts: { applications: 1, cards: 0 },
    isEstimated: false,
    migrations: { pending: [], unknown: [] },
  });
});

it('says what keeps it from saying so', async () => {
  const { path } = await newPlace();
  const missing = await runSotto(['status', '--data', path('nowhere')]);
  expect(missing).toMatchObject({ code: 2, stdout: '' });
  expect(missing.stderr).toMatch(/^sotto: there is no Sotto database at that place.*\(database\/missing\)\n$/);
  await writeFile(path('sotto.db'), 'something else, and long enough to be looked at');
  const damaged = await runSotto(['status', '--data', path('')]);
  expect(damaged).toMatchObject({ code: 1, stdout: '' });
  expect(damaged.stderr).toMatch(/^sotto: the file of the database is damaged.*\(database\/corrupt\)\n$/);
  const env = { SOTTO_DATABASE_URL: 'postgres://user:guess@127.0.0.1:1/sotto', SOTTO_SECRETS_DIR: path('secrets') };
  const { code, stderr } = await runSotto(['status'], env);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^sotto: the database cannot be used: .*\(database\/unreachable\)\n$/);
  expect(stderr).not.toContain('guess');
});
