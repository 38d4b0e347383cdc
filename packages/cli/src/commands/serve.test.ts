import { expect, it } from 'vitest';
import { newDataDir, runSotto, startServe, takePort } from '../test-kit.ts';

it('runs the service until it is stopped', async () => {
  const { url, child, exit } = await startServe(['--data', await newDataDir()]);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await exit).toEqual({ code: 0, signal: null });
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

it('takes a signal that comes twice as one', async () => {
  const { child, exit } = await startServe(['--data', await newDataDir()]);
  process.kill(-child.pid!, 'SIGINT');
  child.kill('SIGINT');
  expect(await exit).toEqual({ code: 0, signal: null });
});

it('takes its settings from the environment, and puts options before them', async () => {
  const port = await takePort();
  const env = { SOTTO_DATA_DIR: await newDataDir(), SOTTO_PORT: String(port) };
  expect(await runSotto(['serve'], env)).toMatchObject({
    code: 2,
    stderr: `sotto: port ${port} is in use; stop what runs there or choose another: sotto serve --port 0 (cli/port-in-use)\n`,
  });
  const { url } = await startServe([], env);
  expect(new URL(url).port).not.toBe(String(port));
});

it('names the variable that cannot be used', async () => {
  const { code, stderr } = await runSotto(['serve'], { SOTTO_PORT: 'many' });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^sotto: SOTTO_PORT cannot be used: .*\n$/);
});
