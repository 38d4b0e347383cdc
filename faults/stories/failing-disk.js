/**
 * The disk takes no writes any more. While a node runs, the system refuses every write of its process (`prlimit --fsize=0`), as a disk
 * that fails does it; and a node is started on a disk that was mounted for reading alone.
 */
import { spawnSync } from 'node:child_process';
import { canMountDisk, openSmallDisk } from '@sotto/testing/small-disk';
import { countOutcomes } from '../kit/history.js';
import { prepareLoad, runLoad } from '../kit/load.js';
import { StartRefused } from '../kit/node.js';
import { expectTruth } from '../kit/read-back.js';
import { Skipped } from '../kit/skipped.js';
import { openWorld } from '../kit/world.js';

export const databases = ['sqlite'];
export const times = { usual: 3, long: 20 };

const DISK_BYTES = 64 * 1024 * 1024;

export async function run({ database, random, times: count, onProgress }) {
  if (!canMountDisk()) throw new Skipped('this system lets nobody mount a disk');
  const disk = await openSmallDisk(DISK_BYTES);
  const world = await openWorld({ database, random, disk });
  const [node] = world.nodes;
  const loads = [];
  try {
    for (let number = 1; number <= count; number++) {
      const load = await prepareLoad(world, { random });
      loads.push(load);
      const running = runLoad(load);
      await running.whenAcknowledged(30);
      limitWrites(node.pid, '0');
      await running.whenEnded(60);
      await expectRead(load);
      limitWrites(node.pid, 'unlimited');
      await running.whenAcknowledged(30);
      await running.stop();
      await expectTruth(load);

      await node.stop();
      remount(disk, 'ro');
      await expectRefusedStart(node);
      remount(disk, 'rw');
      await node.start();
      await expectTruth(load);
      onProgress(`failure ${number} of ${count}`);
    }
    return { failures: count, ...countOutcomes(loads.map(({ history }) => history)), refusedStarts: count };
  } finally {
    await world.close();
    await disk.close();
  }
}

/** Of its files; its sockets are none. */
function limitWrites(pid, bytes) {
  runCommand('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:`]);
}

function remount(disk, mode) {
  runCommand(...disk.inside('mount', '-o', `remount,${mode}`, disk.folderInside));
}

function runCommand(command, args) {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
}

async function expectRead({ world, users, history }) {
  const { cardId } = history.cards[0];
  const { status } = await world.client.send({ method: 'GET', path: `/card/v5/${cardId}`, token: users[0].token });
  if (status !== 200) throw new Error(`a read from a disk that takes no writes was answered by ${status}`);
}

/** In words for its operator, and not by a stack. */
async function expectRefusedStart(node) {
  const refusal = await node.start().then(
    () => undefined,
    (error) => error,
  );
  const isWellSaid = refusal instanceof StartRefused && !refusal.isCrash && !/^ +at /m.test(refusal.log);
  if (!isWellSaid) throw new Error(`a start on a read-only disk: ${refusal?.message ?? 'it went on'}`);
}
