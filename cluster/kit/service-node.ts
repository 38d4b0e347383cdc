/** A node as an operator runs it: the built program in a process of its own, of this checkout or of another. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findFreePort } from '@sotto/testing/postgres';

export const root = join(import.meta.dirname, '../..');

export interface NodeOptions {
  readonly databaseUrl: string;
  readonly secretsDir: string;
  /** A checkout that was built. */
  readonly folder?: string;
  /** The same port after a restart. */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface ServiceNode {
  readonly url: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** All that it logged. */
  log(): string;
  /** As systemd stops it. Resolves when the process has ended. */
  stop(): Promise<void>;
}

/** Resolves when it listens. @throws Error with its log if it ends before */
export async function startNode({ folder = root, port, ...options }: NodeOptions): Promise<ServiceNode> {
  const ownPort = port ?? (await findFreePort());
  const guard = `--import=${pathToFileURL(join(import.meta.dirname, 'end-with-parent.js')).href}`;
  const child = spawn(process.execPath, [guard, join(folder, 'packages/service/dist/main.js')], {
    env: {
      PATH: process.env['PATH'],
      SOTTO_DATABASE_URL: options.databaseUrl,
      SOTTO_SECRETS_DIR: options.secretsDir,
      SOTTO_PORT: String(ownPort),
      SOTTO_TRUSTED_PROXIES: '127.0.0.1',
      // All clients of a test have one address, and ask as fast as they can.
      SOTTO_RATE_ADDRESS: 'off',
      SOTTO_RATE_IDENTITY: 'off',
      SOTTO_RATE_APPLICATION: 'off',
      SOTTO_LOG_LEVEL: 'warn',
      ...options.env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += String(chunk)));
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${ownPort}`;
  while (!(await isUp(url))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the node ended\n${log}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    port: ownPort,
    child,
    log: () => log,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function isUp(url: string): Promise<boolean> {
  return fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}
