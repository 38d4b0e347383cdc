import { describe, expect, it } from 'vitest';
import { interleave, timeSides } from './interleave.js';
import { createRandom } from './statistics.js';

/** A clock that stands still but for what is said to take time. */
function createClock() {
  let time = 0;
  return {
    now: () => time,
    taking: (milliseconds: number) => () => {
      time += milliseconds;
    },
  };
}

describe('measuring in turns', () => {
  it('takes one sample of each side per round, in orders that change', async () => {
    const order: string[] = [];
    const samples = await interleave({
      names: ['a', 'b', 'c'],
      rounds: 50,
      random: createRandom(3),
      sample: (name: string) => order.push(name),
    });
    expect(Object.values(samples).map((values) => values.length)).toEqual([50, 50, 50]);
    const rounds = Array.from({ length: 50 }, (_, round) => order.slice(3 * round, 3 * round + 3));
    expect(rounds.every((round) => [...round].sort().join('') === 'abc')).toBe(true);
    expect(new Set(rounds.map((round) => round.join(''))).size).toBe(6);
  });

  it('keeps the rounds of all sides beside each other', async () => {
    let count = 0;
    const samples = await interleave({ names: ['a', 'b'], rounds: 20, sample: () => Math.floor(count++ / 2) });
    expect(samples.a).toEqual(Array.from({ length: 20 }, (_, round) => round));
    expect(samples.b).toEqual(samples.a);
  });

  it('gives the milliseconds of one call, whatever number a sample holds', async () => {
    const { now, taking } = createClock();
    const calls = { quick: taking(0.5), slow: taking(40) };
    const samples = await timeSides(calls, { rounds: 5, sampleMilliseconds: 10, warmUpMilliseconds: 40, now });
    expect(samples).toEqual({ quick: Array(5).fill(0.5), slow: Array(5).fill(40) });
  });

  it('fills a sample with as many calls as its time holds, and at least one', async () => {
    const { now, taking } = createClock();
    const counts = { quick: 0, slow: 0 };
    const count = (name: 'quick' | 'slow', take: () => void) => () => {
      counts[name]++;
      take();
    };
    const calls = { quick: count('quick', taking(0.5)), slow: count('slow', taking(40)) };
    const callsIn = async (rounds: number) => {
      Object.assign(counts, { quick: 0, slow: 0 });
      await timeSides(calls, { rounds, sampleMilliseconds: 10, warmUpMilliseconds: 40, now });
      return { ...counts };
    };
    const [warmUp, all] = [await callsIn(0), await callsIn(3)];
    expect(all.quick - warmUp.quick).toBe(3 * 20);
    expect(all.slow - warmUp.slow).toBe(3);
  });

  it('waits for calls that give a promise', async () => {
    const { now, taking } = createClock();
    const later = async () => {
      await Promise.resolve();
      taking(2)();
    };
    const samples = await timeSides({ later }, { rounds: 3, sampleMilliseconds: 10, warmUpMilliseconds: 40, now });
    expect(samples).toEqual({ later: [2, 2, 2] });
  });

  it('takes a sample again in which the processor was taken away', async () => {
    const { now, taking } = createClock();
    let disturbances = 0;
    const times = [4, 9, 9, 3]; // the first is the warm-up
    const call = () => {
      const time = times.shift()!;
      if (time === 9) disturbances++;
      taking(time)();
    };
    const options = {
      rounds: 1,
      sampleMilliseconds: 1,
      warmUpMilliseconds: 4,
      now,
      countDisturbances: () => disturbances,
    };
    expect(await timeSides({ call }, options)).toEqual({ call: [3] });
    expect(times).toEqual([]);
  });

  it('takes the least disturbed sample where all of them are disturbed', async () => {
    const { now, taking } = createClock();
    let [disturbances, count] = [0, 0]; // three calls are the warm-up
    const call = () => {
      count++;
      disturbances += count === 6 ? 1 : 2;
      taking(count)();
    };
    const options = {
      rounds: 1,
      sampleMilliseconds: 1,
      warmUpMilliseconds: 4,
      now,
      countDisturbances: () => disturbances,
    };
    expect(await timeSides({ call }, options)).toEqual({ call: [6] });
  });

  it('fails with what a side fails with', async () => {
    const broken = () => Promise.reject(new Error('broken'));
    await expect(timeSides({ broken }, { rounds: 1, sampleMilliseconds: 1, warmUpMilliseconds: 4 })).rejects.toThrow(
      'broken',
    );
  });
});
