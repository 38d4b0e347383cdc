// One of the processes of suites/fields.js: measures documents of two sizes for one reader and for ten, and sends the jobs to its parent.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { shuffle, timeSides } from '../kit/interleave.js';
import { createFieldsFloor } from '../sides/fields-floor.js';
import { createOurFields } from '../sides/fields-ours.js';
import { createNodeFloor } from '../sides/floor-node.js';
import { createOurs } from '../sides/ours.js';

const VALUE = 'some text of a field';
// As messages a thousand fields take a hundred times what ten do, and samples would be long.
const SIZES = [
  { fields: 10, readers: 1, asMessages: true },
  { fields: 10, readers: 10, asMessages: true },
  { fields: 1000, readers: 1 },
  { fields: 1000, readers: 10 },
];

process.once('message', async ({ revisions, ...options }) => {
  const makers = await loadMakers(revisions);
  for (const { fields, readers, asMessages = false } of SIZES) {
    const sides = {};
    const names = Object.keys(makers).filter((name) => name !== 'messages' || asMessages);
    for (const name of shuffle(names, Math.random)) {
      sides[name] = await makers[name]({ value: VALUE, fields, readers });
      const values = await sides[name].decrypt();
      if (values.length !== fields || values.some((value) => toText(value) !== VALUE))
        throw new Error(`${name} did not decrypt what it encrypted`);
    }
    for (const verb of ['encrypt', 'decrypt']) {
      const calls = Object.fromEntries(Object.entries(sides).map(([name, side]) => [name, side[verb]]));
      const timed = await timeSides(calls, { ...options, countDisturbances });
      const to = readers === 1 ? '1 reader' : `${readers} readers`;
      process.send({ name: `${verb} ${fields.toLocaleString('en')} fields, ${to}`, sides: timed });
    }
  }
  process.disconnect();
});

async function loadMakers(revisions) {
  const load = async (folder) => ({
    core: await importFrom(folder, 'index.js'),
    field: await importFrom(folder, 'field/index.js'),
    provider: (await importFrom(folder, 'provider/node.js')).nodeProvider,
  });
  const ours = await load(revisions.ours);
  const map = await importFrom(revisions.ours, 'provider/curve25519.js');
  const makers = { floor: createFieldsFloor(createNodeFloor(map)), messages: createMessages(createOurs(ours)) };
  for (const [name, folder] of Object.entries(revisions)) makers[name] = createOurFields(await load(folder));
  return makers;
}

/** What one would do without encrypted fields: a message of `authEncrypt` for each. */
function createMessages(createMessage) {
  return async ({ value, fields, readers }) => {
    const { seal, open } = await createMessage({
      data: new TextEncoder().encode(value),
      recipients: readers,
      count: fields,
    });
    return { encrypt: seal, decrypt: open };
  };
}

/** Values of the floor and of messages are bytes. */
function toText(value) {
  return typeof value === 'string' ? value : Buffer.from(value).toString().replaceAll('"', '');
}

function importFrom(folder, path) {
  return import(pathToFileURL(join(folder, 'packages/core/dist', path)).href);
}

function countDisturbances() {
  return process.resourceUsage().involuntaryContextSwitches;
}
