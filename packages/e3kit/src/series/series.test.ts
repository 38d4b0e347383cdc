/** Readings of a device, from the side of the users of an app. */
import { startWorld, type World } from '@sotto/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryKeyStore, type EThree, type SeriesEvent } from '../index.ts';

let world: World;
let bob: EThree;

beforeAll(async () => {
  world = await startWorld();
  bob = await world.createUser('bob');
});
afterAll(() => world.close());

const textOf = (events: readonly SeriesEvent[]): (string | undefined)[] =>
  events.map((event) => ('data' in event ? Buffer.from(event.data).toString() : undefined));

describe('a device', () => {
  it('seals readings for others and itself', async () => {
    const sensor = await world.createUser('sensor 1');
    const sealer = await sensor.createSealer({ to: await sensor.findUsers('bob'), series: 'roof' });
    const frames = [
      sealer.start,
      await sealer.seal('21.5'),
      await sealer.seal(Uint8Array.of(50)),
      await sealer.close(),
    ];
    const from = await bob.findUsers('sensor 1');
    for (const reader of [
      await bob.createSeriesReader({ from, series: 'roof' }),
      await sensor.createSeriesReader({ series: 'roof' }),
    ]) {
      const events: SeriesEvent[] = [];
      for (const frame of frames) events.push(...(await reader.read(frame)));
      expect(events.map(({ kind }) => kind)).toEqual(['started', 'reading', 'reading', 'closed']);
      expect(textOf(events).slice(1, 3)).toEqual(['21.5', '2']);
    }
    expect(Buffer.isBuffer(frames[1])).toBe(true);
  });

  it('numbers its sessions over its starts, one for each of two at once', async () => {
    const keyStore = createMemoryKeyStore();
    const sensor = await world.createUser('sensor 2', { keyStore });
    const sessions = await Promise.all([1, 2, 3].map(async () => (await sensor.createSealer()).session));
    expect([...sessions].sort()).toEqual([1, 2, 3]);
    expect((await sensor.createSealer({ series: 'other' })).session).toBe(1);
    const again = await world.createClient('sensor 2', { keyStore });
    expect((await again.createSealer()).session).toBe(4);
    expect((await keyStore.list()).map(({ name }) => name).join()).not.toContain('other');
  });

  it('that was restored from an old state is seen', async () => {
    const keyStore = createMemoryKeyStore();
    const sensor = await world.createUser('sensor 3', { keyStore });
    const saved = await keyStore.list();
    const reader = await sensor.createSeriesReader();
    await reader.read((await sensor.createSealer()).start);
    await reader.read((await sensor.createSealer()).start);
    const restored = createMemoryKeyStore();
    for (const { name, value, meta } of saved) await restored.save(name, value, meta);
    const old = await world.createClient('sensor 3', { keyStore: restored });
    await expect(reader.read((await old.createSealer()).start)).rejects.toMatchObject({ code: 'series/old-session' });
    await expect(reader.read((await old.createSealer()).start)).rejects.toMatchObject({
      code: 'series/forked-session',
    });
  });

  it('keeps the numbers of its sessions at cleanup, and does not take a number that is damaged', async () => {
    const keyStore = createMemoryKeyStore();
    const sensor = await world.createUser('sensor 4', { keyStore });
    await sensor.createSealer();
    await sensor.cleanup();
    const [entry] = await keyStore.list();
    expect(entry?.name).toContain('series');
    await sensor.rotatePrivateKey();
    expect((await sensor.createSealer()).session).toBe(2);
    await keyStore.save(entry!.name, new TextEncoder().encode('two'));
    await expect(sensor.createSealer()).rejects.toMatchObject({ code: 'storage/damaged' });
  });

  it.each([
    ['a name that is no text', { series: 7 as never }, 'usage/argument'],
    ['another kind of signatures', { signatures: 'none' as never }, 'usage/argument'],
    ['an empty name', { series: '' }, 'series/name'],
    ['a name in place of a card', { to: 'bob' as never }, 'usage/argument'],
  ])('is refused with %s', async (_, options, code) => {
    await expect(bob.createSealer(options)).rejects.toMatchObject({ code });
  });

  it('without a key is told to register', async () => {
    const nobody = await world.createClient('nobody');
    await expect(nobody.createSealer()).rejects.toMatchObject({ code: 'key/missing' });
    await expect(nobody.createSeriesReader()).rejects.toMatchObject({ code: 'key/missing' });
  });
});
