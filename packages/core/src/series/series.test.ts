import { beforeAll, describe, expect, it } from 'vitest';
import { utf8ToBytes, bytesToUtf8 } from '../encoding/bytes.ts';
import { nobleProvider } from '../provider/noble.ts';
import { nodeProvider } from '../provider/node.ts';
import { createWebProvider } from '../provider/web.ts';
import type { SeriesEvent } from './index.ts';
import { makeDevice, makeReader, makeUser, type TestUser } from './test-kit.ts';

let sensor: TestUser;
let bob: TestUser;
let eve: TestUser;

beforeAll(async () => {
  [sensor, bob, eve] = [await makeUser(), await makeUser(), await makeUser()];
});

const kinds = (events: readonly SeriesEvent[]) => events.map(({ kind }) => kind);
const textOf = (event: SeriesEvent) => ('data' in event ? bytesToUtf8(event.data) : undefined);

/** Frames of a session: start, one reading per text, and a checkpoint after them all. */
async function record(texts: readonly string[], options: Parameters<typeof makeDevice>[2] = {}) {
  const sealer = await makeDevice(sensor, [bob], options);
  const readings: Uint8Array[] = [];
  for (const text of texts) readings.push(await sealer.seal(utf8ToBytes(text)));
  return { sealer, start: sealer.start, readings, checkpoint: await sealer.checkpoint() };
}

describe('readings that are signed each', () => {
  it('come back in order, verified', async () => {
    const { sealer, start, readings } = await record(['a', '', 'ccc']);
    const reader = makeReader(bob, sensor);
    expect(await reader.read(start)).toMatchObject([{ kind: 'started', session: 1, lostSessions: 0, wasCut: false }]);
    for (const [sequence, frame] of readings.entries()) {
      const [event] = await reader.read(frame);
      expect(event).toMatchObject({ kind: 'reading', session: 1, sequence, isLate: false });
      expect(textOf(event!)).toBe(['a', '', 'ccc'][sequence]);
    }
    expect(await reader.read(await sealer.close())).toMatchObject([{ kind: 'closed', next: 3, lost: 0 }]);
    expect(reader.isClosed).toBe(true);
    expect(reader.missing).toBe(0);
  });

  it('are numbered by the order of the calls, however many overlap', async () => {
    const sealer = await makeDevice(sensor, [bob]);
    const frames = await Promise.all(Array.from({ length: 300 }, (_, n) => sealer.seal(utf8ToBytes(String(n)))));
    const reader = makeReader(bob, sensor);
    await reader.read(sealer.start);
    const events = (await Promise.all(frames.map((frame) => reader.read(frame)))).flat();
    expect(events.map(textOf)).toEqual(Array.from({ length: 300 }, (_, n) => String(n)));
  });

  it('cost 86 bytes each for the first 128, or 22 in a batch and 16 more in its checkpoint', async () => {
    const [each, batch] = [await record(['12345678']), await record(['12345678'], { signatures: 'batch' })];
    expect(each.readings[0]!.length - 8).toBe(86);
    expect(batch.readings[0]!.length - 8).toBe(22);
    const empty = await (await makeDevice(sensor, [bob])).checkpoint();
    expect(batch.checkpoint.length - empty.length).toBe(16);
  });

  it('are read by every adapter as every other has sealed them', async () => {
    const web = await createWebProvider(globalThis.crypto);
    for (const writer of [nodeProvider, web, nobleProvider]) {
      for (const signatures of ['each', 'batch'] as const) {
        const { start, readings, checkpoint } = await record(['x', 'y'], { provider: writer, signatures });
        for (const provider of [nodeProvider, web, nobleProvider]) {
          const reader = makeReader(bob, sensor, { provider });
          const events: SeriesEvent[] = [];
          for (const frame of [start, ...readings, checkpoint]) events.push(...(await reader.read(frame)));
          const kind = signatures === 'each' ? 'reading' : 'unverifiedReading';
          const last = signatures === 'each' ? 'heartbeat' : 'verified';
          expect(kinds(events)).toEqual(['started', kind, kind, last]);
        }
      }
    }
  });
});

describe('readings of a batch', () => {
  it('are called unverified until the checkpoint names them', async () => {
    const { start, readings, checkpoint, sealer } = await record(['a', 'b'], { signatures: 'batch' });
    const reader = makeReader(bob, sensor);
    await reader.read(start);
    expect(kinds(await reader.read(readings[0]!))).toEqual(['unverifiedReading']);
    expect(kinds(await reader.read(readings[1]!))).toEqual(['unverifiedReading']);
    expect(await reader.read(checkpoint)).toEqual([{ kind: 'verified', session: 1, from: 0, to: 2, missing: [] }]);
    expect(sealer.unsigned).toBe(0);
  });

  it('that were lost do not stand in the way of the others, and are verified when they come late', async () => {
    const { start, readings, checkpoint } = await record(['a', 'b', 'c', 'd'], { signatures: 'batch' });
    const reader = makeReader(bob, sensor);
    await reader.read(start);
    await reader.read(readings[0]!);
    expect(kinds(await reader.read(readings[2]!))).toEqual(['gap', 'unverifiedReading']);
    const [gap, verified] = await reader.read(checkpoint);
    expect(gap).toEqual({ kind: 'gap', session: 1, from: 3, to: 4 });
    expect(verified).toEqual({ kind: 'verified', session: 1, from: 0, to: 4, missing: [1, 3] });
    expect(reader.missing).toBe(2);
    expect(await reader.read(readings[1]!)).toMatchObject([{ kind: 'reading', sequence: 1, isLate: true }]);
    expect(await reader.read(readings[3]!)).toMatchObject([{ kind: 'reading', sequence: 3, isLate: false }]);
    expect(reader.missing).toBe(0);
  });

  it('are refused beyond 1,024 without a checkpoint', async () => {
    const sealer = await makeDevice(sensor, [bob], { signatures: 'batch' });
    for (let n = 0; n < 1024; n++) await sealer.seal(new Uint8Array(1));
    expect(sealer.unsigned).toBe(1024);
    await expect(sealer.seal(new Uint8Array(1))).rejects.toMatchObject({ code: 'series/too-long' });
    const reader = makeReader(bob, sensor);
    await reader.read(sealer.start);
    expect(await reader.read(await sealer.checkpoint())).toMatchObject([
      { kind: 'gap', from: 0, to: 1024 },
      { kind: 'verified', from: 0, to: 1024 },
    ]);
    await sealer.seal(new Uint8Array(1));
  });

  it('cannot be made by another reader without the device’s checkpoint telling', async () => {
    const { start, readings, checkpoint } = await record(['true'], { signatures: 'batch' });
    // Whoever has the session key can seal another text for the same place; here the device does, in a twin of the session.
    const twin = await makeDevice(sensor, [bob], { signatures: 'batch', randomFrom: 1 });
    const honest = await makeDevice(sensor, [bob], { signatures: 'batch', randomFrom: 1 });
    const [forged, good] = [await twin.seal(utf8ToBytes('false')), await honest.seal(utf8ToBytes('true'))];
    const reader = makeReader(bob, sensor);
    await reader.read(honest.start);
    expect(kinds(await reader.read(forged))).toEqual(['unverifiedReading']);
    await expect(reader.read(await honest.checkpoint())).rejects.toMatchObject({ code: 'series/contradiction' });

    const second = makeReader(bob, sensor);
    await second.read(honest.start);
    const replacement = makeDevice(sensor, [bob], { signatures: 'batch', randomFrom: 1 });
    const checked = await replacement;
    await checked.seal(utf8ToBytes('true'));
    await second.read(await checked.checkpoint());
    await expect(second.read(forged)).rejects.toMatchObject({ code: 'series/contradiction' });
    expect(kinds(await second.read(good))).toEqual(['reading']);

    const third = makeReader(bob, sensor);
    await third.read(start);
    await third.read(readings[0]!);
    expect(kinds(await third.read(checkpoint))).toEqual(['verified']);
  });
});

describe('what happens on the way is seen', () => {
  it('a loss, as a gap that names its readings', async () => {
    const { start, readings } = await record(['0', '1', '2', '3', '4']);
    const reader = makeReader(bob, sensor);
    await reader.read(start);
    await reader.read(readings[0]!);
    expect((await reader.read(readings[4]!))[0]).toEqual({ kind: 'gap', session: 1, from: 1, to: 4 });
    expect(reader.missing).toBe(3);
  });

  it('a repeat', async () => {
    const { start, readings } = await record(['0', '1']);
    const reader = makeReader(bob, sensor);
    for (const frame of [start, ...readings]) await reader.read(frame);
    for (const frame of readings) await expect(reader.read(frame)).rejects.toMatchObject({ code: 'series/repeated' });
    expect(await reader.read(start)).toEqual([]);
  });

  it('another order', async () => {
    const { start, readings } = await record(['0', '1', '2']);
    const reader = makeReader(bob, sensor);
    await reader.read(start);
    expect(kinds(await reader.read(readings[2]!))).toEqual(['gap', 'reading']);
    expect(await reader.read(readings[0]!)).toMatchObject([{ sequence: 0, isLate: true }]);
    expect(await reader.read(readings[1]!)).toMatchObject([{ sequence: 1, isLate: true }]);
    expect(reader.missing).toBe(0);
  });

  it('a reading that comes after 4,096 others', async () => {
    const { start, readings } = await record(
      Array.from({ length: 4200 }, () => ''),
      { signatures: 'batch', every: 1000 },
    );
    const reader = makeReader(bob, sensor);
    await reader.read(start);
    for (const frame of readings.slice(50)) await reader.read(frame);
    await expect(reader.read(readings[49]!)).rejects.toMatchObject({ code: 'series/too-late' });
    expect(reader.missing).toBe(50);
  });

  it('a cut tail: by the close, by a heartbeat, or by the next session', async () => {
    const first = await record(['0', '1', '2']);
    const close = await first.sealer.close();
    const closed = makeReader(bob, sensor);
    for (const frame of [first.start, first.readings[0]!]) await closed.read(frame);
    expect(await closed.read(close)).toMatchObject([
      { kind: 'gap', from: 1, to: 3 },
      { kind: 'closed', lost: 2 },
    ]);

    const reader = makeReader(bob, sensor);
    for (const frame of [first.start, first.readings[0]!]) await reader.read(frame);
    expect(await reader.read(first.checkpoint)).toMatchObject([
      { kind: 'gap', from: 1, to: 3 },
      { kind: 'heartbeat', next: 3 },
    ]);
    const next = await makeDevice(sensor, [bob], { session: 4 });
    expect(await reader.read(next.start)).toMatchObject([
      { kind: 'started', session: 4, lostSessions: 2, wasCut: true },
    ]);
    // What was on its way is still read.
    expect(await reader.read(first.readings[2]!)).toMatchObject([{ kind: 'reading', session: 1, sequence: 2 }]);
  });

  it('silence, once two heartbeats are missing', async () => {
    const sealer = await makeDevice(sensor, [bob], { heartbeatSeconds: 60, clock: () => 1_000_000 });
    const reader = makeReader(bob, sensor);
    expect(reader.isSilent(0)).toBe(false);
    await reader.read(sealer.start);
    expect(reader.isSilent(1_000_000 + 120_000)).toBe(false);
    expect(reader.isSilent(1_000_000 + 120_001)).toBe(true);
    await reader.read(await sealer.close());
    expect(reader.isSilent(9_000_000)).toBe(false);
  });

  it('a second device with the same key and name, and one that went back to an old state', async () => {
    const reader = makeReader(bob, sensor);
    await reader.read((await makeDevice(sensor, [bob], { session: 7 })).start);
    const second = await makeDevice(sensor, [bob], { session: 7 });
    await expect(reader.read(second.start)).rejects.toMatchObject({ code: 'series/forked-session' });
    await expect(reader.read(await second.seal(new Uint8Array(1)))).rejects.toMatchObject({
      code: 'series/unknown-session',
    });
    const restored = await makeDevice(sensor, [bob], { session: 3 });
    await expect(reader.read(restored.start)).rejects.toMatchObject({ code: 'series/old-session' });
  });

  it('all of this after the reader was started again from its position', async () => {
    const { sealer, start, readings } = await record(['0', '1', '2']);
    const before = makeReader(bob, sensor);
    for (const frame of [start, ...readings.slice(0, 2)]) await before.read(frame);
    const position = JSON.parse(JSON.stringify(before.position)) as NonNullable<typeof before.position>;
    const after = makeReader(bob, sensor, { position });
    await after.read(start);
    await expect(after.read(readings[1]!)).rejects.toMatchObject({ code: 'series/repeated' });
    expect(await after.read(readings[2]!)).toMatchObject([{ kind: 'reading', sequence: 2 }]);
    const old = await makeDevice(sensor, [bob]);
    await expect(makeReader(bob, sensor, { position }).read(old.start)).rejects.toMatchObject({
      code: 'series/forked-session',
    });
    await after.read(await sealer.close());
    expect(after.position).toMatchObject({ next: 3, isClosed: true });
  });
});

describe('a frame is refused', () => {
  it('of another series', async () => {
    const other = await makeDevice(sensor, [bob], { series: 'other' });
    await expect(makeReader(bob, sensor).read(other.start)).rejects.toMatchObject({ code: 'series/other-series' });
  });

  it('of a device whose key is not accepted', async () => {
    const { start } = await makeDevice(eve, [bob]);
    await expect(makeReader(bob, sensor).read(start)).rejects.toMatchObject({ code: 'envelope/other-signer' });
  });

  it('by whom it was not sealed for', async () => {
    const { start } = await makeDevice(sensor, [bob]);
    await expect(makeReader(eve, sensor).read(start)).rejects.toMatchObject({ code: 'envelope/not-a-recipient' });
  });

  it('before its start', async () => {
    const { readings } = await record(['0']);
    await expect(makeReader(bob, sensor).read(readings[0]!)).rejects.toMatchObject({ code: 'series/unknown-session' });
  });

  it('after the close', async () => {
    const { sealer, start } = await record([]);
    const twin = await makeDevice(sensor, [bob], { randomFrom: 2 });
    const honest = await makeDevice(sensor, [bob], { randomFrom: 2 });
    const reader = makeReader(bob, sensor);
    await reader.read(honest.start);
    await reader.read(await honest.close());
    await expect(reader.read(await twin.seal(new Uint8Array(1)))).rejects.toMatchObject({
      code: 'series/contradiction',
    });
    await sealer.close();
    for (const call of [() => sealer.seal(new Uint8Array(1)), () => sealer.checkpoint(), () => sealer.close()])
      await expect(call()).rejects.toMatchObject({ code: 'series/closed' });
    expect(start.length).toBeGreaterThan(0);
  });

  it('of a later version, or no version', async () => {
    const { start } = await record([]);
    const reader = makeReader(bob, sensor);
    await expect(reader.read(Uint8Array.of(0x20, ...start.subarray(1)))).rejects.toMatchObject({
      code: 'series/other-version',
    });
    await expect(reader.read(Uint8Array.of(0x05))).rejects.toMatchObject({ code: 'series/malformed' });
  });
});

describe('a sealer is refused', () => {
  it.each([
    ['without a name', { series: '' }, 'series/name'],
    ['with a name of 257 letters', { series: 'x'.repeat(257) }, 'series/name'],
    ['in session 0', { session: 0 }, 'series/session-number'],
    ['in session 1.5', { session: 1.5 }, 'series/session-number'],
  ])('%s', async (_, options, code) => {
    await expect(makeDevice(sensor, [bob], options)).rejects.toMatchObject({ code });
  });

  it('for nobody', async () => {
    await expect(makeDevice(sensor, [])).rejects.toMatchObject({ code: 'envelope/no-recipients' });
  });
});
