import { createTokenIssuer, readEnv } from '@sotto/auth';
import { nodeProvider } from '@sotto/core/node';
import { existsSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { newDataDir, runSotto, startDev, startServe } from '../test-kit.ts';

/** What a backend with these .env lines gets when it asks the service for alice. */
async function search(url: string, envLines: string): Promise<{ status: number; code?: number }> {
  const { app } = await readEnv(nodeProvider, parseEnv(envLines));
  const token = await createTokenIssuer({ provider: nodeProvider, ...app }).issue('bob');
  const response = await fetch(`${url}/card/v5/actions/search`, {
    method: 'POST',
    headers: { Authorization: `Virgil ${token}` },
    body: JSON.stringify({ identities: ['alice'] }),
  });
  return { status: response.status, ...((await response.json()) as { code?: number }) };
}

describe('sotto app and app-key', () => {
  it('set up a backend on an empty data folder, for a service that starts later', async () => {
    const data = ['--data', await newDataDir()];
    const { stdout: appId } = await runSotto(['app', 'create', '--name', 'chat', ...data]);
    expect(appId).toMatch(/^[0-9a-f]{32}\n$/);
    const { stdout: envLines } = await runSotto(['app-key', 'create', ...data]);
    expect(envLines).toMatch(/^APP_ID=.+\nAPP_KEY_ID=.+\nAPP_KEY=.+\n$/);
    expect(parseEnv(envLines)['APP_ID']).toBe(appId.trim());
    const { url } = await startServe(data);
    expect(await search(url, envLines)).toMatchObject({ status: 200 });
  });

  it('take effect at the next request of a service that runs', async () => {
    const dataDir = await newDataDir();
    const data = ['--data', dataDir];
    const { settings } = await startDev(dataDir);
    const { stdout: envLines } = await runSotto(['app-key', 'create', ...data]);
    expect(await search(settings['API_URL']!, envLines)).toMatchObject({ status: 200 });

    const appKeyId = parseEnv(envLines)['APP_KEY_ID']!;
    const { code, stdout, stderr } = await runSotto(['app-key', 'revoke', appKeyId, ...data]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '',
      stderr: `revoked ${appKeyId}: the service refuses its tokens from now on\n`,
    });
    expect(await search(settings['API_URL']!, envLines)).toMatchObject({ status: 400, code: 20303 });
    expect((await runSotto(['app-key', 'list', ...data])).stdout).toContain(`${appKeyId}  backend  (revoked)\n`);
  });

  it('ask for the application where there are several', async () => {
    const data = ['--data', await newDataDir()];
    const { stdout: first } = await runSotto(['app', 'create', '--name', 'one', ...data]);
    const { stdout: second } = await runSotto(['app', 'create', '--name', 'two', ...data]);
    expect((await runSotto(['app', 'list', ...data])).stdout).toBe(`${first.trim()}  one\n${second.trim()}  two\n`);

    const { code, stdout, stderr } = await runSotto(['app-key', 'create', ...data]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^sotto: there are several applications in this data folder; .*--app ID \(cli\/which-application\)\n$/,
    );
    const { stdout: envLines } = await runSotto(['app-key', 'create', '--app', second.trim(), ...data]);
    expect(parseEnv(envLines)['APP_ID']).toBe(second.trim());
  });

  it('say what is unknown', async () => {
    const dataDir = await newDataDir();
    const data = ['--data', dataDir];
    expect(await runSotto(['app-key', 'list', ...data])).toMatchObject({
      code: 2,
      stderr: `sotto: ${dataDir} holds no Sotto data; name its folder: --data DIR (cli/no-data)\n`,
    });
    expect(existsSync(dataDir)).toBe(false);
    await runSotto(['app', 'create', ...data]);
    expect(await runSotto(['app-key', 'revoke', 'f'.repeat(32), ...data])).toMatchObject({
      code: 2,
      stderr: 'sotto: no App Key by that id in this data folder; see sotto app-key list (cli/unknown-app-key)\n',
    });
  });
});
