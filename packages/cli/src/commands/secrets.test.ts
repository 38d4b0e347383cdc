import { createTokenIssuer, readEnv } from '@sotto/auth';
import { nodeProvider } from '@sotto/core/node';
import { findPostgres, startPostgres } from '@sotto/testing/postgres';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { newDataDir, runSotto, startServe } from '../test-kit.ts';

it('makes what several nodes share, once', async () => {
  const folder = await newDataDir();
  const { code, stderr } = await runSotto(['secrets', folder]);
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('SOTTO_SECRETS_DIR') as string });
  const names = (await readdir(folder)).sort();
  expect(names).toEqual(['brain-key-secret', 'service-key.pem', 'service-keys.json']);
  const read = () => Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const before = await read();
  await runSotto(['secrets', folder]);
  expect(await read()).toEqual(before);
});

const canRun = findPostgres() !== undefined || Boolean(process.env['CI']);

it.runIf(canRun)('an application made over PostgreSQL is served by each of its nodes', async () => {
  const postgres = await startPostgres();
  onTestFinished(() => postgres.close());
  const secrets = await newDataDir();
  await runSotto(['secrets', secrets]);
  const env = { SOTTO_DATABASE_URL: postgres.url, SOTTO_SECRETS_DIR: secrets };
  const { stdout: appId } = await runSotto(['app', 'create', '--name', 'chat'], env);
  const { stdout: envLines } = await runSotto(['app-key', 'create'], env);
  expect((await runSotto(['app', 'list'], env)).stdout).toBe(`${appId.trim()}  chat\n`);
  const { app } = await readEnv(nodeProvider, parseEnv(envLines));
  const token = await createTokenIssuer({ provider: nodeProvider, ...app }).issue('bob');
  const nodes = [await startServe([], env), await startServe([], env)];
  const ask = (url: string) =>
    fetch(`${url}/card/v5/actions/search`, {
      method: 'POST',
      headers: { Authorization: `Virgil ${token}` },
      body: JSON.stringify({ identities: ['alice'] }),
    });
  for (const { url } of nodes) expect((await ask(url)).status).toBe(200);

  // A data folder that is named goes before the database of the environment.
  const alone = await startServe(['--data', await newDataDir()], { SOTTO_DATABASE_URL: postgres.url });
  expect((await ask(alone.url)).status).toBe(400);
  for (const { child, exit } of [...nodes, alone]) {
    child.kill('SIGTERM');
    expect(await exit).toEqual({ code: 0, signal: null });
  }
});
