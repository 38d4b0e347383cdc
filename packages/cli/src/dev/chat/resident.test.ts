// Names can be taken by visitors; whoever lives in the demo has to live with that.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DemoWorld, startDemoWorld } from './test-kit.ts';
import { openResident } from './resident.ts';

let world: DemoWorld;
let folder: string;
beforeAll(async () => {
  world = await startDemoWorld({ withBob: false });
  folder = await mkdtemp(join(tmpdir(), 'sotto-residents-'));
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

const open = (identity: string) => openResident(identity, { ...world, folder });

it('is the same user at the next start', async () => {
  const first = await open('bob');
  const card = await first.eThree.findUsers('bob');
  const second = await open('bob');
  expect((await second.eThree.findUsers('bob')).id).toBe(card.id);
});

it('takes a name that a visitor had first, and one that a visitor took since', async () => {
  const alice = await world.visit('alice');
  const visitor = await world.visit('carol');
  const expectCarolToLiveHere = async () => {
    const { eThree } = await open('carol');
    const message = await eThree.authEncrypt('it is me', await eThree.findUsers('alice'));
    expect(await alice.eThree.authDecrypt(message, await alice.eThree.findUsers('carol'))).toBe('it is me');
  };
  await expectCarolToLiveHere();
  await visitor.eThree.cleanup();
  await visitor.eThree.rotatePrivateKey();
  await expectCarolToLiveHere();
});
