/**
 * Bytes of the database file, or of its log, are overwritten while the service is down; or the file is cut off, emptied or gone. The
 * service refuses to start and says why, or serves what is true: a card is never another than the one that was published. It does not
 * find all damage: what it serves may lack something, also without a word, and its driver may end it.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, openSync, closeSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { importPublicKey, parseCard, base64ToBytes } from '@sotto/core';
import { NOTHING } from '../kit/check.js';
import { countOutcomes } from '../kit/history.js';
import { prepareLoad, runLoad } from '../kit/load.js';
import { StartRefused } from '../kit/node.js';
import { isVerified, listCards } from '../kit/read-back.js';
import { hashOf, toHash } from '../kit/registers.js';
import { openWorld } from '../kit/world.js';
import { root } from '../../tools/command.js';

export const databases = ['sqlite'];
export const times = { usual: 20, long: 300 };

const PAGE = 4096;

/** libsql 0.5.29 ends the process when a text is read that is not UTF-8: nothing is served then, to anybody, until it is started again. */
const DRIVER_PANIC = 'Utf8Error';

export async function run({ database, random, times: count, onProgress }) {
  const world = await openWorld({ database, random });
  const [node] = world.nodes;
  const kept = join(world.folder, 'kept');
  try {
    const load = await prepareLoad(world, { random });
    const running = runLoad(load);
    await running.whenAcknowledged(250);
    await running.stop();
    const { body } = await world.client.send({ method: 'GET', path: '/.well-known/sotto' });
    const servicePublicKey = importPublicKey(base64ToBytes(body.serviceKeys.at(-1).publicKey));
    const listed = new Map();
    for (const user of load.users) listed.set(user, await listCards(load, user));
    // Killed, so that there is a log beside the file.
    await node.kill();
    cpSync(world.dataDir, kept, { recursive: true });

    const counts = {
      damages: 0,
      refusedStarts: 0,
      servedWhole: 0,
      servedInPart: 0,
      // Of these: something is said not to be there that is.
      deniedAfterLogDamage: 0,
      deniedAfterFileDamage: 0,
      // Of the latter.
      foundByIntegrityCheck: 0,
      endedByDriver: 0,
      noticedByClients: 0,
    };
    const putBack = () => {
      rmSync(world.dataDir, { recursive: true });
      cpSync(kept, world.dataDir, { recursive: true });
    };
    for (const [name, lose] of LOSSES) {
      putBack();
      lose(join(world.dataDir, 'sotto.db'));
      if (await startOrRefuse(node)) throw new Error(`the service started over a database that ${name}`);
      counts.damages++;
      counts.refusedStarts++;
    }
    for (let number = 1; number <= count; number++) {
      putBack();
      const file = join(world.dataDir, 'sotto.db');
      const isLog = random.number() < 0.3;
      damage(isLog ? `${file}-wal` : file, random);
      counts.damages++;
      if (await startOrRefuse(node)) {
        const { missing, denied, wrong, isEnded } = await lookAround(load, { listed, servicePublicKey });
        counts[isEnded ? 'endedByDriver' : missing + denied + wrong === 0 ? 'servedWhole' : 'servedInPart']++;
        counts.noticedByClients += wrong;
        await node.kill();
        if (denied > 0) counts[isLog ? 'deniedAfterLogDamage' : 'deniedAfterFileDamage']++;
        if (denied > 0 && !isLog && !isIntact(file)) counts.foundByIntegrityCheck++;
      } else counts.refusedStarts++;
      onProgress(`damage ${number} of ${count}`);
    }
    return { ...counts, ...countOutcomes([load.history]) };
  } finally {
    await world.close();
  }
}

const LOSSES = [
  ['is gone', (file) => ['', '-wal', '-shm'].forEach((suffix) => rmSync(file + suffix))],
  ['is gone, but for its log', (file) => rmSync(file)],
  ['is empty', (file) => truncateSync(file)],
  ['was overwritten from its beginning', (file) => overwrite(file, { at: 0, length: 2 * PAGE, withLog: false })],
];

/** Whole pages, as a disk loses them, or single bytes, as memory does. */
function damage(file, random) {
  const { size } = statSync(file);
  const places = random.between(1, 4);
  const length = random.pick([1, 16, 512, PAGE]);
  for (let place = 0; place < places; place++) {
    overwrite(file, { at: random.between(0, Math.max(0, size - length)), length, withLog: true });
  }
}

function overwrite(file, { at, length, withLog }) {
  if (!withLog) for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, randomBytes(length), 0, length, at);
  closeSync(descriptor);
}

/** Whether it started. A refusal says why in words. */
async function startOrRefuse(node) {
  try {
    await node.start();
    return true;
  } catch (error) {
    const isWellSaid = error instanceof StartRefused && !error.isCrash && !/^ +at /m.test(error.log);
    if (!isWellSaid) throw error;
    return false;
  }
}

/**
 * How much of what was acknowledged is refused or of an earlier time, how much is said not to be there, and how much is served that no
 * client believes. @throws Error for a lie
 */
async function lookAround({ world, history, users, registers }, { listed, servicePublicKey }) {
  let [missing, denied, wrong] = [0, 0, 0];
  const tokens = new Map(users.map(({ identity, token }) => [identity, token]));
  for (const { cardId, identity } of history.cards.filter(({ outcome }) => outcome === 'acknowledged')) {
    const answer = await world.client.send({ method: 'GET', path: `/card/v5/${cardId}`, token: tokens.get(identity) });
    if (answer.status === 404) denied++;
    else if (answer.outcome !== 'acknowledged') missing++;
    else if (!(await isVerified(answer.body, servicePublicKey))) wrong++;
    else if (parseCard(answer.body).id !== cardId) throw new Error('another card was served, and verifies');
  }
  for (const [{ identity, token }, cardIds] of listed) {
    const call = { path: '/card/v5/actions/search', token, body: { identities: [identity] } };
    const { outcome, body } = await world.client.send(call);
    if (outcome !== 'acknowledged') missing++;
    else if (body.length < cardIds.length) denied++;
  }
  const written = new Set(history.puts.map(({ hash }) => hash));
  for (const register of registers) {
    const { outcome, body, headers } = await world.client.send(register.toGet());
    if (outcome !== 'acknowledged') missing++;
    else if (body.meta !== '' && !written.has(hashOf(body))) wrong++;
    else if (toHash(headers) === NOTHING && register.hash !== NOTHING) denied++;
    else if (toHash(headers) !== register.hash) missing++;
  }
  const [node] = world.nodes;
  if (!node.isRunning() && !node.log().includes(DRIVER_PANIC))
    throw new Error(`the node has ended, ${node.ending()}: ${node.log().slice(-2000)}`);
  return { missing, denied, wrong, isEnded: !node.isRunning() };
}

/** Compares indexes with their tables, which is more than a start does. In a process of its own: the driver may end it. */
function isIntact(file) {
  const script = `const rows = new (require('libsql'))(process.argv[1]).pragma('integrity_check');
    process.exit(rows.length === 1 && rows[0].integrity_check === 'ok' ? 0 : 1);`;
  return spawnSync(process.execPath, ['-e', script, file], { cwd: root }).status === 0;
}
