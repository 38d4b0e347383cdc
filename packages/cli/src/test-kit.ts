/** For tests: `sotto` as a child process, data folders that go away, and ports. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { bytesToBase64, generateKeyPair, type KeyPair } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
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

export interface SpawnOptions {
  /** The descriptor of a file, a pipe, or nothing. */
  readonly stdin?: number | 'pipe' | 'ignore';
  /** Options of Node itself. */
  readonly nodeArgs?: readonly string[];
  /** The folder in which it runs. */
  readonly cwd?: string;
}

/** Starts the command, in a process group of its own, without the settings of whoever runs the tests. */
export function spawnSotto(
  args: readonly string[],
  env: Record<string, string> = {},
  { stdin = 'ignore', nodeArgs = [], cwd }: SpawnOptions = {},
): Sotto {
  const child = spawn(process.execPath, [...nodeArgs, PROGRAM, ...args], {
    detached: true,
    stdio: [stdin, 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...env },
    cwd,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdin?.on('error', () => {}); // a command that refuses early reads nothing
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
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
    says: (pattern) => waitFor(child.stdout!, () => stdout, pattern),
    complains: (pattern) => waitFor(child.stderr!, () => stderr, pattern),
    exit,
  };
}

/** Runs the command to its end. */
export async function runSotto(args: readonly string[], env?: Record<string, string>) {
  const sotto = spawnSotto(args, env);
  const { code } = await sotto.exit;
  return { code, stdout: sotto.stdout(), stderr: sotto.stderr() };
}

/** A folder with the keys of some people, in which commands run. */
export interface Workplace {
  readonly folder: string;
  /** By name; `<name>.key` and `<name>.pub` are their files. */
  readonly keys: Readonly<Record<string, KeyPair>>;
  readonly path: (name: string) => string;
  /** Runs the command there, with `input` coming through a pipe, or the file redirected. */
  readonly run: (args: string, input?: string | Uint8Array | { readonly file: string }) => ReturnType<typeof runSotto>;
}

export async function newWorkplace(...names: readonly string[]): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), 'sotto-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  const keys: Record<string, KeyPair> = {};
  for (const name of names) {
    const { publicKey, privateKey } = (keys[name] = await generateKeyPair(nodeProvider));
    await writeFile(path(`${name}.key`), `${bytesToBase64(privateKey.exportDer())}\n`, { mode: 0o600 });
    await writeFile(path(`${name}.pub`), `${bytesToBase64(publicKey.exportDer())}\n`);
  }
  return {
    folder,
    keys,
    path,
    run: async (args, input = '') => {
      const isFile = typeof input === 'object' && 'file' in input;
      const file = isFile ? await open(path(input.file)) : undefined;
      const sotto = spawnSotto(args.split(' '), {}, { stdin: file?.fd ?? 'pipe', cwd: folder });
      if (!isFile) sotto.child.stdin!.end(input);
      const { code } = await sotto.exit;
      await file?.close();
      return { code, stdout: sotto.stdout(), stderr: sotto.stderr() };
    },
  };
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
