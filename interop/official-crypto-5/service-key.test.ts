import { rotateServiceKey, startWorld, type World } from '@sotto/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCardManager, createSdkApplication, publishCard, type SdkApplication } from './sdk-user.ts';

let world: World;
let app: SdkApplication;

beforeEach(async () => {
  world = await startWorld();
  app = createSdkApplication(world);
});

afterEach(() => world.close());

it('another service key is refused by the official SDK until it is given, and followed by our client, without a restart', async () => {
  const alice = await world.createUser('alice');
  const { card } = await publishCard(app, 'sdk bob');
  expect((await alice.findUsers('sdk bob')).id).toBe(card.id);
  expect(await createCardManager(app, 'sdk bob').searchCards('alice')).toHaveLength(1);

  const servicePublicKey = await rotateServiceKey(world.dataDir, world.service);

  const before = createCardManager(app, 'sdk bob');
  await expect(before.searchCards('alice')).rejects.toMatchObject({ name: 'CardVerificationError' });
  await expect(before.getCard(card.id)).rejects.toMatchObject({ name: 'CardVerificationError' });
  const updated = { ...app, servicePublicKey };
  expect(await createCardManager(updated, 'sdk bob').searchCards(['alice', 'sdk bob'])).toHaveLength(2);
  const { card: fresh } = await publishCard(updated, 'sdk carol');

  // The pin of this client is of before; so is that of one that the app gives the former key.
  expect((await alice.findUsers('sdk carol')).id).toBe(fresh.id);
  const { servicePublicKey: former } = app;
  const dave = await world.createUser('dave', { servicePublicKey: former });
  expect((await dave.findUsers('sdk bob')).id).toBe(card.id);
});
