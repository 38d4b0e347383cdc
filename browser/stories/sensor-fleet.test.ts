/** The reader of examples/sensor-fleet in a page, which reads what the devices have sealed on Node. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openStage, openTab, type Stage } from './kit/stage.ts';

const TABLE = [
  'device        readings                 latest                          bytes each  state   notes',
  'greenhouse-1  ####################     {"celsius":22.5,"humidity":41}  29 + 90     closed',
  'greenhouse-2  ###.################     {"celsius":22.5,"humidity":41}  29 + 63     closed  5 came late, series/repeated',
  'greenhouse-3  ####?? | ##############  {"celsius":22.5,"humidity":41}  29 + 60     closed  the session before was cut off',
  'greenhouse-4  ########                 {"celsius":22.5,"humidity":53}  29 + 57     SILENT  series/forked-session, series/unknown-session',
  'greenhouse-5  ####??                   {"celsius":21.5,"humidity":55}  29 + 46     SILENT',
].join('\n');

describe.each(['bundled', 'unbundled'] as const)('the guide on a fleet of sensors, %s,', (how) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage({ asInArticle: true });
  });
  afterAll(() => stage.close());

  it('shows what was read, and what is missing, repeated, late, doubled or cut off', async () => {
    const tab = await openTab(await stage.browser.newContext());
    if (how === 'unbundled') await tab.page.addInitScript(() => Object.assign(globalThis, { process: { env: {} } }));
    await tab.page.goto(await stage.serve('sensor-fleet', how));
    const output = tab.page.locator('output');
    await output.getByText('registered').waitFor();
    const buffer = await runFleet(stage);
    const log = { name: 'readings.log', mimeType: 'application/octet-stream', buffer };
    await tab.page.locator('input').setInputFiles(log);
    await output.getByText('read', { exact: true }).waitFor();
    expect(await tab.page.locator('pre').textContent()).toBe(TABLE);
    expect(tab.complaints).toEqual([]);
  });
});

/** The devices, on the client as it is installed, with keys in a folder of their own. Gives back the log. */
async function runFleet({ world, backendUrl }: Stage): Promise<Buffer> {
  const program = join(inject('project').folder, 'sensor-fleet/fleet.js');
  const cwd = await mkdtemp(join(tmpdir(), 'sotto-fleet-'));
  const env = { ...process.env, API_URL: world.service.url, BACKEND_URL: backendUrl };
  const options = { cwd, env, encoding: 'buffer' } as const;
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', program], options);
  await rm(cwd, { recursive: true });
  return stdout;
}
