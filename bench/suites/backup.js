/** A client on Node that backs up, restores and changes the password, over a service on this machine, beside the official client. */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../tools/command.js';
import { installIn } from '../../tools/suite.js';
import { JOB_NAMES } from '../backup/jobs.js';
import { interleave } from '../kit/interleave.js';
import { startServiceProcess } from '../service/process.js';

const installation = join(root, 'interop/official-e3kit-node');

export async function runBackup({ revisions, rounds, onJob }) {
  if (!(await installIn(installation))) throw new Error('the official client could not be installed');
  const folder = mkdtempSync(join(tmpdir(), 'sotto-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const service = await startServiceProcess(revisions.ours);
  const sides = {};
  try {
    const settings = { apiUrl: service.url, servicePublicKey: service.servicePublicKey, folder, installation };
    for (const name of [...Object.keys(revisions), 'official']) {
      const program = name in revisions ? 'ours.js' : 'official.js';
      const own = { ...settings, folder: mkdtempSync(join(folder, 'side-')), revision: revisions[name] };
      sides[name] = startClient(program, own);
    }
    let users = 0;
    for (const job of JOB_NAMES) {
      // A user of its own for each sample: the service counts how often one asks for a brain key.
      const sample = async (name) => {
        const identity = `user-${users++}`;
        return sides[name].time({ job, identity, token: await service.app.token(identity) });
      };
      for (const name of Object.keys(sides)) await sample(name);
      onJob({ name: job, sides: await interleave({ names: Object.keys(sides), sample, rounds }) });
    }
  } finally {
    for (const side of Object.values(sides)) side.close();
    await service.close();
  }
}

/** A process with one client library, which is given one job at a time. */
function startClient(program, settings) {
  const child = fork(join(import.meta.dirname, '../backup', program), [JSON.stringify(settings)]);
  let settle;
  child.on('message', ({ elapsed }) => settle.resolve(elapsed));
  child.on('exit', () => settle?.reject(new Error(`${program} ended before it had answered`)));
  return {
    time(message) {
      const answered = new Promise((resolve, reject) => {
        settle = { resolve, reject };
      });
      child.send(message);
      return answered;
    },
    close: () => child.disconnect(),
  };
}
