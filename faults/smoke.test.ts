// That the suite itself works, with few clients: the rest of it takes minutes, and is run by `npm run test:faults`.
import { expect, test } from 'vitest';
import { prepareLoad, runLoad } from './kit/load.js';
import { createRandom } from './kit/random.js';
import { expectTruth } from './kit/read-back.js';
import { run } from './stories/kill-node.js';
import { openWorld } from './kit/world.js';

test('a node that is killed under load keeps what it acknowledged', async () => {
  const counts = await run({ database: 'sqlite', random: createRandom(1), times: 1, clients: 6, onProgress: () => {} });
  expect(counts.kills).toBe(1);
  expect(counts.acknowledged).toBeGreaterThan(10);
});

test('a card that is not there although somebody was told so is found missing', async () => {
  const random = createRandom(2);
  const world = await openWorld({ database: 'sqlite', random });
  const load = await prepareLoad(world, { random });
  const running = runLoad(load, { clients: 4 });
  await running.whenAcknowledged(10);
  await running.stop();
  const cardId = '0'.repeat(64);
  load.history.cards.push({ ...load.history.cards[0], cardId });
  await expect(expectTruth(load)).rejects.toThrow(`card ${cardId} was acknowledged, and is gone`);
  await world.close();
});
