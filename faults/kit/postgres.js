/** A PostgreSQL that can be killed and started again over the same data, unlike that of `@sotto/testing`, which is gone when it ends. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort, findPostgres } from '@sotto/testing/postgres';

/** `inside` runs a command elsewhere, where it is not root. */
export async function startPostgres({ folder, inside, settings = [] }) {
  const bin = findPostgres();
  const port = await findFreePort();
  const data = join(folder, 'postgres');
  const user = inside === undefined ? findUser() : undefined;
  const run = inside ?? ((command, ...args) => [command, args]);
  if (inside === undefined) {
    await mkdir(data, { mode: 0o700 });
    if (user !== undefined) await chown(data, user.uid, user.gid);
  }
  const options = { ...user, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C' } };
  const args = [`--pgdata=${data}`, '--username=sotto', '--auth=trust', '--encoding=UTF8', '--no-sync'];
  const made = spawnSync(...run(join(bin, 'initdb'), ...args), { ...options, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const all = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'dynamic_shared_memory_type=mmap',
  ];
  const command = run(
    join(bin, 'postgres'),
    '-D',
    data,
    ...[...all, ...settings].flatMap((setting) => ['-c', setting]),
  );
  let child;
  const start = async () => {
    child = spawn(...command, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    const { pid } = child;
    const killNow = () => killAll(pid);
    process.once('exit', killNow);
    child.once('exit', () => process.off('exit', killNow));
    let log = '';
    await new Promise((resolve, reject) => {
      child.once('exit', () => reject(new Error(`PostgreSQL did not start: ${log}`)));
      child.stderr.setEncoding('utf8').on('data', (text) => {
        log = (log + text).slice(-10_000);
        if (log.includes('database system is ready to accept connections')) resolve();
      });
    });
  };
  const end = async (stop) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'close');
    stop();
    await ended;
  };
  await start();
  return {
    port,
    urlAt: (host) => `postgres://sotto@${host}/postgres`,
    start,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    /** All of its processes at once, as when the machine's power goes, but for what the system has not written yet. */
    kill: () => end(() => killAll(child.pid)),
    stop: () => end(() => child.kill('SIGINT')),
  };
}

/** The first process last, or it would start a recovery of its own. */
function killAll(pid) {
  try {
    process.kill(pid, 'SIGSTOP');
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean);
    for (const child of children) process.kill(Number(child), 'SIGKILL');
  } catch {
    // One of them ended by itself.
  }
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It had ended.
  }
}

/** The server refuses to run as root. Its packages come with a user for it. */
function findUser() {
  if (process.getuid?.() !== 0) return undefined;
  const read = (option) => Number(execFileSync('id', [option, 'postgres']));
  return { uid: read('-u'), gid: read('-g') };
}
