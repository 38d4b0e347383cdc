import { bytesToBase64, utf8ToBytes } from '@sotto/core';
import { startHarden, startPythia } from '@sotto/core/backup';
import { nodeProvider } from '@sotto/core/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorld, expectRefusal, type Answer, type World } from '../test-kit.ts';

const HOUR = 60 * 60 * 1000;

let world: World;
let pythia: object;
let harden: object;

beforeEach(async () => {
  world = await createWorld();
  pythia = { blinded_password: bytesToBase64((await startPythia(nodeProvider, utf8ToBytes('guess'))).request) };
  harden = { blinded_point: bytesToBase64((await startHarden(nodeProvider, utf8ToBytes('guess'))).request) };
});

afterEach(() => world.close());

type Token = World['token'];

/** Cheap to answer, and counted as any other. */
async function guess(identity = 'alice', token: Token = world.token): Promise<Answer> {
  const call = { method: 'POST', path: '/brainkey/v3/harden', body: harden };
  return world.call({ ...call, token: await token({ identity }) });
}

/** Guesses until it is refused, and gives how many were answered. */
async function guessAll(identity?: string, token?: Token): Promise<number> {
  for (let count = 0; ; count++) {
    const answer = await guess(identity, token);
    if (answer.status !== 200) {
      expectRefusal(answer, 'brain-key/too-many-guesses');
      return count;
    }
  }
}

describe('a burst', () => {
  test('of twenty guesses is answered, and the next one is refused with the seconds to wait', async () => {
    expect(await guessAll()).toBe(20);
    const refused = await guess();
    expect(refused.headers.get('Retry-After')).toBe('2');
    world.time.now += 2000;
    expect((await guess()).status).toBe(200);
    expectRefusal(await guess(), 'brain-key/too-many-guesses');
  });

  test('is over for every id of a brain key and both protocols alike', async () => {
    expect(await guessAll()).toBe(20);
    const call = { method: 'POST', path: '/pythia/v1/brainkey', token: await world.token({ identity: 'alice' }) };
    for (const brainkey_id of [undefined, 'another']) {
      const answer = await world.call({ ...call, body: { ...pythia, brainkey_id } });
      expectRefusal(answer, 'brain-key/too-many-guesses');
    }
  });

  test('of many at one time is no longer', async () => {
    const answers = await Promise.all(Array.from({ length: 150 }, () => guess()));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expectRefusal(answer, 'brain-key/too-many-guesses');
    }
  });

  test('is of each user, in each application', async () => {
    expect(await guessAll('alice')).toBe(20);
    expect((await guess('bob')).status).toBe(200);
    const { token } = await world.otherApplication();
    expect(await guessAll('alice', token)).toBe(20);
  });

  test('is over after a restart, too', async () => {
    await guessAll();
    await world.restart();
    expectRefusal(await guess(), 'brain-key/too-many-guesses');
  });
});

test('a point that is none costs a guess, but not one that cannot be by its length', async () => {
  const token = await world.token({ identity: 'alice' });
  const send = async (point: Uint8Array, code: 'brain-key/bad-point' | 'brain-key/too-many-guesses') => {
    const body = { blinded_point: bytesToBase64(point) };
    expectRefusal(await world.call({ method: 'POST', path: '/brainkey/v3/harden', token, body }), code);
  };
  const offCurve = new Uint8Array(65).fill(4, 0, 1);
  for (let i = 0; i < 30; i++) await send(new Uint8Array(64), 'brain-key/bad-point');
  for (let i = 0; i < 20; i++) await send(offCurve, 'brain-key/bad-point');
  await send(offCurve, 'brain-key/too-many-guesses');
});

test('one guess in two seconds is always answered, until the day has had its two hundred', async () => {
  let count = 0;
  while ((await guess()).status === 200) {
    count++;
    world.time.now += 2000;
  }
  expect(count).toBe(200);
  expect(Number((await guess()).headers.get('Retry-After'))).toBeGreaterThan(10);
  world.time.now += HOUR;
  expect(await guessAll()).toBe(9);
  world.time.now += 24 * HOUR;
  expect(await guessAll()).toBe(20);
});

test('a clock that was set back ends in a wait and not in a lock-out', async () => {
  await guess();
  world.time.now -= 30 * 24 * HOUR;
  expectRefusal(await guess(), 'brain-key/too-many-guesses');
  const seconds = Number((await guess()).headers.get('Retry-After'));
  expect(seconds).toBeLessThanOrEqual(24 * 3600);
  world.time.now += seconds * 1000;
  expect((await guess()).status).toBe(200);
});
