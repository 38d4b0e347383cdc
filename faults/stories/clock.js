/**
 * The clock of a node jumps under load: an hour back, an hour forth, a year, and home again. Nothing is lost, and guesses come back for
 * time that the clock has shown, and for no other.
 */
import { countOutcomes } from '../kit/history.js';
import { guessOf, prepareLoad, runLoad } from '../kit/load.js';
import { expectTruth } from '../kit/read-back.js';
import { GUESS_LIMIT, openWorld } from '../kit/world.js';

export const databases = ['sqlite', 'postgres'];

const HOUR = 3600 * 1000;
const YEAR = 365 * 24 * HOUR;
const TOKEN_EXPIRED = 20304;

/**
 * For each jump, how many guesses a user has who has used up all. One comes back for each hour that the clock goes forth, also for one
 * that it went back before: a node knows no other clock.
 */
const JUMPS = [
  { to: -HOUR, guesses: 0 },
  { to: 0, guesses: 1 },
  { to: HOUR, guesses: 1 },
  { to: HOUR / 2, guesses: 0 },
  { to: HOUR, guesses: 0 },
  { to: -YEAR, guesses: 0 },
  { to: 0, guesses: GUESS_LIMIT },
];

export async function run({ database, random, onProgress }) {
  const world = await openWorld({ database, random });
  const [node] = world.nodes;
  try {
    const load = await prepareLoad(world, { random });
    const guesser = { identity: 'guesser', token: await world.tokenOf('guesser') };
    await expectGuesses(load, { guesser, count: GUESS_LIMIT });
    const running = runLoad(load, { isGuessing: false });
    await running.whenAcknowledged(30);
    for (const { to, guesses } of JUMPS) {
      await node.setClock(to);
      await running.whenAcknowledged(30);
      await expectGuesses(load, { guesser, count: guesses });
      onProgress(`jumped to ${to / HOUR} hours`);
    }
    await node.setClock(YEAR);
    await expectExpired(world, guesser);
    await running.whenEnded(100);
    await node.setClock(0);
    await running.whenAcknowledged(30);
    await running.stop();
    // What was made in this story on purpose is counted above.
    load.history.guesses.length = 0;
    await expectTruth(load);
    await node.stop();
    await node.start();
    await expectTruth(load);
    return { jumps: JUMPS.length + 2, ...countOutcomes([load.history]) };
  } finally {
    await world.close();
  }
}

/** Guesses until one is refused. */
async function expectGuesses(load, { guesser, count }) {
  let made = 0;
  while ((await guessOf(load, guesser)) === 'acknowledged') made++;
  if (made !== count) throw new Error(`${made} guesses were made where ${count} were to be had`);
}

async function expectExpired(world, { token }) {
  const { code } = await world.client.send({ method: 'GET', path: '/keyknox/v1', token });
  if (code !== TOKEN_EXPIRED) throw new Error(`a token of last year was answered by ${code}`);
}
