/**
 * A backup that was made under load (`sotto backup`) is put back (`sotto restore`) after the service went on for a while. What was
 * acknowledged before the backup is there; no one-time key is handed out twice; guesses that were made count;
 * who has seen a newer card is told that it was replaced.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findLies } from '../kit/check.js';
import { countOutcomes } from '../kit/history.js';
import { guessOf, prepareLoad, revokeSpareKey, runLoad, useSpareKey } from '../kit/load.js';
import { readBack } from '../kit/read-back.js';
import { GUESS_LIMIT, openWorld } from '../kit/world.js';
import { startNode } from '../kit/node.js';
import { createWitness } from '../kit/witness.js';
import { root, runCommand } from '../../tools/command.js';

export const databases = ['sqlite'];
export const times = { usual: 1, long: 10 };

export async function run({ database, random, times: count, onProgress }) {
  const sums = { restores: 0, lostAsExpected: 0 };
  const histories = [];
  for (let number = 1; number <= count; number++) {
    const { history, lost } = await restoreOnce({ database, random });
    histories.push(history);
    sums.restores++;
    sums.lostAsExpected += lost;
    onProgress(`restore ${number} of ${count}`);
  }
  return { ...sums, ...countOutcomes(histories) };
}

async function restoreOnce({ database, random }) {
  // A day's guesses are what restore counts as made; none comes back in the time of a run.
  const world = await openWorld({ database, random, env: { SOTTO_BRAIN_KEY_PER_DAY: String(GUESS_LIMIT) } });
  try {
    const load = await prepareLoad(world, { random });
    const [guesser] = load.users;
    await guessOf(load, guesser);
    const witness = await createWitness(world);
    const running = runLoad(load);
    await running.whenAcknowledged(100);
    const begunAt = load.history.tick();
    const backup = join(world.folder, 'backup.sotto');
    const passphrase = join(world.folder, 'passphrase');
    writeFileSync(passphrase, 'correct horse battery staple\n', { mode: 0o600 });
    await sotto('backup', backup, '--data', world.dataDir, '--passphrase-file', passphrase);
    const endedAt = load.history.tick();
    await revokeSpareKey(load);
    await running.whenAcknowledged(100);
    await running.stop();
    await witness.seeRotation();
    await world.nodes[0].kill();

    const restored = join(world.folder, 'restored');
    await sotto('restore', backup, '--data', restored, '--passphrase-file', passphrase);
    const env = { ...world.env, SOTTO_DATA_DIR: restored };
    world.nodes[0] = await startNode({ port: new URL(world.nodes[0].url).port, env });
    await expectSpent(load, guesser);
    const changes = (await witness.lookAgain()).join(', ');
    if (changes !== 'rotated, replaced') throw new Error(`who had seen a newer card was told: ${changes}`);
    const found = await readBack(load);
    const lies = findLies(load.history, found);
    const unexpected = lies.filter((lie) => !isExpected(lie));
    const gone = load.history.cards.filter(
      (card) => card.outcome === 'acknowledged' && card.toldAt < begunAt && !found.cards.has(card.cardId),
    );
    const early = load.history.cards.filter((card) => card.sentAt > endedAt && found.cards.has(card.cardId));
    if (gone.length > 0) throw new Error(`${gone.length} cards from before the backup are gone`);
    if (early.length > 0) throw new Error(`${early.length} cards from after the backup are there`);
    if (unexpected.length > 0) throw new Error(unexpected.join('\n'));
    if ((await useSpareKey(load)) !== 'acknowledged') throw new Error('a revocation after the backup was not undone');
    return { history: load.history, lost: lies.length };
  } finally {
    await world.close();
  }
}

/**
 * What an older state is: cards, puts and revocations of the time after it are undone, one-time keys all used up, and an App Key that was
 * revoked since is accepted. Who guessed for the first time after it has all guesses again. That a key is handed out twice, or a put refused and stored, is not expected.
 */
function isExpected(lie) {
  return [
    /^card .* (was acknowledged, and is gone|a later read did not find it)$/,
    /^card .* was revoked, and is listed$/,
    /^card .* is called superseded where it is not/,
    /a put was acknowledged, and is lost/,
    /one-time keys are gone/,
    /^App Key .* was revoked, and is accepted$/,
    /was refused a guess after/,
    /made \d+ guesses, and may make/,
  ].some((pattern) => pattern.test(lie));
}

async function expectSpent(load, guesser) {
  const outcome = await guessOf(load, guesser);
  if (outcome !== 'refused') throw new Error('a guess that was made before the backup was put back does not count');
}

async function sotto(...args) {
  const { ok, output } = await runCommand({
    command: process.execPath,
    args: [join(root, 'packages/cli/bin/sotto.js'), ...args],
  });
  if (!ok) throw new Error(`sotto ${args[0]} failed: ${output}`);
}
