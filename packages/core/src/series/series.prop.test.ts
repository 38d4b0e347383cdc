/** What a network may do to frames: none of it gives another reading, and none of it fails in another way than by a code. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { isSdkError } from '../errors.ts';
import { parseFrame } from './frame.ts';
import { makeDevice, makeReader, makeUser, type TestUser } from './test-kit.ts';

let sensor: TestUser;
let bob: TestUser;

beforeAll(async () => {
  [sensor, bob] = [await makeUser(), await makeUser()];
});

const signatures = fc.constantFrom('each' as const, 'batch' as const);

it('a frame with one altered byte is refused, or is a start that says the same', async () => {
  const sealers = {
    each: await makeDevice(sensor, [bob]),
    batch: await makeDevice(sensor, [bob], { signatures: 'batch' }),
  };
  const frames: Record<keyof typeof sealers, Uint8Array[]> = { each: [], batch: [] };
  for (const kind of ['each', 'batch'] as const) {
    const sealer = sealers[kind];
    frames[kind] = [sealer.start, await sealer.seal(Uint8Array.of(1, 2, 3)), await sealer.checkpoint()];
    frames[kind].push(await sealer.close());
  }
  await fc.assert(
    fc.asyncProperty(
      signatures,
      fc.nat(3),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (kind, which, at, bits) => {
        const reader = makeReader(bob, sensor);
        if (which > 0) await reader.read(sealers[kind].start);
        const frame = frames[kind][which]!;
        const altered = frame.slice();
        altered[at % frame.length]! ^= bits;
        const { position } = reader;
        try {
          await reader.read(altered);
          expect(which).toBe(0);
          const plain = makeReader(bob, sensor);
          await plain.read(frame);
          expect(reader.position).toEqual(plain.position);
        } catch (error) {
          if (!isSdkError(error)) throw error;
          expect(reader.position).toEqual(position);
          expect(await reader.read(frame)).not.toEqual([]);
        }
      },
    ),
    { numRuns: 400 },
  );
});

it('bytes that are no frame are refused by a code', () => {
  const bytes = fc.tuple(fc.integer({ min: 0, max: 0x2f }), fc.uint8Array({ maxLength: 200 }));
  fc.assert(
    fc.property(bytes, ([first, rest]) => {
      try {
        parseFrame(Uint8Array.of(first, ...rest));
      } catch (error) {
        expect(error).toSatisfy((thrown) => isSdkError(thrown));
      }
    }),
    { numRuns: 2000 },
  );
});

it('frames in any order, with losses and repeats, give each reading at most once and count what is missing', async () => {
  await fc.assert(
    fc.asyncProperty(
      signatures,
      fc.integer({ min: 1, max: 12 }),
      fc.array(fc.nat(11), { maxLength: 40 }),
      async (kind, count, order) => {
        const sealer = await makeDevice(sensor, [bob], { signatures: kind });
        const frames: Uint8Array[] = [];
        for (let n = 0; n < count; n++) frames.push(await sealer.seal(Uint8Array.of(n)));
        const reader = makeReader(bob, sensor);
        await reader.read(sealer.start);
        const seen = new Set<number>();
        for (const index of order.map((n) => n % count)) {
          if (seen.has(index)) {
            await expect(reader.read(frames[index]!)).rejects.toMatchObject({ code: 'series/repeated' });
            continue;
          }
          const events = await reader.read(frames[index]!);
          expect(events.at(-1)).toMatchObject({ sequence: index, data: Uint8Array.of(index) });
          seen.add(index);
        }
        const events = await reader.read(await sealer.close());
        const lost = count - seen.size;
        expect(events.at(-1)).toMatchObject({ kind: 'closed', lost });
        expect(reader.missing).toBe(lost);
        if (kind !== 'batch') return;
        const missing = Array.from({ length: count }, (_, n) => n).filter((n) => !seen.has(n));
        expect(events.find((event) => event.kind === 'verified')).toMatchObject({ from: 0, to: count, missing });
      },
    ),
    { numRuns: 60 },
  );
});
