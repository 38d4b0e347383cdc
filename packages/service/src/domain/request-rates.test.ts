import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  createRateLimits,
  DEFAULT_REQUEST_RATES,
  type RateKind,
  type RateLimits,
  type RequestRates,
} from './request-rates.ts';

const OFF: RequestRates = { address: undefined, identity: undefined, application: undefined };
const alice = { appId: 'a'.repeat(32), identity: 'alice' };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** How many of some requests, one after the other, are let through. */
async function countTaken(requests: number, count: () => Promise<void>): Promise<number> {
  let taken = 0;
  for (let number = 0; number < requests; number++) {
    await count().then(
      () => taken++,
      () => undefined,
    );
  }
  return taken;
}

test('as many requests as the rate says are answered in each second, and ten times as many more in a minute', async () => {
  const limits = createRateLimits({ ...OFF, address: 5 });
  const ask = () => limits.countAddress('192.0.2.1');
  expect(await countTaken(100, ask)).toBe(5 + 50);
  expect(await countTaken(10, ask)).toBe(0);
  vi.advanceTimersByTime(1000);
  expect(await countTaken(100, ask)).toBe(5);
  vi.advanceTimersByTime(60_000);
  expect(await countTaken(100, ask)).toBe(5 + 50);
});

test('a refusal says when to come back, in whole seconds', async () => {
  const limits = createRateLimits({ ...OFF, address: 1 });
  await countTaken(11, () => limits.countAddress('192.0.2.1'));
  await expect(limits.countAddress('192.0.2.1')).rejects.toMatchObject({
    code: 'request/too-many',
    details: { retryAfterSeconds: 1 },
  });
});

test('two hundred requests a second from one address for one application are not refused, for as long as they come', async () => {
  const limits = createRateLimits(DEFAULT_REQUEST_RATES);
  // Longer than two of the longest windows, which then repeat.
  for (let second = 0; second < 130; second++) {
    for (let number = 0; number < 200; number++) {
      await limits.countAddress('192.0.2.1');
      await limits.countCaller({ ...alice, identity: `user ${number}` });
    }
    vi.advanceTimersByTime(1000);
  }
  expect(await countTaken(50, () => limits.countCaller(alice))).toBe(50);
});

describe('each kind is counted by itself', () => {
  const refused: RateKind[] = [];

  function create(rates: Partial<RequestRates>): RateLimits {
    refused.length = 0;
    return createRateLimits({ ...OFF, ...rates }, (kind) => refused.push(kind));
  }

  test('an address does not answer for another', async () => {
    const limits = create({ address: 1 });
    expect(await countTaken(12, () => limits.countAddress('192.0.2.1'))).toBe(11);
    expect(await countTaken(11, () => limits.countAddress('192.0.2.2'))).toBe(11);
    expect(refused).toEqual(['address']);
  });

  test('an identity is one of its application', async () => {
    const limits = create({ identity: 1 });
    expect(await countTaken(12, () => limits.countCaller(alice))).toBe(11);
    expect(await countTaken(11, () => limits.countCaller({ ...alice, appId: 'b'.repeat(32) }))).toBe(11);
    expect(await countTaken(11, () => limits.countCaller({ ...alice, identity: 'bob' }))).toBe(11);
    expect(refused).toEqual(['identity']);
  });

  test('an application is all of its users, without what one of them was refused', async () => {
    const limits = create({ identity: 1, application: 2 });
    expect(await countTaken(100, () => limits.countCaller(alice))).toBe(11);
    expect(await countTaken(11, () => limits.countCaller({ ...alice, identity: 'bob' }))).toBe(11);
    expect(await countTaken(2, () => limits.countCaller({ ...alice, identity: 'carol' }))).toBe(0);
    expect(refused).toEqual([...Array<RateKind>(89).fill('identity'), 'application', 'application']);
  });

  test('a long identity is told from others that begin alike, and from its own hash', async () => {
    const limits = create({ identity: 1 });
    const long = 'x'.repeat(10_000);
    expect(await countTaken(12, () => limits.countCaller({ ...alice, identity: long }))).toBe(11);
    expect(await countTaken(1, () => limits.countCaller({ ...alice, identity: `${long}y` }))).toBe(1);
  });

  test('what has no limit has none', async () => {
    const limits = create({});
    expect(await countTaken(10_000, () => limits.countAddress('192.0.2.1'))).toBe(10_000);
    expect(await countTaken(10_000, () => limits.countCaller(alice))).toBe(10_000);
  });
});

test('a refused token counts for ten requests of its address', async () => {
  const refused: RateKind[] = [];
  const limits = createRateLimits({ ...OFF, address: 10 }, (kind) => refused.push(kind));
  const ask = async () => {
    await limits.countAddress('192.0.2.1');
    await limits.countRefusedToken('192.0.2.1');
  };
  expect(await countTaken(100, ask)).toBe(1 + 10);
  // The token was refused for what it is; those after it, since there were too many.
  expect(refused).toHaveLength(89);
});

test('addresses that are not seen again are forgotten', async () => {
  const limits = createRateLimits({ address: 5, identity: 5, application: 5 });
  for (let number = 0; number < 1000; number++) await limits.countAddress(`2001:db8:${number.toString(16)}::`);
  expect(vi.getTimerCount()).toBe(1000); // one for each that is remembered
  vi.advanceTimersByTime(1000);
  expect(vi.getTimerCount()).toBe(0);
});
