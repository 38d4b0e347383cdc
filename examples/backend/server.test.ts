import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { bytesToBase64, generateKeyPair } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { expect, it, onTestFinished } from 'vitest';

const { privateKey } = await generateKeyPair(nodeProvider);
const settings = { APP_ID: 'a1', APP_KEY_ID: 'b2', APP_KEY: bytesToBase64(privateKey.exportDer()), PORT: '0' };

function spawnServer(env: Record<string, string>, args: string[] = []) {
  const path = fileURLToPath(new URL('server.js', import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdout.setEncoding('utf8');
  child.stderr.setEncoding('utf8');
  return child;
}

it('gives a user its tokens', async () => {
  const [line] = (await once(spawnServer(settings).stdout, 'data')) as [string];
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
  const signedIn = await fetch(`${url}/authenticate`, { method: 'POST', body: '{"identity":"alice"}' });
  const { authToken } = (await signedIn.json()) as { authToken: string };
  const answer = await fetch(`${url}/virgil-jwt`, { headers: { Authorization: `Bearer ${authToken}` } });
  expect(await answer.json()).toEqual({ virgilToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) });
  expect((await fetch(`${url}/virgil-jwt`)).status).toBe(401);
});

it.each([
  ['a setting is missing', { ...settings, APP_KEY: '' }, [], /^sample backend: Not set in the environment: APP_KEY\./],
  ['it would sign in the whole network', settings, ['--host', '0.0.0.0'], /--insecure-demo-login/],
])('does not start when %s', async (_, env, args, message) => {
  const child = spawnServer(env, args);
  let said = '';
  child.stderr.on('data', (chunk: string) => (said += chunk));
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(1);
  expect(said).toMatch(message);
});
