/** A node dies in the middle of everything (`kill -9`), at a moment that nobody chose, and is started again. */
import { setTimeout as delay } from 'node:timers/promises';
import { countOutcomes } from '../kit/history.js';
import { prepareLoad, revokeSpareKey, runLoad } from '../kit/load.js';
import { expectTruth } from '../kit/read-back.js';
import { openWorld } from '../kit/world.js';

export const databases = ['sqlite', 'postgres'];
export const times = { usual: 20, long: 200 };

/** With PostgreSQL one of two nodes dies, and the other goes on. */
export async function run({ database, random, times: count, clients = 64, onProgress }) {
  const world = await openWorld({ database, random, nodeCount: database === 'postgres' ? 2 : 1 });
  const loads = [];
  try {
    for (let number = 1; number <= count; number++) {
      const load = await prepareLoad(world, { random });
      loads.push(load);
      const running = runLoad(load, { clients });
      await running.whenAcknowledged(random.between(1, 2 * clients));
      await revokeSpareKey(load);
      await delay(random.between(0, 120));
      const node = random.pick(world.nodes);
      await node.kill();
      await node.start();
      await running.whenAcknowledged(20);
      await running.stop();
      await expectTruth(load);
      onProgress(`kill ${number} of ${count}`);
    }
    // What an earlier kill has left is there after all others.
    for (const load of loads) await expectTruth(load);
    return { kills: count, ...countOutcomes(loads.map(({ history }) => history)) };
  } finally {
    await world.close();
  }
}
