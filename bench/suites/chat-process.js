// One of the processes of suites/chat.js: measures texts of 200 characters in rooms, and sends the jobs to its parent.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { timeSides } from '../kit/interleave.js';
import { createOurChat } from '../sides/chat-ours.js';
import { createNodeFloor } from '../sides/floor-node.js';

const text = 'The quick brown fox jumps over the lazy dog. '.repeat(5).slice(0, 200);
/** A payload has some 400 bytes more than its text. */
const payload = Buffer.alloc(600, text);
const PAGE = 100;

process.once('message', async ({ revisions, ...options }) => {
  const folder = revisions.ours;
  const createFloor = createNodeFloor(await importFrom(folder, 'core/dist/provider/curve25519.js'));
  for (const members of [2, 32]) {
    const chats = {};
    for (const [side, tree] of Object.entries(revisions)) chats[side] = await openChat(tree, members);
    const floor = await createFloor({ data: payload, recipients: members, count: 1 });
    const page = await createFloor({ data: payload, recipients: members, count: PAGE });
    const each = (verb) => Object.fromEntries(Object.entries(chats).map(([side, chat]) => [side, chat[verb]]));
    const { messages, openMessages } = chats.ours;
    const timed = (calls) => timeSides(calls, { ...options, countDisturbances });
    const name = (what) => `${what}, ${members} members`;
    process.send({ name: name('send'), sides: await timed({ ...each('send'), messages, floor: floor.seal }) });
    process.send({
      name: name(`open a page of ${PAGE}`),
      sides: await timed({ ...each('openPage'), messages: openMessages, floor: page.open }),
    });
    await Promise.all(Object.values(chats).map((chat) => chat.close()));
  }
  process.disconnect();
});

async function openChat(tree, members) {
  const testing = await importFrom(tree, 'testing/dist/world.js');
  const chat = await importFrom(tree, 'chat/dist/index.js');
  return createOurChat({ ...testing, ...chat }, { text, payload, members, count: PAGE });
}

function importFrom(folder, path) {
  return import(pathToFileURL(join(folder, 'packages', path)).href);
}

function countDisturbances() {
  return process.resourceUsage().involuntaryContextSwitches;
}
