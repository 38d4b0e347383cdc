/** PostgreSQL dies with all its processes (`kill -9`), as at a power cut, recovers when it is started, and the nodes find it again. */
import { setTimeout as delay } from 'node:timers/promises';
import { countOutcomes } from '../kit/history.js';
import { prepareLoad, revokeSpareKey, runLoad } from '../kit/load.js';
import { expectTruth } from '../kit/read-back.js';
import { openWorld } from '../kit/world.js';

export const databases = ['postgres'];
export const times = { usual: 5, long: 50 };

export async function run({ database, random, times: count, onProgress }) {
  const world = await openWorld({ database, random, nodeCount: 2 });
  const loads = [];
  try {
    for (let number = 1; number <= count; number++) {
      const load = await prepareLoad(world, { random });
      loads.push(load);
      const running = runLoad(load);
      await running.whenAcknowledged(random.between(1, 150));
      await revokeSpareKey(load);
      await delay(random.between(0, 120));
      await world.postgres.kill();
      await delay(random.between(0, 1000));
      await world.postgres.start();
      await running.whenAcknowledged(20);
      await running.stop();
      await expectTruth(load);
      onProgress(`kill ${number} of ${count}`);
    }
    for (const load of loads) await expectTruth(load);
    return { kills: count, ...countOutcomes(loads.map(({ history }) => history)) };
  } finally {
    await world.close();
  }
}
