/** For tests: `sotto` as a child process, data folders that go away, and ports. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { onTestFinished } from 'vitest';

/** Runs what `npm run build` made. */
const PROGRAM = fileURLToPath(new URL('../bin/sotto.js', import.meta.url));

export interface Sotto {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves when `pattern` is on stdout, rejects when the process ends without it. */
  readonly says: (pattern: RegExp) => Promise<void>;
  /** The same for stderr. */
  readonly complains: (pattern: RegExp) => Promise<void>;
  readonly exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Starts the command, in a process group of its own, without the settings of whoever runs the tests. */
export function spawnSotto(args: readonly string[], env: Record<string, string> = {}): Sotto {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const exit = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  const waitFor = (stream: Readable, text: () => string, pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => pattern.test(text()) && resolve();
      stream.on('data', look);
      void exit.then(() => reject(new Error(`ended without ${String(pattern)}: ${stdout}${stderr}`)));
      look();
    });
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    says: (pattern) => waitFor(child.stdout, () => stdout, pattern),
    complains: (pattern) => waitFor(child.stderr, () => stderr, pattern),
    exit,
  };
}

/** Runs the command to its end. */
export async function runSotto(args: readonly string[], env?: Record<string, string>) {
  const sotto = spawnSotto(args, env);
  const { code } = await sotto.exit;
  return { code, stdout: sotto.stdout(), stderr: sotto.stderr() };
}

/** Starts `sotto dev` on free ports, and reads its `dev.env` once it is there. */
export async function startDev(
  dataDir: string,
  { args = [], env }: { args?: string[]; env?: Record<string, string> } = {},
) {
  const sotto = spawnSotto(['dev', '--data', dataDir, '--port', '0', '--backend-port', '0', ...args], env);
  await sotto.says(/^stop/m);
  return { ...sotto, settings: await readDevEnv(dataDir) };
}

/** Starts `sotto serve` on a free port, and reads its address from its log. */
export async function startServe(args: readonly string[], env?: Record<string, string>) {
  const sotto = spawnSotto(['serve', '--port', '0', ...args], env);
  await sotto.says(/"url":"[^"]+"/);
  return { ...sotto, url: /"url":"([^"]+)"/.exec(sotto.stdout())?.[1] ?? '' };
}

export async function readDevEnv(dataDir: string): Promise<Record<string, string>> {
  return parseEnv(await readFile(join(dataDir, 'dev.env'), 'utf8')) as Record<string, string>;
}

/** A folder that does not exist yet, in one that is removed after the test. */
export async function newDataDir(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'sotto-cli-'));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  return join(parent, 'data');
}

/** A port that somebody else has until the test ends. */
export async function takePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
