/** Two people with the SDK, one of whom has seen a card of the other that a service put back to an earlier time does not know. */
import { createMemoryCardCache, createMemoryGroupStore, createMemoryKeyStore, EThree } from '@sotto/e3kit';

export async function createWitness(world) {
  const changes = [];
  const createClient = (identity) =>
    EThree.initialize(() => world.tokenOf(identity), {
      apiUrl: world.nodes[0].url,
      keyStore: createMemoryKeyStore(),
      cardCache: createMemoryCardCache(),
      groupStore: createMemoryGroupStore(),
      onKeyChanged: ({ kind }) => changes.push(kind),
    });
  const [alice, bob] = [await createClient('alice'), await createClient('bob')];
  for (const client of [alice, bob]) await client.register();
  await bob.findUsers('alice');
  return {
    async seeRotation() {
      await alice.replacePrivateKey();
      await bob.findUsers('alice');
    },
    /** How each change was called that they saw: `rotated`, `replaced`. */
    async lookAgain() {
      await bob.findUsers('alice');
      return changes;
    },
  };
}
