/**
 * The service key is replaced under load, again and again. A node is killed between announcement and activation, and its operator between
 * the change of the database and that of the files. A client that pinned the first key can follow at every moment.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { activateServiceKey, announceServiceKey, readServiceKeyState } from '@sotto/service';
import { findServiceKeyLies } from '../kit/check-service-keys.js';
import { countOutcomes } from '../kit/history.js';
import { startKeyWitness } from '../kit/key-witness.js';
import { prepareLoad, runLoad } from '../kit/load.js';
import { expectTruth, LieFound } from '../kit/read-back.js';
import { openWorld } from '../kit/world.js';

export const databases = ['sqlite', 'postgres'];
export const times = { usual: 3, long: 20 };

/** A node looks for keys so often, and one that was killed counts as running for so long. */
const LOOK_MILLISECONDS = 15_000;
const GONE_MILLISECONDS = 60_000;
const PATIENCE_MILLISECONDS = LOOK_MILLISECONDS + GONE_MILLISECONDS + 15_000;

/** With PostgreSQL there are two nodes, over one folder of secrets. */
export async function run({ database, random, times: count, onProgress }) {
  const world = await openWorld({ database, random, nodeCount: database === 'postgres' ? 2 : 1 });
  const counts = { rotations: 0, operatorDeaths: 0, longestWaitSeconds: 0 };
  const activations = [];
  try {
    const load = await prepareLoad(world, { random });
    const { sightings, stop } = await startKeyWitness(load);
    for (let number = 0; number < count; number++) {
      const running = runLoad(load);
      await running.whenAcknowledged(50);
      await world.operate(announceServiceKey);
      const node = random.pick(world.nodes);
      await WAYS_TO_DIE[number % WAYS_TO_DIE.length]({ nodes: world.nodes, random });
      await node.kill();
      await node.start();
      const waitSeconds = await activate(world, { load, activations, isDying: number % 2 === 0 });
      counts.longestWaitSeconds = Math.max(counts.longestWaitSeconds, waitSeconds);
      counts.operatorDeaths += number % 2 === 0 ? 1 : 0;
      counts.rotations++;
      await running.whenAcknowledged(50);
      // With the files as they are.
      for (const each of world.nodes) {
        await each.kill();
        await each.start();
      }
      await running.whenAcknowledged(50);
      await running.stop();
      await expectTruth(load);
      onProgress(`rotation ${number + 1} of ${count}`);
    }
    await stop();
    const lies = findServiceKeyLies({ sightings, activations });
    if (lies.length > 0) throw new LieFound(lies);
    expectAllSeen({ sightings, activations });
    return { ...counts, sightings: sightings.length, ...countOutcomes([load.history]) };
  } finally {
    await world.close();
  }
}

/** What passes from an announcement to the death of a node. */
const WAYS_TO_DIE = [
  // It is told to look, and may or may not come to it.
  async ({ nodes, random }) => {
    for (const node of nodes) node.reload();
    await delay(random.between(0, 3000));
  },
  // It looks by itself, or is about to.
  ({ random }) => delay(random.between(0, LOOK_MILLISECONDS)),
  // It has not looked: what it said of itself before holds the operator up until it counts as gone.
  () => undefined,
];

/** As soon as it is not refused for a node that lacks the key. How long that took. */
async function activate(world, { load: { history }, activations, isDying }) {
  const startedAt = performance.now();
  const kept = join(world.folder, 'secrets before');
  cpSync(world.secretsDir, kept, { recursive: true });
  const { active } = await world.operate(readServiceKeyState);
  for (;;) {
    const sentAt = history.tick();
    try {
      const { keyId } = await world.operate(activateServiceKey);
      activations.push({ previousKeyId: active.keyId, keyId, sentAt, toldAt: history.tick() });
      break;
    } catch (error) {
      const isOver = performance.now() - startedAt > PATIENCE_MILLISECONDS;
      if (error.code !== 'service-key/not-everywhere' || isOver) throw error;
      await delay(500);
    }
  }
  // As who was killed when the database had been told, and no file written.
  if (isDying) cpSync(kept, world.secretsDir, { recursive: true });
  rmSync(kept, { recursive: true });
  return Math.round((performance.now() - startedAt) / 1000);
}

/** Or the look was at nothing. */
function expectAllSeen({ sightings, activations }) {
  for (const { keyId } of activations) {
    for (const of of ['card', 'chain']) {
      const isSeen = sightings.some((sighting) => sighting.of === of && sighting.keyId === keyId);
      if (!isSeen) throw new Error(`no ${of} of key ${keyId} was seen`);
    }
  }
}
