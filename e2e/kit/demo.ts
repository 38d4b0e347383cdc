/** `sotto dev --demo` as a process of its own, as somebody has it who runs `npm start`, and what an evil Twilio can do to it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseEnv } from 'node:util';

const SOTTO = join(import.meta.dirname, '../../packages/cli/bin/sotto.js');

export interface Demo {
  /** Of the chat, and of the backend behind it. */
  readonly url: string;
  readonly apiUrl: string;
  readonly servicePublicKey: string;
  /** Of the emulator's sockets. */
  readonly twilsockUrl: string;
  /** Calls a function of the emulator's `Control`. */
  control(this: void, action: string, body?: object): Promise<unknown>;
  /** Stops it as Ctrl-C does. @throws if it does not end well */
  stop(): Promise<void>;
}

export async function startDemo(): Promise<Demo> {
  const parent = await mkdtemp(join(tmpdir(), 'sotto-e2e-'));
  const dataDir = join(parent, 'data');
  const args = [SOTTO, 'dev', '--demo', '--data', dataDir, '--port', '0', '--backend-port', '0'];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Without the settings of whoever runs the tests, such as a Twilio account.
    env: { PATH: process.env['PATH'] },
  });
  // For a worker that is stopped halfway.
  process.on('exit', () => child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('stop')) break;
  child.stdout.resume();
  const settings = parseEnv(await readFile(join(dataDir, 'dev.env'), 'utf8')) as Record<string, string>;
  const emulator = settings['TWILIO_EMULATOR_URL']!;
  return {
    url: settings['BACKEND_URL']!,
    apiUrl: settings['API_URL']!,
    servicePublicKey: settings['SERVICE_PUBLIC_KEY']!,
    twilsockUrl: await readTwilsockUrl(settings['BACKEND_URL']!),
    async control(action, body = {}) {
      const headers = { Authorization: `Bearer ${settings['TWILIO_EMULATOR_TOKEN']}` };
      const post = { method: 'POST', headers, body: JSON.stringify(body) };
      const answer = await fetch(`${emulator}/emulator/control/${action}`, post);
      if (!answer.ok) throw new Error(`${action} was answered with ${answer.status}`);
      return ((await answer.json()) as { result: unknown }).result;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const [code, signal] = (await ended) as [number | null, string | null];
      await rm(parent, { recursive: true, force: true });
      if (code !== 0) throw new Error(`sotto dev ended with ${code ?? signal}`);
    },
  };
}

async function readTwilsockUrl(backendUrl: string): Promise<string> {
  const config = (await (await fetch(`${backendUrl}/config`)).json()) as { twilio: { twilsock: { uri: string } } };
  return config.twilio.twilsock.uri;
}
