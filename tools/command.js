// Runs a command to its end, and sees to it that none outlives us when we are told to stop.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const isWindows = process.platform === 'win32';
const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
const running = new Set();
let stopping = false;

/**
 * Runs `command`, found in node_modules/.bin or on the path, without input.
 * Gives back whether it succeeded and what it wrote; with `stream`, it writes to our output instead.
 */
export function runCommand({ command, args, cwd = root, stream = false }) {
  return new Promise((resolve) => {
    if (stopping) return;
    const chunks = [];
    const output = stream ? 'inherit' : 'pipe';
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, PATH: path },
      stdio: ['ignore', output, output],
      // A process group of its own, so that stopping it reaches its children too: vitest leaves its workers behind.
      detached: !isWindows,
      // On Windows the commands in node_modules/.bin are batch files.
      shell: isWindows,
    });
    const end = (ok) => {
      running.delete(child);
      // A command that we stopped has no outcome to act on; stopCommands leads out of the process.
      if (!stopping) resolve({ ok, output: Buffer.concat(chunks).toString().trimEnd() });
    };
    running.add(child);
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => {
      chunks.push(Buffer.from(`${command}: ${error.message}\n`));
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}

/** Ends the commands that are running, by force after two seconds: npm takes its time to undo what it did. */
export async function stopCommands() {
  stopping = true;
  await Promise.all([...running].map(stop));
}

function stop(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const force = setTimeout(() => signalGroup(child, 'SIGKILL'), 2000);
    child.once('exit', () => {
      clearTimeout(force);
      resolve();
    });
    signalGroup(child, 'SIGTERM');
  });
}

function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(isWindows ? child.pid : -child.pid, signal);
  } catch {
    // It ended in the meantime.
  }
}

/** Calls `listener` with the name of each signal that asks us to end; adding it twice is adding it once. */
export function onStopSignal(listener) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, listener).on(signal, listener);
}

/** A listener for onStopSignal that ends our commands and then us, with the status that a shell expects. */
export function endInterrupted(signal) {
  void stopCommands().then(() => process.exit(128 + constants.signals[signal]));
}
