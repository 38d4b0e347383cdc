/** The disk of the database fills under load. Writes are refused by their code, reads go on, and with room writes do, too. */
import { setTimeout as delay } from 'node:timers/promises';
import { SERVICE_ERRORS } from '@sotto/contract';
import { canMountDisk, openSmallDisk } from '@sotto/testing/small-disk';
import { countOutcomes } from '../kit/history.js';
import { prepareLoad, runLoad } from '../kit/load.js';
import { expectTruth } from '../kit/read-back.js';
import { Skipped } from '../kit/skipped.js';
import { openWorld } from '../kit/world.js';

export const databases = ['sqlite', 'postgres'];
export const times = { usual: 2, long: 10 };

const MEBIBYTE = 1024 * 1024;
const DISK_BYTES = { sqlite: 32 * MEBIBYTE, postgres: 192 * MEBIBYTE };
const FULL = SERVICE_ERRORS['service/full'].code;

export async function run({ database, random, times: count, onProgress }) {
  if (!canMountDisk()) throw new Skipped('this system lets nobody mount a disk');
  const disk = await openSmallDisk(DISK_BYTES[database]);
  const world = await openWorld({ database, random, disk });
  const loads = [];
  let databaseStarts = 0;
  let refusedAsFull = 0;
  try {
    for (let number = 1; number <= count; number++) {
      const load = await prepareLoad(world, { random });
      loads.push(load);
      const running = runLoad(load);
      await running.whenAcknowledged(50);
      await fill(disk, random.between(0, 64) * 4096);
      await whenRefused(load, world);
      if (database === 'sqlite' || world.postgres.isRunning()) await expectReads(load);
      await disk.empty();
      if (database === 'postgres' && !world.postgres.isRunning()) {
        // Without room for its log PostgreSQL ends itself: whatever watches over it starts it again.
        await world.postgres.start();
        databaseStarts++;
      }
      await running.whenAcknowledged(50);
      await running.stop();
      if (!world.nodes[0].isRunning()) throw new Error('the node has ended');
      await expectTruth(load);
      refusedAsFull += countFull(load);
      onProgress(`full ${number} of ${count}`);
    }
    return { fills: count, ...countOutcomes(loads.map(({ history }) => history)), refusedAsFull, databaseStarts };
  } finally {
    await world.close();
    await disk.close();
  }
}

async function fill(disk, left) {
  try {
    await disk.leave(left);
  } catch (error) {
    // Others have filled it while we did.
    if (error.code !== 'ENOSPC') throw error;
  }
}

/** PostgreSQL may end before it has refused anything. */
async function whenRefused(load, { postgres }) {
  while (countFull(load) < 20 && postgres?.isRunning() !== false) await delay(10);
}

function countFull({ history }) {
  return [...history.cards, ...history.puts, ...history.uploads].filter(({ code }) => code === FULL).length;
}

async function expectReads({ world, users, history }) {
  const { cardId } = history.cards[0];
  const answer = await world.client.send({ method: 'GET', path: `/card/v5/${cardId}`, token: users[0].token });
  const mayBeGone = world.postgres?.isRunning() === false;
  if (answer.status !== 200 && !mayBeGone) throw new Error(`a read on a full disk was answered by ${answer.status}`);
}
