/** The guide's code in a page, as examples/patient-record has it, over its backend and a PostgreSQL behind that. */
import { findPostgres, type Postgres, startPostgres } from '@sotto/testing/postgres';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../tools/command.js';
import { followGuide } from './kit/guide.ts';
import { openStage, type Stage } from './kit/stage.ts';

const canRun = findPostgres() !== undefined;

// Elsewhere this story may be left out; the build must not lose it unseen.
it.runIf(process.env.CI)('has PostgreSQL in CI', () => {
  expect(canRun).toBe(true);
});

describe.runIf(canRun)(`with PostgreSQL${canRun ? '' : ' (skipped, not installed)'}`, () => {
  let database: Postgres;
  let records: ChildProcess;
  let recordsHost: string;

  beforeAll(async () => {
    database = await startPostgres({ fsync: false });
    const env = { ...process.env, DATABASE_URL: database.url, PORT: '0' };
    const child = spawn(process.execPath, [join(root, 'examples/patient-record/server.js')], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    records = child;
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    recordsHost = line.replace('records on http://localhost', '127.0.0.1');
  });
  afterAll(async () => {
    const ended = once(records, 'exit');
    records.kill();
    await ended;
    await database.close();
  });

  describe.each(['bundled', 'unbundled'] as const)('the guide on a patient record, %s,', (how) => {
    let stage: Stage;

    beforeAll(async () => {
      stage = await openStage({ asInArticle: true, hosts: { 'localhost:3001': recordsHost } });
    });
    afterAll(() => stage.close());

    it('writes, reads, counts and shares, and notices what was done to the rows', async () => {
      const { said, complaints } = await followGuide(stage, { app: 'patient-record', how, lines: 13 });
      expect(said).toEqual([
        'stored: Ghent, born 1980, sotto:f1:…',
        'nurse: Ann Example, Coughs since a week, diagnosis: false',
        'doctor: J18.9 since 2026',
        'ward A: 10 patients, born 1964 in the mean',
        'ward B: 21 patients, born 1966 in the mean',
        'nurse: Coughs since a week; Better',
        'an old row put back: field/rolled-back',
        'a name out of another row: field/altered',
        'another ward: field/plain-altered',
        'another row: field/other-document',
        'pharmacist: Ann Example, 2 notes, diagnosis: false',
        'record.json: Ann Example',
        'exported: 31 records with names',
      ]);
      expect(complaints).toEqual([]);
    });
  });
});
