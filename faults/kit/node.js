/** A node of the service: the program as it is shipped, in a process of its own that can be killed and started again on the same port. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/command.js';

const ear = new URL('ear.js', import.meta.url).href;
const main = join(root, 'packages/service/dist/main.js');
const MAX_LOG = 20_000;

/** `inside` gives the command by which another is run elsewhere. */
export async function startNode({ port, env, inside = (command, ...args) => [command, args] }) {
  let child;
  let log = '';
  const start = async () => {
    log = '';
    child = spawn(...inside(process.execPath, '--expose-gc', `--import=${ear}`, main), {
      env: { PATH: process.env.PATH, SOTTO_PORT: String(port), SOTTO_LOG_LEVEL: 'info', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const started = child;
    const kill = () => started.kill('SIGKILL');
    process.once('exit', kill);
    started.once('exit', () => process.off('exit', kill));
    started.stderr.on('data', note);
    await new Promise((resolve, reject) => {
      started.once('exit', (code, signal) => reject(new StartRefused(log, { code, signal })));
      started.stdout.on('data', (chunk) => {
        note(chunk);
        if (log.includes('"msg":"listening"')) resolve();
      });
    });
  };
  const note = (chunk) => {
    log = (log + chunk).slice(-MAX_LOG);
  };
  const end = async (signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = await ended;
    return code;
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    get pid() {
      return child.pid;
    },
    log: () => log,
    /** How it ended, if it has. */
    ending: () => `code ${child.exitCode}, signal ${child.signalCode}`,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    /** @throws StartRefused */
    start,
    kill: () => end('SIGKILL'),
    /** It looks for service keys at once. */
    reload: () => child.kill('SIGHUP'),
    /** Its exit code. */
    stop: () => end('SIGTERM'),
    async setClock(milliseconds) {
      const heard = once(child, 'message');
      child.send({ clock: milliseconds });
      await heard;
    },
    /** Bytes, after a garbage collection, and open files. */
    async measure() {
      const answered = once(child, 'message');
      child.send({ measure: true });
      const [memory] = await answered;
      return { ...memory, files: readdirSync(`/proc/${child.pid}/fd`).length };
    },
  };
}

export class StartRefused extends Error {
  constructor(log, { code, signal }) {
    super(`the node did not start: ${log.trim() || `code ${code}, signal ${signal}`}`);
    this.name = 'StartRefused';
    this.log = log;
    this.isCrash = code !== 1;
  }
}
